import { FocalError } from "../../errors.ts";
import { lossOfColumn } from "../../render/sql/heads.ts";
import { dialects } from "../../targets/sql/dialects.ts";
import type { SqlEngine } from "../engine.ts";
import { lossSql, querySql, softmaxLossSql } from "../formula.ts";
import type { LossSql, SqlPart } from "../formula.ts";
import type { Loss } from "../../losses/loss.ts";
import { fromClause } from "../source.ts";
import type { Source } from "../source.ts";
import { ask, numbersOf } from "./ask.ts";
import type { Asking } from "./ask.ts";
import { comparable, literal } from "./columns.ts";
import { linear, restOf, shiftOf, termSql } from "./model.ts";
import type { SqlModel } from "./model.ts";
import { sumsOf } from "./moments.ts";
import type { Survey } from "./survey.ts";

/** All that the statements of one fit have in common. */
export interface Problem {
  readonly engine: SqlEngine;
  readonly source: Source;
  readonly survey: Survey;
  readonly head: SqlModel["head"];
  readonly loss: Loss;
  readonly weights: string | undefined;
  readonly offset: string | undefined;
  readonly asking: Asking;
}

export const outputsOf = ({ head, survey }: Pick<Problem, "head" | "survey">): number => (head === "sigmoid" ? 1 : survey.classes.length);

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
  const { engine, survey, weights } = problem, { terms } = survey, width = terms.length + 1, per = triangle(width);
  const [rows, ...numbers] = numbersOf(await ask(engine, statementAt(problem, x, order), problem.asking), "a pass");
  expectWhole(survey, rows!, weights === undefined ? rows! : numbers.shift()!);
  const [loss, ...sums] = numbers;
  if (!numbers.every(Number.isFinite)) throw new FocalError("engine", "a pass answered with a sum that is not finite: numbers in the table are too large to be added up");
  const rest = terms.map((term) => restOf(term)), slopes = Float64Array.from(sums.slice(0, x.length));
  for (let from = 0; from < x.length; from += width) rest.forEach(({ center, scale }, j) => (slopes[from + j] = (slopes[from + j]! - center * slopes[from + width - 1]!) / scale));
  const curvatures = order === 1 ? [] : Array.from({ length: outputsOf(problem) }, (_, k) => standardized(sums.slice(x.length + k * per, x.length + (k + 1) * per), rest));
  return { loss: loss!, slopes, curvatures };
}

/** @throws FocalError `engine` where a statement did not see what the first one saw */
export function expectWhole({ rows, weight }: Survey, seen: number, seenWeight: number): void {
  if (seen !== rows) throw new FocalError("engine", `a pass saw ${seen} rows of ${rows}: rows were added or lost meanwhile, or a shard did not answer`);
  if (!(Math.abs(seenWeight - weight) <= 1e-9 * weight)) throw new FocalError("engine", `a pass saw weights of ${seenWeight} in all instead of ${weight}: they changed meanwhile, or a shard did not answer`);
}

export const triangle = (n: number): number => (n * (n + 1)) / 2;

/** Where entry (a, b), a ≤ b, of an upper triangle stands. */
export const at = (a: number, b: number, width: number): number => a * width - triangle(a - 1) + b - a;

/** Sums of products of terms as those of (term − center) / scale, the last row being the sums of the terms themselves. */
export function standardized(upper: readonly number[], rest: readonly { readonly center: number; readonly scale: number }[]): number[] {
  const width = rest.length + 1, last = upper.at(-1)!, of = (j: number): { readonly center: number; readonly scale: number } => rest[j] ?? { center: 0, scale: 1 };
  const out = [...upper];
  for (let a = 0; a < width; a++) {
    for (let b = a; b < width; b++) {
      const left = of(a), right = of(b), sumOf = (j: number): number => upper[at(j, width - 1, width)]!;
      out[at(a, b, width)] = (upper[at(a, b, width)]! - left.center * sumOf(b) - right.center * sumOf(a) + left.center * right.center * last) / (left.scale * right.scale);
    }
  }
  return out;
}

