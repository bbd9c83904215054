import { LossCache } from "../losses/cache.ts";
import type { PairLoss } from "../losses/loss.ts";
import { derivePair } from "../losses/pair.ts";
import { clearRow, rowStart } from "./job.ts";
import type { Job } from "./job.ts";
import { Row } from "./row.ts";
import { block, compile } from "./program.ts";
import type { Program } from "./program.ts";

const compiled = new LossCache<Program>();

/**
 * The softmax head for losses that also look at the label's strongest rival: the class whose probability is the
 * largest below the label's. Which class that is changes without a slope, so the gradient is exact between such changes.
 */
export function pairHead(job: Job<PairLoss>): number {
  const { loss, order, logits, targets, weights, ignoreIndex, losses, grad, hessian, scale, classes, inner, alpha } = job;
  const program = (hasRival: boolean): Program => compiled.get(loss, String(hasRival), () => compile(derivePair(loss, hasRival)));
  const withRival = program(true), alone = program(false);
  const row = new Row(job.offsets);
  const slopes = new Float64Array(classes), curvatures = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < targets.length; i++) {
    const label = targets[i]!, start = rowStart(i, classes, inner);
    if (label === ignoreIndex) {
      clearRow(job, i);
      continue;
    }
    row.read(logits, start, inner);
    const rival = rivalOf(logits, start, inner, classes, label);
    const { run, results } = rival < 0 ? alone : withRival, out = (r: number): number => results[r]![0]!;
    block.u[0] = row.margins[label]!;
    block.w[0] = rival < 0 ? 0 : row.margins[rival]!;
    block.alphaT[0] = alpha.positive[label]!;
    run(1);
    const weight = weights ? weights[i]! : 1;
    total += weight * out(0);
    if (losses) losses[i] = weight * out(0);
    if (!grad || order === 0) continue;
    slopes.fill(0);
    curvatures.fill(0);
    [slopes[label], curvatures[label]] = [out(1), out(3)];
    if (rival >= 0) [slopes[rival], curvatures[rival]] = [out(2), out(5)];
    row.spread(slopes, curvatures);
    for (let j = 0; j < classes; j++) {
      const crossed = rival < 0 ? 0 : 2 * out(4) * row.partial(label, j) * row.partial(rival, j);
      grad[start + j * inner] = row.grad[j]! * weight * scale;
      if (hessian) hessian[start + j * inner] = (row.hessian[j]! + crossed) * weight * scale;
    }
  }
  return total;
}

/** The class with the largest logit below the label's, the first of equals; −1 if there is none. */
function rivalOf(logits: ArrayLike<number>, start: number, inner: number, classes: number, label: number): number {
  const own = logits[start + label * inner]!;
  let rival = -1;
  for (let j = 0; j < classes; j++) {
    const z = logits[start + j * inner]!;
    if (z < own && (rival < 0 || z > logits[start + rival * inner]!)) rival = j;
  }
  return rival;
}
