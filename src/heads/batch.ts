import { deriveBatch } from "../losses/batch.ts";
import { LossCache } from "../losses/cache.ts";
import type { BatchLoss } from "../losses/loss.ts";
import { rowStart } from "./job.ts";
import type { Head, Job } from "./job.ts";
import { Row } from "./row.ts";
import { block, compile } from "./program.ts";
import type { Program } from "./program.ts";
import { hasShare } from "./targets.ts";
import { roomForSums, wholesOf } from "./whole.ts";

const compiled = new LossCache<Program>();

/**
 * Losses of a whole batch, L = Σ_c F(S_1c, S_2c, …), each S_kc = Σ_i s_k(p_ic, t_ic) a sum over the examples.
 *
 * Two passes: the first adds up, the second follows the chain rule, with u the margin of class c at example i:
 *
 *   ∂L/∂u = Σ_k F_k s_k′        ∂²L/∂u² = Σ_k F_k s_k″ + Σ_kl F_kl s_k′ s_l′
 *
 * and the head turns derivatives by the margins into derivatives by the logits.
 */
export function batchHead(head: Head, job: Job<BatchLoss>): number {
  const { loss, order, grad, hessian, classes } = job;
  // The first pass adds values up; only the second needs slopes and curvatures.
  const terms = compiled.get(loss, "terms", () => compile(deriveBatch(loss).terms.filter((_, i) => i % 3 === 0)));
  const names = Object.keys(loss.sums);
  const sums = roomForSums(loss, head, classes);
  const groupOf = (region: number): number => (loss.per === "class" ? region : 0);
  const visit = head === "softmax" ? visitRows : visitLogits;

  const count = visit(job, (region, u, t, alphaT, weight) => {
    look(u, t, alphaT);
    terms.run(1);
    const sum = sums[groupOf(region)]!;
    for (let k = 0; k < names.length; k++) sum[k]! += weight * terms.results[k]![0]!;
    return undefined;
  });
  for (const array of [grad, hessian]) array?.fill(0);
  if (count === 0) return 0;
  const wholes = wholesOf(loss, head, sums, count, order);
  if (order > 0) {
    // Each term's slope, and its curvature where that is asked for.
    const { run, results } = compiled.get(loss, `derivatives ${order}`, () => compile(deriveBatch(loss).terms.filter((_, i) => i % 3 > 0 && i % 3 <= order)));
    const out = (r: number): number => results[r]![0]!;
    visit(job, (region, u, t, alphaT, weight) => {
      look(u, t, alphaT);
      run(1);
      const { scales, first, second } = wholes[groupOf(region)]!;
      let slope = 0, curvature = 0;
      for (let k = 0; k < names.length; k++) {
        const own = (weight * out(order * k)) / scales[k]!;
        slope += times(own, first[k]!);
        if (order < 2) continue;
        curvature += times((weight * out(2 * k + 1)) / scales[k]!, first[k]!);
        for (let l = 0; l < names.length; l++) curvature += times(times(own, second[k]![l]!), (weight * out(2 * l)) / scales[l]!);
      }
      return { slope, curvature };
    });
  }
  return wholes.reduce((total, { value }) => total + value, 0);
}

/** Puts one term's numbers where programs read them. */
function look(u: number, t: number, alphaT: number): void {
  block.u[0] = u;
  block.w[0] = t;
  block.alphaT[0] = alphaT;
}

/** A product in which 0 wins: where a term no longer moves, it does not matter how steep the whole is. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

/** Called for each class of each example; what it returns is the derivatives by the class's margin. */
type Visitor = (region: number, u: number, t: number, alphaT: number, weight: number) => { slope: number; curvature: number } | undefined;

/** Goes over yes-or-no logits; returns the weight of those not ignored. */
function visitLogits({ loss, logits, targets, weights, ignoreIndex, grad, hessian, classes, inner, alpha }: Job<BatchLoss>, visitor: Visitor): number {
  let count = 0;
  for (let i = 0; i < logits.length; i++) {
    const t = targets[i]!, x = logits[i]!, weight = weights ? weights[i]! : 1;
    if (t === ignoreIndex) continue;
    count += weight;
    const column = Math.floor(i / inner) % classes, both = loss.binary === "both";
    const no = both ? visitor(0, -x, 1 - t, alpha.negative[column]!, weight) : undefined;
    const yes = visitor(both ? 1 : column, x, t, alpha.positive[column]!, weight);
    if (grad && yes) grad[i] = yes.slope - (no?.slope ?? 0);
    if (hessian && yes) hessian[i] = yes.curvature + (no?.curvature ?? 0);
  }
  return count;
}

/** Goes over softmax rows; returns the weight of those not ignored. */
function visitRows({ logits, targets, weights, ignoreIndex, grad, hessian, classes, inner, alpha, offsets }: Job<BatchLoss>, visitor: Visitor): number {
  const row = new Row(offsets), slopes = new Float64Array(classes), curvatures = new Float64Array(classes);
  const shares = targets.length === logits.length;
  let count = 0;
  for (let i = 0; i < logits.length / classes; i++) {
    const start = rowStart(i, classes, inner), weight = weights ? weights[i]! : 1;
    if (shares ? !hasShare(targets, start, classes, inner) : targets[i] === ignoreIndex) continue;
    count += weight;
    row.read(logits, start, inner);
    let moved = false;
    for (let c = 0; c < classes; c++) {
      const t = shares ? targets[start + c * inner]! : targets[i] === c ? 1 : 0;
      const found = visitor(c, row.margins[c]!, t, alpha.positive[c]!, weight);
      if (!found) continue;
      moved = true;
      slopes[c] = found.slope;
      curvatures[c] = found.curvature;
    }
    if (!moved || !grad) continue;
    row.spread(slopes, curvatures);
    for (let j = 0; j < classes; j++) {
      grad[start + j * inner] = row.grad[j]!;
      if (hessian) hessian[start + j * inner] = row.hessian[j]!;
    }
  }
  return count;
}
