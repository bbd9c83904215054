import { expectKnown, FocalError } from "../errors.ts";
import type { Loss } from "./loss.ts";

/**
 * LDAM: asks a rare class for a larger margin. Makes a loss of any margin loss.
 *
 * With few examples a boundary should keep further away from them than from the many others. The true class's margin
 * counts less by Δ before the loss sees it:
 *
 * L(u − Δ_y),  Δ_k = maxMargin · (n_k / n_min)^(−1/4)
 *
 * The paper also multiplies cosine logits by a scale; that is the network's to do.
 *
 * @param loss - a loss over p_t, e.g. `focal({ gamma: 1 })` for LDAM-focal
 * @param counts - training examples of each class, all > 0; `[negatives, positives]` for the sigmoid head
 * @param options - maxMargin: Δ of the rarest class, ≥ 0, default 0.5; 0 changes nothing
 * @throws FocalError `argument` for a loss without margin or counts out of range
 *
 * @example
 * const loss = ldam(focal({ gamma: 2 }), [1600, 100]);                                  // Δ = [0.25, 0.5]
 * criterion(loss, { head: "softmax", classes: 2, reduction: "sum" }).value([0, 0], [1]);   // 0.3774…
 *
 * @see Cao, Wei, Gaidon, Arechiga, Ma: Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, 2019, https://arxiv.org/abs/1906.07413
 */
export function ldam(loss: Loss, counts: ArrayLike<number>, options: { readonly maxMargin?: number } = {}): Loss {
  expectKnown("ldam", options, ["maxMargin"]);
  const { maxMargin = 0.5 } = options;
  const n = positiveCounts("ldam", loss, counts);
  if (!(maxMargin >= 0 && maxMargin < Infinity)) throw new FocalError("argument", `maxMargin must be a finite number ≥ 0, got ${maxMargin}`);
  const fewest = Math.min(...n);
  const margins = n.map((count) => maxMargin * (count / fewest) ** -0.25);
  return transformed(loss, "ldam", { margins: together("ldam", loss.margins, margins), soft: "mixture" });
}

/**
 * Logit adjustment: adds to each logit what the class's frequency already says. Makes a loss of any margin loss.
 *
 * The network then learns what is left when the frequency is taken away, and its own scores are balanced: the argmax of
 * the unadjusted logits treats classes alike.
 *
 * L(z + τ log π),  π_k = n_k / Σ n;  with the sigmoid head L(x + τ log(π₁/π₀))
 *
 * @param loss - a loss over p_t, e.g. `crossEntropy()`
 * @param counts - training examples of each class, all > 0; `[negatives, positives]` for the sigmoid head
 * @param options - tau: how much, default 1
 * @throws FocalError `argument` for a loss without margin or counts out of range
 *
 * @example
 * const loss = logitAdjusted(focal({ gamma: 2 }), [900, 100]);
 * criterion(loss, { reduction: "sum" }).value([Math.log(9)], [1]);   // 0.17328679513998632, as unadjusted at 0
 *
 * @see Menon et al.: Long-tail learning via logit adjustment, 2020, https://arxiv.org/abs/2007.07314
 */
export function logitAdjusted(loss: Loss, counts: ArrayLike<number>, options: { readonly tau?: number } = {}): Loss {
  expectKnown("logitAdjusted", options, ["tau"]);
  const { tau = 1 } = options;
  const n = positiveCounts("logitAdjusted", loss, counts);
  if (!Number.isFinite(tau)) throw new FocalError("argument", `tau must be a finite number, got ${tau}`);
  const sum = n.reduce((a, b) => a + b, 0);
  return transformed(loss, "logitAdjusted", { offsets: together("logitAdjusted", loss.offsets, n.map((count) => tau * Math.log(count / sum))) });
}

/** A transform of a loss that has been transformed so before adds to it. */
function together(name: string, before: readonly number[] | undefined, now: readonly number[]): readonly number[] {
  if (before === undefined) return now;
  if (before.length !== now.length) throw new FocalError("argument", `counts must hold as many classes as ${name} was given before: ${before.length}, got ${now.length}`);
  return now.map((value, k) => value + before[k]!);
}

const transformed = (loss: Loss, by: string, changed: Partial<Loss>): Loss => Object.freeze({ ...loss, ...changed, name: `${by}_${loss.name}` });

function positiveCounts(name: string, loss: Loss, counts: ArrayLike<number>): number[] {
  if (loss?.kind !== "margin" || loss.labels !== "classes") throw new FocalError("argument", `${name} transforms losses over p_t, such as focal({ gamma: 2 })${loss?.name === undefined ? "" : `; ${loss.name} is none`}`);
  if (!(counts?.length >= 2)) throw new FocalError("argument", `counts must hold one number per class, two or more, got ${counts?.length ?? counts}`);
  return Array.from(counts, (n, k) => {
    if (!(n > 0 && n < Infinity)) throw new FocalError("argument", `counts[${k}] must be a finite number > 0, got ${n}`);
    return n;
  });
}
