import { criterion } from "../criterion.ts";
import type { Alpha, AnyLoss, Parameter } from "../losses/loss.ts";
import { cumulativeCurve, stepAt, stepsOf } from "./cumulative.ts";
import type { CumulativePoint } from "./cumulative.ts";
import { blocks } from "./examples.ts";
import type { Examples } from "./examples.ts";
import { count, emptyTally, share, sum } from "./tally.ts";
import type { Tally } from "./tally.ts";

/** Examples of one range of p_t: their share of all examples, of the whole loss and of the whole gradient. */
export interface DifficultyBin {
  /** from ≤ p_t < to; the last holds 1 too. */
  readonly from: number;
  readonly to: number;
  readonly examples: number;
  readonly loss: number;
  readonly gradient: number;
}

/** What one class makes up under a loss. */
export interface ClassProfile {
  readonly class: number;
  /** Share of the whole loss, and of the whole gradient. */
  readonly loss: number;
  readonly gradient: number;
  /** (Σ|g|)² / Σg² over the class. */
  readonly effectiveExamples: number;
  readonly difficulty: readonly DifficultyBin[];
  /** Cumulative shares of the class's own loss and gradient, easiest examples first: Figure 4 of the paper. */
  readonly curve: readonly CumulativePoint[];
}

/** Where a loss spends itself. */
export interface LossProfile {
  readonly name: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly alpha?: Alpha;
  /** Mean over the examples. */
  readonly mean: number;
  /** (Σ|g|)² / Σg²: of as many equally loud examples the gradient would be as noisy. */
  readonly effectiveExamples: number;
  /** Share of examples at which the loss curves downwards: a Newton step would go uphill. */
  readonly nonConvex: number;
  /** Of each class that occurs, in order. */
  readonly classes: readonly ClassProfile[];
  readonly difficulty: readonly DifficultyBin[];
}

/** Where each example belongs: its class's step of difficulty, and its bin of p_t. */
export interface Places {
  /** Of each class, without any where it does not occur. */
  readonly steps: readonly Float64Array[];
  readonly stepOf: Uint16Array;
  readonly binOf: Uint8Array;
}

/** Bins of p_t. At 0.9 an example counts 100 times less under focal loss with γ = 2, at 0.99 ten thousand times. */
const EDGES = [0, 0.1, 0.5, 0.9, 0.99, 0.999, 1];

/** @param sorted - the margins of each class, ascending */
export function placesOf({ labels, margins }: Examples, sorted: readonly Float64Array[], points: number): Places {
  const steps = sorted.map((own) => stepsOf(own, points - 1));
  const edges = EDGES.slice(1, -1).map((p) => Math.log(p / (1 - p)));
  return {
    steps,
    stepOf: Uint16Array.from(margins, (margin, i) => stepAt(steps[labels[i]!]!, margin)),
    binOf: Uint8Array.from(margins, (margin) => edges.reduce((bin, edge) => bin + (margin >= edge ? 1 : 0), 0)),
  };
}

/** Runs a loss over the examples and adds up what it spends where. */
export function profile(loss: AnyLoss, examples: Examples, { steps, stepOf, binOf }: Places): LossProfile {
  const { width, labels } = examples;
  const perClass = steps.map((own) => ({ steps: emptyTally(own.length), bins: emptyTally(EDGES.length - 1), squares: 0 }));
  const perExample = criterion(loss, { ...examples.options, reduction: "none" });
  let concave = 0;
  for (const { start, block, of } of blocks(examples)) {
    const { value, grad, hessian } = perExample.derivatives(block, of);
    for (let i = 0; i < of.length; i++) {
      const label = of[i]!, to = perClass[label]!, gradient = sizeOf(grad, i * width, width);
      count(to.steps, stepOf[start + i]!, value[i]!, gradient);
      count(to.bins, binOf[start + i]!, value[i]!, gradient);
      to.squares += gradient * gradient;
      if (hessian[width === 1 ? i : i * width + label]! < 0) concave++;
    }
  }
  const whole = { examples: labels.length, loss: 0, gradient: 0, squares: 0 };
  for (const { bins, squares } of perClass) {
    whole.loss += sum(bins.loss);
    whole.gradient += sum(bins.gradient);
    whole.squares += squares;
  }
  const classes = perClass.flatMap(({ steps: own, bins, squares }, k): ClassProfile[] => (own.examples.length === 0 ? [] : [{
    class: k, loss: share(sum(bins.loss), whole.loss), gradient: share(sum(bins.gradient), whole.gradient),
    effectiveExamples: share(sum(bins.gradient) ** 2, squares), difficulty: binsOf(bins, whole), curve: cumulativeCurve(own),
  }]));
  const all = emptyTally(EDGES.length - 1);
  for (const { bins } of perClass) for (const key of ["examples", "loss", "gradient"] as const) bins[key].forEach((part, b) => { all[key][b]! += part; });
  return {
    name: loss.name, parameters: loss.parameters, ...(loss.alpha !== undefined && { alpha: loss.alpha }), mean: whole.loss / whole.examples,
    effectiveExamples: share(whole.gradient ** 2, whole.squares), nonConvex: concave / whole.examples, classes, difficulty: binsOf(all, whole),
  };
}

function binsOf({ examples, loss, gradient }: Tally, whole: { examples: number; loss: number; gradient: number }): DifficultyBin[] {
  return Array.from(examples, (n, b) => ({
    from: EDGES[b]!, to: EDGES[b + 1]!, examples: n / whole.examples, loss: share(loss[b]!, whole.loss), gradient: share(gradient[b]!, whole.gradient),
  }));
}

/**
 * The size of one example's gradient: |dL/dx| of a sigmoid's logit; half the sum over a softmax's logits, which for a
 * loss of the margin is |dL/du|, since the others together are pushed as hard as the label is pulled.
 */
function sizeOf(grad: Float64Array, at: number, width: number): number {
  if (width === 1) return Math.abs(grad[at]!);
  let both = 0;
  for (let j = at; j < at + width; j++) both += Math.abs(grad[j]!);
  return both / 2;
}
