import type { Dataset } from "./dataset.ts";
import type { ColumnUse } from "./fit.ts";
import { quote } from "./near.ts";
import type { Column } from "./table.ts";

/** From this area under the ROC curve on, one column by itself is more likely to be the answer than a clue. */
export const LEAK_AUC = 0.999;

/** Rows per class that the test looks at: enough to tell .999 from .99, few enough to be quick on any table. */
const ROWS_PER_CLASS = 20_000;
const BINS = 256;

/**
 * Warns of columns that alone predict the target almost perfectly, because such a column is often written after the fact.
 *
 * Each used column is scored by itself on the training rows: as a ranking in either direction (numbers), and by the share of each class
 * among the other rows with the same value (levels, or up to 256 equally filled bins of numbers). A class scores the better of the two
 * areas under the ROC curve, one class against the rest; a column is named when its worst class reaches LEAK_AUC.
 */
export function leakWarnings({ table, target }: Dataset, rows: Uint32Array, columns: readonly ColumnUse[]): string[] {
  const sample = capPerClass(rows, target.labels, target.classes.length);
  const used = new Set(columns.filter(({ kind }) => kind !== "dropped").map(({ name }) => name));
  return table.columns.filter(({ name }) => used.has(name)).flatMap((column) => {
    const auc = singleColumnAuc(column, target.labels, target.classes.length, sample);
    if (auc < LEAK_AUC) return [];
    const shown = auc === 1 ? "1" : `.${Math.floor(auc * 1e4)}`;
    return [`Column ${quote(column.name)} alone predicts ${quote(target.name)} almost perfectly (AUC ${shown}): is it known when the prediction is made?`];
  });
}

/** The worst class's area under the ROC curve when this column is all there is. */
export function singleColumnAuc(column: Column, labels: Int32Array, classes: number, rows: Uint32Array): number {
  if (column.kind === "other") return 0.5;
  const value = column.kind === "number" ? (row: number) => column.values[row]! : (row: number) => column.codes[row]!;
  const groups = groupByValue(rows, value, labels, classes);
  const bins = column.kind === "number" ? merged(groups, rows.length / BINS) : groups;
  let worst = 1;
  for (let label = 0; label < classes; label++) {
    const ranked = column.kind === "number" ? areaUnder(groups.map((counts) => split(counts, label))) : 0.5;
    const grouped = areaUnder(shareOfOthers(bins, label));
    worst = Math.min(worst, Math.max(ranked, 1 - ranked, grouped));
  }
  return worst;
}

/** Class counts of each distinct value, in ascending order; missing values come first. */
function groupByValue(rows: Uint32Array, value: (row: number) => number, labels: Int32Array, classes: number): Uint32Array[] {
  const groups = new Map<number, Uint32Array>();
  for (const row of rows) {
    const key = Number.isNaN(value(row)) ? -Infinity : value(row);
    let counts = groups.get(key);
    if (!counts) groups.set(key, (counts = new Uint32Array(classes)));
    counts[labels[row]!]!++;
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, counts]) => counts);
}

/** Neighbouring values put together until each bin holds about `size` rows; few distinct values stay as they are. */
function merged(groups: readonly Uint32Array[], size: number): Uint32Array[] {
  if (groups.length <= BINS) return [...groups];
  const bins: Uint32Array[] = [];
  let filled = Infinity;
  for (const counts of groups) {
    if (filled >= size) {
      bins.push(new Uint32Array(counts.length));
      filled = 0;
    }
    const bin = bins[bins.length - 1]!;
    counts.forEach((n, label) => (bin[label]! += n));
    filled += total(counts);
  }
  return bins;
}

interface Tie {
  readonly positives: number;
  readonly negatives: number;
}

const total = (counts: Uint32Array): number => counts.reduce((sum, n) => sum + n, 0);
const split = (counts: Uint32Array, label: number): Tie => ({ positives: counts[label]!, negatives: total(counts) - counts[label]! });

/** Rows ordered by the share of the class among the *other* rows of their group, so that a group of one row says nothing. */
function shareOfOthers(groups: readonly Uint32Array[], label: number): Tie[] {
  const ties = groups.map((counts) => split(counts, label));
  const positives = ties.reduce((sum, tie) => sum + tie.positives, 0);
  const rows = ties.reduce((sum, tie) => sum + tie.positives + tie.negatives, 0);
  const share = (found: number, others: number) => (found + positives / rows) / (others + 1);
  const byScore = new Map<number, { positives: number; negatives: number }>();
  const add = (score: number, positive: number, negative: number) => {
    const tie = byScore.get(score);
    if (tie) {
      tie.positives += positive;
      tie.negatives += negative;
    } else byScore.set(score, { positives: positive, negatives: negative });
  };
  for (const tie of ties) {
    const others = tie.positives + tie.negatives - 1;
    if (tie.positives > 0) add(share(tie.positives - 1, others), tie.positives, 0);
    if (tie.negatives > 0) add(share(tie.positives, others), 0, tie.negatives);
  }
  return [...byScore].sort(([a], [b]) => a - b).map(([, tie]) => tie);
}

/** Area under the ROC curve of rows in ascending order of score; rows of one tie count half. */
function areaUnder(ties: readonly Tie[]): number {
  let below = 0;
  let area = 0;
  let positives = 0;
  for (const tie of ties) {
    area += tie.positives * (below + tie.negatives / 2);
    below += tie.negatives;
    positives += tie.positives;
  }
  return positives > 0 && below > 0 ? area / (positives * below) : 0.5;
}

function capPerClass(rows: Uint32Array, labels: Int32Array, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  for (const row of rows) counts[labels[row]!]!++;
  const seen = new Uint32Array(classes);
  return rows.filter((row) => {
    const label = labels[row]!;
    const stride = Math.max(1, Math.floor(counts[label]! / ROWS_PER_CLASS));
    return seen[label]!++ % stride === 0;
  });
}
