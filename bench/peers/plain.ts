import { inProcess } from "../harness.ts";
import type { Peer } from "../harness.ts";
import { alpha } from "../problems.ts";
import type { Problem } from "../problems.ts";

/** What one would write first: focal loss and its gradient in a loop, in float64. Returns the sum. */
export function sigmoidLoop({ logits, targets, gamma }: Problem, grad: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i]!, t = targets[i]!;
    const e = Math.exp(-Math.abs(x)), d = 1 / (1 + e);
    const p = x >= 0 ? d : e * d;
    const ce = Math.max(x, 0) - x * t + Math.log1p(e);
    const q = t ? 1 - p : p, weight = t ? alpha : 1 - alpha;
    const factor = weight * (gamma === 2 ? q * q : q ** gamma);
    sum += factor * ce;
    grad[i] = (t ? -1 : 1) * factor * (q + gamma * (1 - q) * ce);
  }
  return sum;
}

/** The same for rows of classes. */
function softmaxLoop({ logits, targets, classes, gamma }: Problem, grad: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < targets.length; row++) {
    const at = row * classes, own = at + targets[row]!;
    let top = -Infinity, whole = 0;
    for (let i = at; i < at + classes; i++) top = Math.max(top, logits[i]!);
    for (let i = at; i < at + classes; i++) whole += grad[i] = Math.exp(logits[i]! - top);
    const log = logits[own]! - top - Math.log(whole), p = grad[own]! / whole, q = 1 - p;
    sum -= q ** gamma * log;
    const slope = q ** (gamma - 1) * (gamma * p * log - q);
    for (let i = at; i < at + classes; i++) grad[i] = (-slope * grad[i]!) / whole;
    grad[own]! += slope;
  }
  return sum;
}

export const plain: Peer = {
  title: "plain JavaScript loop",
  prepare(problem) {
    const grad = new Float32Array(problem.logits.length), loop = problem.head === "sigmoid" ? sigmoidLoop : softmaxLoop;
    const call = (): number => loop(problem, grad);
    return inProcess("plain JavaScript loop", call, () => (call(), grad));
  },
};
