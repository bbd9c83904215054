import { add, cast, div, fill, log, maximum, minimum, mul, square, sub, sum, tidy } from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Answer, TensorJob } from "../job.ts";
import type { Kind } from "../kinds.ts";
import type { Value } from "./words.ts";

const least = 2 ** -126, gap = 2 ** -24;

/** Turns derivatives by the logits into derivatives by the scores that the logits were made of. */
type Chain = (derivatives: readonly Tensor[]) => Tensor[];

/** The logits behind probabilities, as `logitsFrom` makes them, and the way back, as `chainToScores` goes it. */
function fromProbabilities(head: "sigmoid" | "softmax", given: Tensor): { logits: Tensor; chain: Chain } {
  const p = maximum(given, least);
  if (head === "softmax") return { logits: log(p), chain: (derivatives) => derivatives.map((derivative) => div(derivative, p)) };
  const inside = minimum(p, 1 - gap), rest = sub(1, inside), variance = mul(inside, rest);
  const chain: Chain = ([grad, hessian]) => [
    ...(grad === undefined ? [] : [div(grad, variance)]),
    ...(hessian === undefined ? [] : [div(add(hessian, mul(grad!, sub(inside, rest))), square(variance))]),
  ];
  return { logits: sub(log(inside), log(rest)), chain };
}

/** Runs a job in the backend's own operations: on every backend, at the accuracy of its exponential. */
export const byOps = (job: TensorJob, ops: Kind["ops"]): Answer => tidy(() => {
  const { plan: { head, from }, total, divisor } = job, scores = cast(job.logits, "float32");
  const { logits, chain } = from === "logits" ? { logits: scores, chain: (derivatives: readonly Tensor[]) => [...derivatives] } : fromProbabilities(head, scores);
  const [value, ...derivatives] = ops({ ...job, logits }).map((found: Value) => (typeof found === "number" ? fill(logits.shape, found) : found)) as [Tensor, ...Tensor[]];
  const answer = [total ? sum(value) : value, ...chain(derivatives)];
  return divisor === 1 ? answer : answer.map((part) => mul(part, 1 / divisor));
});
