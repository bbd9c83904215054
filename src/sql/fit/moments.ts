import { FocalError } from "../../errors.ts";
import { dialects } from "../../targets/sql/dialects.ts";
import type { Dialect } from "../../targets/sql/dialects.ts";
import type { SqlEngine } from "../engine.ts";
import { querySql } from "../formula.ts";
import { fromClause } from "../source.ts";
import type { Source } from "../source.ts";
import { ask, numbersOf } from "./ask.ts";
import type { Asking } from "./ask.ts";
import { isNumber } from "./model.ts";
import type { FitSpec } from "./spec.ts";

/** Rows where a column is a number, and its weighted mean over them. */
export interface Moment {
  readonly known: number;
  readonly mean: number;
}

/** One statement: the middle of every numeric column, and whether weights and offsets are what they must be. */
export async function momentsOf(
  engine: SqlEngine, source: Source, { spec, numeric, rows, prefix }: { readonly spec: FitSpec; readonly numeric: readonly string[]; readonly rows: number; readonly prefix: string }, asking: Asking,
): Promise<Map<string, Moment>> {
  const { dialect } = engine, { quote, double, number, choose } = dialects[dialect], one = number(1), zero = number(0);
  const { weights, offset } = spec, weight = weights === undefined ? one : `${prefix}w`;
  const columns = [...numeric, ...(weights === undefined ? [] : [weights]), ...(offset === undefined ? [] : [offset])];
  const aliases = [...numeric.map((_, j) => `${prefix}x${j}`), ...(weights === undefined ? [] : [weight]), ...(offset === undefined ? [] : [`${prefix}o`])];
  const known = (alias: string): string => choose(isNumber(alias, dialect), one, zero);
  const mean = (alias: string): string[] => [known(alias), choose(isNumber(alias, dialect), weight, zero), choose(isNumber(alias, dialect), weights === undefined ? alias : `${alias} * ${weight}`, zero)];
  const sums = [
    one,
    ...(weights === undefined ? [] : [known(weight), choose(`${weight} < ${zero}`, one, zero)]),
    ...(offset === undefined ? [] : [known(`${prefix}o`)]),
    ...numeric.flatMap((_, j) => mean(aliases[j]!)),
  ];
  const statement = querySql(dialect, {
    inputs: [[`${prefix}one`, one], ...columns.map((column, i) => [aliases[i]!, double(quote(column))] as const)],
    parts: [], select: sumsOf(sums, dialect), from: fromClause(source, dialect), where: `${quote(spec.target)} IS NOT NULL`,
  });
  const numbers = numbersOf(await ask(engine, statement, asking), "the first look at the columns");
  if (numbers.shift() !== rows) throw new FocalError("engine", `the number of rows changed while the fit began: expected ${rows}`);
  if (weights !== undefined) {
    if (numbers.shift() !== rows) throw new FocalError("data", `weights must be finite numbers, but some of ${JSON.stringify(weights)} are none`);
    if (numbers.shift() !== 0) throw new FocalError("data", `weights must be ≥ 0, but some of ${JSON.stringify(weights)} are negative`);
  }
  if (offset !== undefined && numbers.shift() !== rows) throw new FocalError("data", `offsets must be finite numbers, but some of ${JSON.stringify(offset)} are none`);
  return new Map(numeric.map((column, j) => {
    const [count, mass, sum] = numbers.slice(3 * j, 3 * j + 3) as [number, number, number];
    return [column, { known: count, mean: mass > 0 ? sum / mass : 0 }];
  }));
}

/** The sums of expressions, as columns or as one array: ClickHouse limits the words of a statement. */
export const sumsOf = (expressions: readonly string[], dialect: Dialect): string =>
  dialect === "clickhouse" ? `sumForEach([${expressions.join(", ")}])` : expressions.map((expression) => `sum(${expression})`).join(", ");
