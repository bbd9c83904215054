import { add, cast, cumsum, div, equal, gather, greater, greaterEqual, mul, neg, oneHot, range, reshape, scalar, sub, sum, tidy, topk, transpose, upperBound, where } from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { FocalError } from "../../errors.ts";

/** A metric as `model.compile({ metrics })` takes it. */
export type LayersMetric = (labels: Tensor, scores: Tensor) => Tensor;

/** Labels and scores by column: a yes-or-no question each, or one of the classes. */
function columns(labels: Tensor, scores: Tensor): { hits: Tensor; ranked: Tensor } {
  const classes = scores.rank > 1 ? scores.shape.at(-1)! : 1, table = reshape(cast(scores, "float32"), [-1, classes]);
  const given = labels.size === scores.size ? reshape(cast(labels, "float32"), [-1, classes]) : cast(oneHot(cast(reshape(labels, [-1]), "int32"), classes), "float32");
  return { hits: transpose(cast(greaterEqual(given, 0.5), "float32")), ranked: transpose(table) };
}

/** From each row, what its indices name. The wasm backend's own gather by row reads the wrong rows. */
function taken(table: Tensor, indices: Tensor): Tensor {
  const [rows, n] = table.shape as [number, number], starts = reshape(mul(range(0, rows, 1, "int32"), scalar(n, "int32")), [rows, 1]);
  return reshape(gather(reshape(table, [-1]), reshape(add(indices, starts), [-1])), [rows, n]);
}

/** The mean over columns that hold a positive; 0 where none does. */
function overColumns(perColumn: Tensor, positives: Tensor): Tensor {
  const present = greater(positives, 0), count = sum(cast(present, "float32"));
  return div(sum(where(present, perColumn, 0)), where(equal(count, 0), 1, count));
}

/**
 * Average precision as a metric of `model.compile`: the area under the precision–recall curve, by steps, ties in one.
 *
 * Where positives are rare, accuracy is high for a model that finds none; this is not. With several columns, the mean
 * over those that hold a positive.
 *
 * `fit` and `evaluate` average it over batches, which is not the average precision of all examples: give `evaluate` a
 * batchSize of all of them, or ask `averagePrecision` of this library about `model.predict`.
 *
 * @param labels - 0 or 1 in the shape of the scores, or one class per row
 * @param scores - probabilities or logits
 * @returns a scalar between 0 and 1; 0 when nothing is positive
 *
 * @example
 * averagePrecision(tf.tensor([0, 0, 1, 1]), tf.tensor([0.1, 0.4, 0.35, 0.8])).dataSync()[0];   // 0.83333…
 */
export function averagePrecision(labels: Tensor, scores: Tensor): Tensor {
  return tidy(() => {
    const { hits, ranked } = columns(labels, scores), n = ranked.shape[1]!;
    const { values, indices } = topk(ranked, n, true), found = taken(hits, indices);
    const atOrAbove = upperBound(neg(values), neg(values)); // how many scores are at least as high: ties included
    const hitsSoFar = taken(cumsum(found, 1), sub(atOrAbove, scalar(1, "int32")));
    const positives = sum(found, 1);
    return overColumns(div(sum(mul(found, div(hitsSoFar, cast(atOrAbove, "float32"))), 1), positives), positives);
  });
}

/**
 * Recall at a threshold as a metric of `model.compile`: the share of positives that score at or above it.
 *
 * With several columns, the mean over those that hold a positive. `fit` and `evaluate` average it over batches, as
 * they do `averagePrecision`.
 *
 * @param threshold - in the scores' own unit: of probabilities 0.5 (default), of logits 0
 * @throws FocalError `argument` for a threshold that is no finite number
 *
 * @example
 * recallAt(0.5)(tf.tensor([0, 1, 1]), tf.tensor([0.7, 0.4, 0.8])).dataSync()[0];   // 0.5
 */
export function recallAt(threshold = 0.5): LayersMetric {
  if (!Number.isFinite(threshold)) throw new FocalError("argument", `threshold must be a finite number, got ${String(threshold)}`);
  const recall = (labels: Tensor, scores: Tensor): Tensor => tidy(() => {
    const { hits, ranked } = columns(labels, scores), positives = sum(hits, 1);
    return overColumns(div(sum(mul(hits, cast(greaterEqual(ranked, threshold), "float32")), 1), positives), positives);
  });
  return Object.defineProperty(recall, "name", { value: `recallAt${threshold}` });
}
