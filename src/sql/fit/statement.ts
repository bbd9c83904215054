import { lossOfColumn } from "../../render/sql/heads.ts";
import { dialects } from "../../targets/sql/dialects.ts";
import { bound } from "../bind.ts";
import { lossSql, querySql, softmaxLossSql } from "../formula.ts";
import type { LossSql, SqlPart } from "../formula.ts";
import { fromClause } from "../source.ts";
import { linear } from "./model.ts";
import { sumsOf } from "./moments.ts";
import { inputsOf, whereOf } from "./problem.ts";
import type { Problem } from "./problem.ts";

/** The loss of a row and its derivatives by some of the logits, over inputs of its own. */
interface Losses extends LossSql {
  readonly slopes: readonly string[];
  readonly curvatures: readonly string[];
}

/** A statement, and how its answer is read. */
export interface Statement {
  readonly sql: string;
  /** Of the numbers of the answer, in their order. */
  read(numbers: readonly number[]): Answer;
}

/** Sums over the rows that have a loss. */
export interface Answer {
  readonly rows: number;
  /** Σ weight. */
  readonly weight: number;
  readonly loss: number;
  /** Of each logit Σ weight · slope · x, x the terms and a 1. */
  readonly slopes: readonly number[];
  /** With order 2, of each logit the upper triangle of Σ weight · curvature · x xᵀ. */
  readonly curvatures: readonly number[];
}

/** What of a statement depends on how a dialect shares what is computed once. */
interface Shape {
  readonly parts: readonly SqlPart[];
  readonly select: string;
  readonly read: Statement["read"];
}

/** The one statement of a pass. */
export function statementAt(problem: Problem, x: Float64Array, order: 1 | 2): Statement {
  const { engine: { dialect }, source, survey } = problem, losses = lossesAt(problem, x, order);
  const { parts, select, read } = (dialects[dialect].sharing === "flat" ? flat : nested)(problem, losses);
  return { sql: querySql(dialect, { inputs: inputsOf(problem), parts, select, from: fromClause(source, dialect), where: whereOf({ engine: problem.engine, survey }) }), read };
}

/** What is used more than once has a level of subselects of its own, and each sum is a column. */
function nested({ engine: { dialect }, weights, survey: { prefix, terms } }: Problem, losses: readonly Losses[]): Shape {
  const { number } = dialects[dialect], names = terms.map((_, j) => `${prefix}x${j}`), weight = weights === undefined ? undefined : `${prefix}w`;
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
  const value = losses.map((loss) => `(${loss.value})`).join(" + "), size = slopes.length * (names.length + 1);
  const sums = [
    ...(weight === undefined ? [] : [weight]), weighted(value),
    ...slopes.flatMap((slope) => [...names, ""].map((name) => times(slope, name))), ...curvatures.flatMap((curvature) => products(names).map((product) => times(curvature, product))),
  ];
  return {
    parts, select: `count(${value}), ${sumsOf(sums, dialect)}`,
    read([rows, ...rest]) {
      const sum = weight === undefined ? rows! : rest.shift()!, loss = rest.shift()!;
      return { rows: rows!, weight: sum, loss, slopes: rest.slice(0, size), curvatures: rest.slice(size) };
    },
  };
}

/**
 * Nothing is a subselect: a lambda binds the logits, and arrays are added up whole. What a statement mentions twice is read twice, so
 * values and slopes are multiplied by the terms all at once; that the values are so, too, is no use but costs less.
 */
function flat({ engine: { dialect }, weights, survey: { prefix, terms } }: Problem, losses: readonly Losses[]): Shape {
  const { number } = dialects[dialect], width = terms.length + 1, one = number(1), weight = `${prefix}w`, names = terms.map((_, j) => `${prefix}x${j}`);
  const results = losses.map((_, k) => `${prefix}r${k}`), counts = losses.map(({ slopes }) => 1 + slopes.length), second = losses.some(({ curvatures }) => curvatures.length > 0);
  const parts = losses.map(({ inputs, parts: inner, value, slopes, curvatures }, k): SqlPart => ({ alias: results[k]!, sql: bound(inputs, inner, [value, ...slopes, ...curvatures]), level: 1 }));
  const weighted = (items: readonly string[]): string => `[${(weights === undefined ? items.map((item) => item || one) : items.map((item) => (item === "" ? weight : `${item} * ${weight}`))).join(", ")}]`;
  const all = results.map((result, k) => (second ? `arraySlice(${result}, 1, ${counts[k]})` : result));
  const seconds = results.map((result, k) => `arrayMap(v -> v * greatest(arrayElement(${result}, ${counts[k]! + 1}), ${number(0)}), ${weighted(products(names))})`);
  const select = [
    `count(arrayElement(${results[0]!}, 1))`, ...(weights === undefined ? [] : [`sum(${weight})`]),
    `sumForEachForEach(arrayMap(g -> arrayMap(v -> v * g, ${weighted([...names, ""])}), ${all.length === 1 ? all[0]! : `arrayConcat(${all.join(", ")})`}))`,
    ...(second ? [`sumForEach(${seconds.length === 1 ? seconds[0]! : `arrayConcat(${seconds.join(", ")})`})`] : []),
  ].join(", ");
  return {
    parts, select,
    read([rows, ...rest]) {
      const sum = weights === undefined ? rows! : rest.shift()!, slopes: number[] = [];
      let loss = 0;
      for (const count of counts) {
        const here = rest.splice(0, count * width);
        loss += here[width - 1]!;
        slopes.push(...here.slice(width));
      }
      return { rows: rows!, weight: sum, loss, slopes, curvatures: rest };
    },
  };
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
