import { criterion } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import { marginOf, othersOf } from "../heads/softmax.ts";
import type { Loss } from "../losses/loss.ts";
import { thin } from "../metrics/index.ts";

export interface DifficultyPoint {
  /** Share of the group's rows, hardest first. */
  readonly examples: number;
  /** Share of the group's gradient they receive. */
  readonly gradient: number;
}

export interface Difficulty {
  readonly class: number;
  readonly rows: number;
  /** This class's share of the whole gradient. */
  readonly share: number;
  /** From (0, 0) to (1, 1). A straight line treats rows alike; the higher above it, the more goes to the hard ones. */
  readonly points: readonly DifficultyPoint[];
}

/**
 * Where a loss spends its gradient: on which class, and on how hard an example.
 *
 * Focal loss's claim is that the mass of easy examples drowns the hard ones under cross-entropy; these curves show
 * whether it is so on given data. An example's gradient is |dL/du| by its margin, the one number through which the
 * loss sees it.
 *
 * @param logits - rows (sigmoid: two classes) or rows × classes (softmax)
 * @param y - the class of each row
 * @param loss - with its γ and class weights; need not be the one the logits were trained with
 * @param points - at most so many on each curve, default 100
 * @returns one curve per class that occurs, in class order
 * @throws FocalError `argument`, `shape` or `label`
 */
export function difficulty(
  logits: Float32Array, y: ArrayLike<number>, loss: Loss, { head, classes, points = 100 }: { head: "sigmoid" | "softmax"; classes: number; points?: number },
): Difficulty[] {
  if (head === "sigmoid" && classes !== 2) throw new FocalError("argument", `with the sigmoid head classes must be 2, got ${classes}`);
  const perRow = criterion(loss, head === "sigmoid" ? { head, reduction: "none" } : { head, classes, reduction: "none" });
  const { grad } = perRow.valueAndGrad(Float64Array.from(logits), y);
  const others = othersOf(classes), none = new Float64Array(classes);
  // du/dz is ±1 at a sigmoid's logit and 1 at the label's logit of a softmax.
  const slope = (row: number): number => Math.abs(head === "sigmoid" ? grad[row]! : grad[row * classes + y[row]!]!);
  const margin = (row: number): number => (head === "sigmoid" ? (y[row] === 1 ? logits[row]! : -logits[row]!) : marginOf(logits, row * classes, 1, none, y[row]!, others));
  const rows = Array.from({ length: y.length }, (_, row) => ({ label: y[row]!, margin: margin(row), slope: slope(row) }));
  const total = rows.reduce((sum, row) => sum + row.slope, 0);
  return Array.from({ length: classes }, (_, k) => k).flatMap((k) => {
    const own = rows.filter(({ label }) => label === k).sort((a, b) => a.margin - b.margin);
    if (own.length === 0) return [];
    const sum = own.reduce((all, row) => all + row.slope, 0);
    let spent = 0;
    const curve = own.map((row, i) => ({ examples: (i + 1) / own.length, gradient: sum > 0 ? (spent += row.slope) / sum : (i + 1) / own.length }));
    return [{ class: k, rows: own.length, share: total > 0 ? sum / total : 0, points: [{ examples: 0, gradient: 0 }, ...thin(curve, points - 1)] }];
  });
}
