import { symbolsOf } from "../expr/expr.ts";
import type { Loss } from "../losses/loss.ts";
import { clearRow, rowStart } from "./job.ts";
import type { Job } from "./job.ts";
import { Row } from "./row.ts";
import { block, program } from "./program.ts";

/**
 * The softmax head with a share of every class as its target: Σ_k t_k L(p_k is the true class).
 *
 * One-hot rows, soft rows, smoothed labels and labels between two classes all come down to it.
 * Targets have the layout of the logits; a row without any share counts for nothing.
 */
export function mixtureHead(job: Job<Loss>): number {
  const { loss, order, logits, targets, weights, losses, grad, hessian, scale, classes, inner, alpha } = job;
  const asLabel = program(loss, "hard", order, job.curvature);
  const asOther = symbolsOf(loss.formula).has("own") ? program(loss, "other", order, job.curvature) : asLabel;
  const row = new Row(job.offsets);
  const slopes = new Float64Array(classes), curvatures = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < logits.length / classes; i++) {
    const start = rowStart(i, classes, inner), weight = weights ? weights[i]! : 1;
    const share = (k: number): number => targets[start + k * inner]!;
    let label = 0, value = 0;
    for (let k = 1; k < classes; k++) if (share(k) > share(label)) label = k;
    if (share(label) === 0) {
      clearRow(job, i);
      continue;
    }
    row.read(logits, start, inner);
    for (let k = 0; k < classes; k++) {
      const t = share(k);
      slopes[k] = curvatures[k] = 0;
      if (t === 0) continue;
      const { run, results } = k === label ? asLabel : asOther;
      block.u[0] = row.margins[k]!;
      block.alphaT[0] = alpha.positive[k]!;
      block.k[0] = k;
      run(1);
      value += t * results[0]![0]!;
      if (order > 0) slopes[k] = t * results[1]![0]!;
      if (order > 1) curvatures[k] = t * results[2]![0]!;
    }
    total += weight * value;
    if (losses) losses[i] = weight * value;
    if (!grad) continue;
    row.spread(slopes, curvatures);
    for (let j = 0; j < classes; j++) {
      grad[start + j * inner] = row.grad[j]! * weight * scale;
      if (hessian) hessian[start + j * inner] = row.hessian[j]! * weight * scale;
    }
  }
  return total;
}
