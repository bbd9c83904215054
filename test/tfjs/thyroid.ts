/** The real table that the training tests use: 3600 rows to train on, 3600 to test. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Task } from "./training.ts";

const classNames = ["normal", "compensated_hypothyroid", "primary_hypothyroid"];

function rows(): { x: number[]; label: number; split: string }[] {
  const [, ...lines] = gunzipSync(readFileSync(new URL("../../examples/data/thyroid.csv.gz", import.meta.url))).toString().trim().split(/\r?\n/);
  return lines.map((line) => {
    const cells = line.split(",");
    return { x: cells.slice(0, -2).map(Number), label: classNames.indexOf(cells.at(-2)!), split: cells.at(-1)! };
  });
}

/** First weights from a fixed sequence, as many as asked for, in ±limit. */
function drawn(seed: number): (count: number, limit: number) => number[] {
  return (count, limit) => Array.from({ length: count }, () => {
    seed = (seed * 48271) % 2147483647;
    return Math.fround((2 * (seed / 2147483647) - 1) * limit);
  });
}

/**
 * A network on the table, columns standardised by the training rows.
 *
 * @param classes - 1: one in 43, the rarest against the rest; 3: each by itself
 */
export function thyroid(classes: 1 | 3, how: Pick<Task, "epochs" | "batchSize" | "rate" | "settings" | "classWeight">): Task {
  const all = rows(), features = all[0]!.x.length, trained = all.filter(({ split }) => split === "train"), tested = all.filter(({ split }) => split === "test");
  const mean = Array.from({ length: features }, (_, j) => trained.reduce((sum, { x }) => sum + x[j]!, 0) / trained.length);
  const deviation = mean.map((m, j) => Math.sqrt(trained.reduce((sum, { x }) => sum + (x[j]! - m) ** 2, 0) / trained.length) || 1);
  const table = (of: typeof all): number[] => of.flatMap(({ x }) => x.map((value, j) => Math.fround((value - mean[j]!) / deviation[j]!)));
  const labels = (of: typeof all): number[] => of.map(({ label }) => (classes === 1 ? Number(label === 2) : label));
  const units = 16, draw = drawn(7);
  return {
    ...how, classes, features, x: table(trained), labels: labels(trained), testX: table(tested), testLabels: labels(tested),
    weights: [draw(features * units, Math.sqrt(6 / (features + units))), draw(units, 0), draw(units * classes, Math.sqrt(6 / (units + classes))), draw(classes, 0)],
  };
}