/** The statement of {@link sumsAt}. */
export function statementAt(problem: Problem, x: Float64Array, order: 1 | 2): string {
  const { engine: { dialect }, source, survey, weights } = problem, { terms, prefix } = survey, width = terms.length + 1;
  const { number } = dialects[dialect], names = terms.map((_, j) => `${prefix}x${j}`), w = `${prefix}w`;
  const { parts, value, slopes, curvatures } = lossesAt(problem, x, order);
  const top = Math.max(0, ...parts.map(({ level }) => level)) + 1, weighted = (sql: string): string => (weights === undefined ? sql : `(${sql}) * ${w}`);
  const give = (name: string, sql: string): string => {
    parts.push({ alias: prefix + name, sql, level: top });
    return prefix + name;
  };
  const g = slopes.map((slope, k) => give(`g${k}`, weighted(slope)));
  const h = curvatures.map((curvature, k) => give(`h${k}`, weighted(`greatest(${curvature}, ${number(0)})`)));
  const sums = [...(weights === undefined ? [] : [w]), weighted(value), ...g.flatMap((slope) => [...names.map((name) => `${slope} * ${name}`), slope])];
  for (const curvature of h) {
    for (let a = 0; a < width; a++) for (let b = a; b < width; b++) sums.push([curvature, ...[a, b].filter((j) => j < terms.length).map((j) => names[j]!)].join(" * "));
  }
  return querySql(dialect, { inputs: inputsOf(problem), parts, select: `count(*), ${sumsOf(sums, dialect)}`, from: fromClause(source, dialect), where: whereOf(problem) });
}

export const whereOf = ({ engine: { dialect }, survey }: Pick<Problem, "engine" | "survey">): string => `${dialects[dialect].quote(survey.target.column)} IS NOT NULL`;

/** Terms, label, weight and offset of a row, by their aliases. */
export function inputsOf({ engine: { dialect }, survey, weights, offset }: Problem, shift = shiftOf): (readonly [alias: string, sql: string])[] {
  const { prefix, terms } = survey, { quote, double } = dialects[dialect];
  return [
    ...terms.map((term, j): readonly [string, string] => [`${prefix}x${j}`, termSql(term, dialect, shift(term))]),
    [`${prefix}label`, labelSql(survey, dialect)],
    ...(weights === undefined ? [] : [[`${prefix}w`, double(quote(weights))] as const]),
    ...(offset === undefined ? [] : [[`${prefix}o`, double(quote(offset))] as const]),
  ];
}

/** 0 … classes − 1; with a lone positive, 1 for it. */
function labelSql({ classes, target: { column, compared } }: Survey, dialect: keyof typeof dialects): string {
  const { choose, number } = dialects[dialect], value = comparable(column, compared, dialect);
  const named = classes.length === 1 ? [[classes[0]!, 1] as const] : classes.map((name, k) => [name, k] as const).slice(1);
  return named.reduceRight((rest, [name, k]) => choose(`${value} = ${literal(name, compared, dialect)}`, number(k), rest), number(0));
}

/** The loss and its derivatives by each logit, with all parts that lead there from the inputs. */
function lossesAt({ engine: { dialect }, survey: { prefix, terms, classes }, head, loss, offset }: Problem, x: Float64Array, order: 1 | 2) {
  const { number, choose } = dialects[dialect], width = terms.length + 1, names = terms.map((_, j) => `${prefix}x${j}`), label = `${prefix}label`;
  const logit = (k: number): string => linear(x[k * width + width - 1]!, x.subarray(k * width), terms, names, offset === undefined ? undefined : `${prefix}o`, dialect);
  const parts: SqlPart[] = [];
  // What a formula takes as its inputs is computed from this statement's: a level above them.
  const take = <L extends LossSql>(said: L): L => {
    const given = said.inputs.filter(([alias]) => alias !== label).map(([alias, sql]): SqlPart => ({ alias, sql, level: 1 }));
    parts.push(...given, ...said.parts.map((part) => ({ ...part, level: part.level + 1 })));
    return said;
  };
  if (head === "softmax") {
    const { value, slopes } = take(softmaxLossSql(loss, dialect, { logits: classes.map((_, k) => logit(k)), label }, { prefix }));
    return { parts, value, slopes, curvatures: [] };
  }
  const columns = head === "sigmoid"
    ? [take(lossSql(loss, dialect, { logit: logit(0), target: label }, { order, prefix }))]
    : classes.map((_, k) => take(lossSql(lossOfColumn(loss, k), dialect, { logit: logit(k), target: choose(`${label} = ${number(k)}`, number(1), number(0)) }, { order, prefix: `${prefix}${k}_` })));
  return { parts, value: columns.map(({ value }) => `(${value})`).join(" + "), slopes: columns.map(({ slope }) => slope), curvatures: order === 2 ? columns.map(({ curvature }) => curvature) : [] };
}
