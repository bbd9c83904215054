import type { Column } from "./table.ts";

/** More different values than these are no classes. */
export const MOST_CLASSES = 100;

export interface Classes {
  /** In natural order: "2" before "10". */
  readonly names: readonly string[];
  readonly counts: readonly number[];
  /** The class of each row, −1 where there is none. */
  readonly labels: Int32Array;
}

const natural = new Intl.Collator("en", { numeric: true });

/** A column's values as classes; undefined where there are too many. */
export function classesOf({ values, codes, levels, crowded }: Column): Classes | undefined {
  if (crowded || levels.length > MOST_CLASSES) return undefined;
  const numbers = new Map<number, number>(), labels = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const code = codes?.[row] ?? -1, value = values[row]!;
    if (code >= 0) labels[row] = code;
    else if (Number.isNaN(value)) labels[row] = -1;
    else {
      let known = numbers.get(value);
      if (known === undefined) {
        if (numbers.size + levels.length === MOST_CLASSES) return undefined;
        numbers.set(value, (known = levels.length + numbers.size));
      }
      labels[row] = known;
    }
  }
  const found = [...levels, ...[...numbers.keys()].map(String)];
  const order = found.map((_, i) => i).sort((a, b) => natural.compare(found[a]!, found[b]!) || (found[a]! < found[b]! ? -1 : 1));
  const place = new Int32Array(found.length), counts = found.map(() => 0);
  order.forEach((from, to) => (place[from] = to));
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (label >= 0) counts[(labels[row] = place[label]!)]!++;
  }
  return { names: order.map((i) => found[i]!), counts, labels };
}

const YES = /^(1|\+1|yes|y|true|t|pos|positive|fraud|spam|ill|sick|abnormal|anomaly|object|foreground|hit|bad)$/i;
const NO = /^(0|-1|no|n|false|f|neg|negative|legit|ham|healthy|normal|background|miss|good|ok)$/i;

/** The class that is looked for: of two the one whose name says so, else the rarest. */
export function positiveOf(classes: readonly { readonly name: string; readonly rows: number }[]): number {
  const said = classes.findIndex(({ name }) => YES.test(name)), other = classes.findIndex(({ name }) => NO.test(name));
  if (classes.length === 2 && said >= 0) return said;
  if (classes.length === 2 && other >= 0) return 1 - other;
  return classes.reduce((best, { rows }, k) => (rows > 0 && rows < classes[best]!.rows ? k : best), 0);
}
