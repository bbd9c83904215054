import { FocalError } from "focal-loss";
import { quote } from "../data/near.ts";
import type { NumberColumn } from "../data/table.ts";

/** What scores are: any number, a probability in [0, 1], or one in percent. */
export const FROM = ["logits", "probabilities", "percentages"] as const;
export type From = (typeof FROM)[number];

/** No logit of a trained model is so large that p differs from 1 by less than 10⁻¹³, unless others are as far below 0. */
const NO_LOGIT = 30;

/**
 * What scores are by their range: probabilities where all lie in [0, 1]; percentages where none is negative and the classes' sum to 100
 * or, of one class, most are above 1 and the largest, from 30 to 100, would be no logit; else logits.
 *
 * @throws FocalError "data" for scores of one class that are neither: none negative, most above 1, and too small or too large for percentages
 */
export function guess(columns: readonly NumberColumn[], rows: Uint32Array): From {
  let least = Infinity, most = -Infinity, above = 0;
  for (const { values } of columns) {
    for (const row of rows) {
      const score = values[row]!;
      least = Math.min(least, score); // NaN where a score is missing, which logitsOf refuses
      most = Math.max(most, score);
      if (score > 1) above++;
    }
  }
  if (least >= 0 && most <= 1) return "probabilities";
  if (columns.length > 1) {
    const hundred = (row: number): boolean => Math.abs(columns.reduce((sum, { values }) => sum + values[row]!, 0) - 100) <= columns.length;
    return least >= 0 && rows.every(hundred) ? "percentages" : "logits";
  }
  if (!(least >= 0 && 2 * above > rows.length)) return "logits";
  if (most >= NO_LOGIT && most <= 100) return "percentages";
  throw new FocalError("data", `scores ${quote(columns[0]!.name)} lie between ${least} and ${most}, none below 0 and most above 1, which neither probabilities nor logits usually do: say what they are with --from logits or --from percentages`);
}

/**
 * Logits of the given rows: one of each (two classes), or one per class.
 *
 * A probability p gives log p − log(1 − p), several give log p_k, which softmax turns back into them. Where two classes are told
 * apart by several columns, the logit is that of the positive one against the others together, which no rounding of 1 − p blurs.
 *
 * @param positive - which of several columns is the positive class's; absent: all classes compete
 * @throws FocalError "data" for a score that is missing or not in its range, and for probabilities of a row that do not sum to 1
 */
export function logitsOf(columns: readonly NumberColumn[], rows: Uint32Array, from: From, positive: number | undefined): { logits: Float64Array; clipped: number } {
  const width = columns.length;
  const powers = new Float64Array(rows.length * width);
  let clipped = 0;
  const whole = from === "percentages" ? 100 : 1;
  columns.forEach(({ name, values }, k) => rows.forEach((row, i) => {
    const score = values[row]! / whole;
    if (Number.isNaN(score)) throw new FocalError("data", `score ${quote(name)} is missing or not finite in row ${row + 1}`);
    if (from === "logits") {
      powers[i * width + k] = score;
      return;
    }
    if (!(score >= 0 && score <= 1)) throw new FocalError("data", `score ${quote(name)} is ${values[row]!} in row ${row + 1}, expected a ${from === "percentages" ? "percentage in [0, 100]" : "probability in [0, 1]"}; if scores are logits, pass --from logits`);
    if (score === 0 || (score === 1 && width === 1)) clipped++;
    powers[i * width + k] = width === 1 ? logit(score) : Math.log(Math.max(score, LEAST));
  }));
  if (width === 1) return { logits: powers, clipped };
  if (from !== "logits") rows.forEach((row, i) => expectWhole(columns, row, powers.subarray(i * width, (i + 1) * width)));
  return { logits: positive === undefined ? powers : Float64Array.from(rows, (_, i) => against(powers, i * width, width, positive)), clipped };
}

/** The nearest that files can say: the least float32 and the greatest float64 below 1. */
const LEAST = 2 ** -149;
const MOST = 1 - 2 ** -53;

function logit(p: number): number {
  const inside = Math.min(MOST, Math.max(LEAST, p));
  return Math.log(inside) - Math.log1p(-inside);
}

/** The logit of one column against the others together. */
function against(powers: Float64Array, start: number, width: number, k: number): number {
  let top = -Infinity, sum = 0;
  for (let j = 0; j < width; j++) if (j !== k) top = Math.max(top, powers[start + j]!);
  for (let j = 0; j < width; j++) if (j !== k) sum += Math.exp(powers[start + j]! - top);
  return powers[start + k]! - top - Math.log(sum);
}

/** Columns that are rounded to two digits still sum to 1 within a hundredth or so per column. */
function expectWhole(columns: readonly NumberColumn[], row: number, logs: Float64Array): void {
  const sum = logs.reduce((all, log) => all + Math.exp(log), 0);
  if (Math.abs(sum - 1) > 0.01 * columns.length) {
    throw new FocalError("data", `the probabilities ${columns.slice(0, 3).map(({ name }) => quote(name)).join(", ")}${columns.length > 3 ? ", …" : ""} of row ${row + 1} sum to ${Number(sum.toPrecision(4))}, expected 1: each class must be scored against the others`);
  }
}

/** Probabilities of all classes, row by row: what the scores promise. */
export function probabilitiesOf(logits: Float64Array, classes: number): Float64Array {
  if (classes === 2) return Float64Array.from({ length: 2 * logits.length }, (_, i) => 1 / (1 + Math.exp(i % 2 === 1 ? -logits[i >> 1]! : logits[i >> 1]!)));
  const out = new Float64Array(logits.length);
  for (let start = 0; start < out.length; start += classes) {
    const row = logits.subarray(start, start + classes), top = Math.max(...row), powers = row.map((z) => Math.exp(z - top)), sum = powers.reduce((a, b) => a + b, 0);
    out.set(powers.map((power) => power / sum), start);
  }
  return out;
}
