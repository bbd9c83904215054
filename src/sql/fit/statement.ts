import { lossOfColumn } from "../../render/sql/heads.ts";
import { dialects } from "../../targets/sql/dialects.ts";
import { lossSql, querySql, softmaxLossSql } from "../formula.ts";
import type { LossSql, SqlPart } from "../formula.ts";
import { fromClause } from "../source.ts";
import { bound } from "./bind.ts";
import { linear } from "./model.ts";
import { sumsOf } from "./moments.ts";
import { inputsOf, whereOf } from "./problem.ts";
import type { Problem } from "./problem.ts";

/** The loss of a row and its derivatives by some of the logits, over inputs of its own. */
interface Losses extends LossSql {
  readonly slopes: readonly string[];
  readonly curvatures: readonly string[];
}

/**
 * The one statement of a pass: rows, Σ weight, Σ weight · loss, then Σ weight · slope · x of each logit, and with order 2 the upper
 * triangles of Σ weight · curvature · x xᵀ, x the terms and a 1.
 */
export function statementAt(problem: Problem, x: Float64Array, order: 1 | 2): string {
  const { engine: { dialect }, source, weights, survey: { prefix } } = problem, losses = lossesAt(problem, x, order), inputs = inputsOf(problem);
  const query = { from: fromClause(source, dialect), where: whereOf(problem) };
  return querySql(dialect, dialects[dialect].sharing === "flat" ? { ...query, inputs, ...flat(problem, losses) } : { ...query, inputs, ...nested(problem, losses, weights === undefined ? undefined : `${prefix}w`) });
}

/** What is used more than once has a level of subselects of its own, and each sum is a column. */
function nested({ engine: { dialect }, survey: { prefix, terms } }: Problem, losses: readonly Losses[], weight: string | undefined): { parts: SqlPart[]; select: string } {
  const { number } = dialects[dialect], names = terms.map((_, j) => `${prefix}x${j}`);
  const parts = losses.flatMap((loss) => [
    ...loss.inputs.map(([alias, sql]): SqlPart => ({ alias, sql, level: 1 })), ...loss.parts.map((part): SqlPart => ({ ...part, level: part.level + 1 })),
  ]);
  const top = Math.max(...parts.map(({ level }) => level)) + 1, weighted = (sql: string): string => (weight === undefined ? sql : `(${sql}) * ${weight}`);
  const give = (name: string, sql: string): string => {
    parts.push({ alias: prefix + name, sql, level: top });
    return prefix + name;
  };
  const slopes = losses.flatMap((loss) => loss.slopes).map((slope, k) => give(`g${k}`, weighted(slope)));
  const curvatures = losses.flatMap((loss) => loss.curvatures).map((curvature, k) => give(`h${k}`, weighted(`greatest(${curvature}, ${number(0)})`)));
  const times = (factor: string, product: string): string => (product === "" ? factor : `${factor} * ${product}`);
  const sums = [
    ...(weight === undefined ? [] : [weight]), weighted(losses.map(({ value }) => `(${value})`).join(" + ")),
    ...slopes.flatMap((slope) => [...names, ""].map((name) => times(slope, name))), ...curvatures.flatMap((curvature) => products(names).map((product) => times(curvature, product))),
  ];
  return { parts, select: `count(*), ${sumsOf(sums, dialect)}` };
}

/** Nothing is a subselect: a lambda binds the logits, and arrays are added up whole. */
function flat({ engine: { dialect }, weights, survey: { prefix, terms } }: Problem, losses: readonly Losses[]): { parts: SqlPart[]; select: string } {
  const { number } = dialects[dialect], names = terms.map((_, j) => `${prefix}x${j}`), one = number(1), weight = weights === undefined ? one : `${prefix}w`;
  const results = losses.map((_, k) => `${prefix}r${k}`);
  const parts = losses.map(({ inputs, parts: inner, value, slopes, curvatures }, k): SqlPart => ({ alias: results[k]!, sql: bound(inputs, inner, [value, ...slopes, ...curvatures]), level: 1 }));
  const times = (factor: string, items: readonly string[]): string => `arrayMap(v -> v * ${factor}, [${items.join(", ")}])`;
  const factors = (of: (loss: Losses) => readonly string[], from: (loss: Losses) => number): string[] =>
    losses.flatMap((loss, k) => of(loss).map((_, i) => `arrayElement(${results[k]!}, ${from(loss) + i})`)).map((result) => (weights === undefined ? result : `(${result} * ${weight})`));
  const arrays = [
    times(weight, [...(weights === undefined ? [] : [one]), results.map((result) => `arrayElement(${result}, 1)`).join(" + ")]),
    ...factors(({ slopes }) => slopes, () => 2).map((slope) => times(slope, [...names, one])),
    ...factors(({ curvatures }) => curvatures, ({ slopes }) => 2 + slopes.length).map((curvature) => times(`greatest(${curvature}, ${number(0)})`, products(names).map((product) => product || one))),
  ];
  return { parts, select: `count(*), sumForEach(arrayConcat(${arrays.join(", ")}))` };
}

/** The upper triangle of x xᵀ, row by row. */
const products = (names: readonly string[]): string[] => [...names, ""].flatMap((a, i, all) => all.slice(i).map((b) => [a, b].filter((name) => name !== "").join(" * ")));

/** A softmax is one loss of all logits; else each logit has its own. */
function lossesAt({ engine: { dialect }, survey: { prefix, terms, classes }, head, loss, offset }: Problem, x: Float64Array, order: 1 | 2): Losses[] {
  const { number, choose } = dialects[dialect], width = terms.length + 1, names = terms.map((_, j) => `${prefix}x${j}`), y = `${prefix}y`;
  const logit = (k: number): string => linear(x[k * width + width - 1]!, x.subarray(k * width), terms, names, offset === undefined ? undefined : `${prefix}o`, dialect);
  if (head === "softmax") return [{ ...softmaxLossSql(loss, dialect, { logits: classes.map((_, k) => logit(k)), label: y }, { prefix }), curvatures: [] }];
  const column = (own: typeof loss, k: number, target: string, before: string): Losses => {
    const { slope, curvature, ...rest } = lossSql(own, dialect, { logit: logit(k), target }, { order, prefix: before });
    return { ...rest, slopes: [slope], curvatures: order === 2 ? [curvature] : [] };
  };
  if (head === "sigmoid") return [column(loss, 0, y, prefix)];
  return classes.map((_, k) => column(lossOfColumn(loss, k), k, choose(`${y} = ${number(k)}`, number(1), number(0)), `${prefix}${k}_`));
}
