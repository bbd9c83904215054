/** Every loss of the library, written a second time. */
import { derivatives, exact } from "../decimal.ts";
import type { Derivatives } from "../decimal.ts";
import type { Entry, Golden } from "../entry.ts";
import { batchLosses } from "./batch.ts";
import { sigmoidLoss, softmaxLoss } from "./heads.ts";
import { rowLosses } from "./row.ts";
import { scoreLoss, scoreLosses } from "./score.ts";

/** Each example by itself: a logit, or a row of `classes` of them. */
function examples(entry: Entry): Derivatives[] {
  const { loss, head, logits, targets, classes = 1 } = entry;
  if (head === "sigmoid") {
    const of = Object.hasOwn(scoreLosses, loss) ? scoreLoss(entry) : sigmoidLoss(entry);
    return logits.map((x, i) => derivatives(([at]) => of(at!, targets[i]!, i % classes), [exact(x)]));
  }
  const rows = logits.length / classes, of = Object.hasOwn(rowLosses, loss) ? rowLosses[loss]!(entry) : softmaxLoss(entry);
  return Array.from({ length: rows }, (_, r) => {
    const target = targets.length === rows ? targets[r]! : targets.slice(r * classes, (r + 1) * classes);
    return derivatives((row) => of(row, target as number), logits.slice(r * classes, (r + 1) * classes).map(exact));
  });
}

/** The answers to an entry. */
export function answer(entry: Entry): Golden {
  if (Object.hasOwn(batchLosses, entry.loss)) return { ...entry, ...derivatives(batchLosses[entry.loss]!(entry), entry.logits.map(exact)) };
  const results = examples(entry);
  return { ...entry, value: results.map(({ value }) => value), grad: results.flatMap(({ grad }) => grad), hessian: results.flatMap(({ hessian }) => hessian) };
}
