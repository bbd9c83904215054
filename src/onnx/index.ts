import { expectKnown, FocalError } from "../errors.ts";
import { formOf } from "../forms.ts";
import type { AnyLoss } from "../losses/loss.ts";
import { readOptions } from "../options.ts";
import type { CriterionOptions, Plan } from "../options.ts";
import { renderTex } from "../render/tex.ts";
import { batchGraph } from "./batch.ts";
import { Graph } from "./graph.ts";
import type { Value } from "./graph.ts";
import { sigmoidGraph } from "./sigmoid.ts";
import type { Answers } from "./sigmoid.ts";
import { SoftmaxGraph } from "./softmax.ts";

/** What a loss as a graph is asked for: a criterion's options, as far as a graph has them. */
export interface OnnxOptions extends Pick<CriterionOptions<"none" | "mean" | "sum">, "head" | "classes" | "reduction" | "soft" | "classWeights"> {
  /** Whether the gradient by the logits is an output, too. Default false. */
  readonly gradient?: boolean;
}

const optionNames = ["head", "classes", "reduction", "soft", "classWeights", "gradient"];

/**
 * A loss as an ONNX model, for any ONNX runtime to evaluate: the bytes of an .onnx file.
 *
 * A trainer that is not JavaScript can then run exactly this loss. The graph is the stable form that runs here, in float32,
 * of operations of set 17; it asks the runtime for no transcendental function but Exp and Log.
 *
 * Inputs, all float32: `logits` and `targets`. With the sigmoid head both are of one shape, any (N × classes where `classes`
 * is given), with targets from 0 to 1; with softmax logits are N × classes and targets N labels. Outputs: `loss`, one number
 * or with reduction "none" one per example; with `gradient` also `grad`, its derivative by each logit (reduction "none": of
 * each example's own loss).
 *
 * @param loss - any loss, e.g. `focal({ gamma: 2, alpha: 0.25 })`
 * @param options - head "sigmoid" (default) or "softmax" with its `classes`; reduction "mean" (default), "sum" or "none";
 *   soft, classWeights as in `criterion`; gradient
 * @throws FocalError `argument` for an unknown or impossible option
 *
 * @example
 * writeFileSync("focal.onnx", toOnnx(focal({ gamma: 2, alpha: 0.25 }), { reduction: "sum", gradient: true }));
 * // logits [0, 0], targets [1, 0]: loss 0.17328678, grad [-0.07457169, 0.22371509]
 */
export function toOnnx(loss: AnyLoss, options: OnnxOptions = {}): Uint8Array {
  expectKnown("toOnnx", options, optionNames);
  const { gradient = false, ...rest } = options;
  if (rest.reduction !== undefined && !["none", "mean", "sum"].includes(rest.reduction)) throw new FocalError("argument", `reduction must be "none", "mean" or "sum", got ${JSON.stringify(rest.reduction)}`);
  const plan = readOptions(loss, rest, formOf), { head, classes, perColumn } = plan;
  const graph = new Graph(), rows = head === "softmax" || perColumn ? ["N", classes] : undefined;
  const given = { logits: graph.input("logits", rows), targets: graph.input("targets", head === "softmax" ? ["N"] : rows) };
  const { loss: value, grad } = reduced(graph, plan, answersOf(graph, plan, given));
  graph.output("loss", value, plan.reduction !== "none" ? [] : head === "softmax" ? ["N"] : rows);
  if (gradient) graph.output("grad", grad, rows);
  return graph.encode(loss.name, renderTex(loss));
}

function answersOf(graph: Graph, plan: Plan, given: { readonly logits: Value; readonly targets: Value }): Answers {
  const { loss } = plan;
  if (loss.kind === "batch") return batchGraph(graph, loss, plan, given);
  return plan.head === "sigmoid" && loss.kind !== "pair" ? sigmoidGraph(graph, loss, plan, given) : new SoftmaxGraph(graph, plan, given.logits).answers(loss as never, given.targets);
}

/** The examples' losses brought together, and the gradient of what comes of them. */
function reduced(graph: Graph, { loss: { kind }, reduction }: Plan, { loss, grad }: Answers): Answers {
  if (kind === "batch" || reduction === "none") return { loss, grad };
  if (reduction === "sum") return { loss: graph.node("ReduceSum", [loss], { keepdims: 0 }), grad };
  const count = graph.node("Cast", [graph.node("Size", [loss])], { to: 1 });
  return { loss: graph.node("ReduceMean", [loss], { keepdims: 0 }), grad: graph.node("Div", [grad, count]) };
}
