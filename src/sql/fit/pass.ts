import { FocalError } from "../../errors.ts";
import { ask, numbersOf } from "./ask.ts";
import { restOf } from "./model.ts";
import { outputsOf } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { statementAt } from "./statement.ts";
import type { Survey } from "./checkpoint.ts";
import { standardized, triangle } from "./triangle.ts";

/** Sums over all rows at one point: of the weighted loss, of its slopes by each coefficient, and with order 2 of its curvatures. */
export interface Sums {
  readonly loss: number;
  /** Per logit: by each term, then by the intercept. */
  readonly slopes: Float64Array;
  /** Per logit: the upper triangle of the second derivatives, row by row; negative curvature counts as 0. */
  readonly curvatures: readonly (readonly number[])[];
}

/**
 * One statement over the data. What it must see is checked: a shard that stays silent would leave out its rows without a word.
 *
 * @param x - per logit a coefficient for each term, then the intercept
 * @throws FocalError `engine` where rows or weights are not those of the first look, or a sum is no number
 */
export async function sumsAt(problem: Problem, x: Float64Array, order: 1 | 2): Promise<Sums> {
  const { engine, survey, asking } = problem, { terms } = survey, width = terms.length + 1, per = triangle(width), { sql, read } = statementAt(problem, x, order);
  const { rows, weight, loss, ...sums } = read(numbersOf(await ask(engine, sql, asking), "a pass"));
  expectWhole(survey, rows, weight);
  if (![loss, ...sums.slopes, ...sums.curvatures].every(Number.isFinite)) throw new FocalError("engine", "a pass answered with a sum that is not finite: numbers in the table are too large to be added up");
  const rest = terms.map((term) => restOf(term)), slopes = Float64Array.from(sums.slopes);
  for (let from = 0; from < x.length; from += width) rest.forEach(({ center, scale }, j) => (slopes[from + j] = (slopes[from + j]! - center * slopes[from + width - 1]!) / scale));
  const curvatures = order === 1 ? [] : Array.from({ length: outputsOf(problem) }, (_, k) => standardized(sums.curvatures.slice(k * per, (k + 1) * per), rest));
  return { loss, slopes, curvatures };
}

/** @throws FocalError `engine` where a statement did not see what the first one saw */
export function expectWhole({ rows, weight }: Survey, seen: number, seenWeight: number): void {
  if (seen !== rows) throw new FocalError("engine", `a pass saw ${seen} rows of ${rows}: rows were added or lost meanwhile, or a shard did not answer`);
  if (!(Math.abs(seenWeight - weight) <= 1e-9 * weight)) throw new FocalError("engine", `a pass saw weights of ${seenWeight} in all instead of ${weight}: they changed meanwhile, or a shard did not answer`);
}
