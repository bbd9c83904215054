/** What a golden table's loss answers in TensorFlow.js: for Node and for pages. */
import { grad, Reduction, reshape, sum, tensor1d, tidy, valueAndGrad } from "@tensorflow/tfjs-core";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { tfjsLoss } from "focal-loss/tfjs";
import type { Golden } from "../golden/entry.ts";
import { lossOf } from "../golden/lossOf.ts";

export interface Answers {
  readonly value: readonly number[];
  readonly grad: readonly number[];
  /** The gradient of the gradient; only the sigmoid head's losses of one logit have one. */
  readonly hessian?: readonly number[];
}

export const isCurved = ({ head, value }: Golden): boolean => head === "sigmoid" && Array.isArray(value);

/** The losses, the gradient of their sum and, where each is one logit's, that gradient's own. */
export async function answersOf(golden: Golden): Promise<Answers> {
  const { head, classes, options = {}, logits, targets } = golden, shape = classes === undefined ? [logits.length] : [logits.length / classes, classes];
  const loss = tfjsLoss(lossOf(golden), {
    head, reduction: Reduction.NONE, ...(head === "sigmoid" && classes !== undefined && { classes }),
    ...(options.soft && { soft: options.soft }), ...(options.smoothing !== undefined && { labelSmoothing: options.smoothing }),
  });
  const tensors = tidy(() => {
    const x = reshape(tensor1d([...logits], "float32"), shape), given = tensor1d([...targets], "float32");
    const labels = targets.length === logits.length ? reshape(given, shape) : given;
    const total = (scores: Tensor): Scalar => sum(loss(labels, scores));
    return [loss(labels, x), valueAndGrad(total)(x).grad, ...(isCurved(golden) ? [grad((scores) => grad(total)(scores))(x)] : [])];
  });
  const [value, slope, hessian] = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  tensors.forEach((tensor) => tensor.dispose());
  return { value: value!, grad: slope!, ...(hessian && { hessian }) };
}
