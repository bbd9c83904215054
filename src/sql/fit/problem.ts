import type { Loss } from "../../losses/loss.ts";
import { dialects } from "../../targets/sql/dialects.ts";
import type { Dialect } from "../../targets/sql/dialects.ts";
import type { SqlEngine } from "../engine.ts";
import type { Source } from "../source.ts";
import type { Asking } from "./ask.ts";
import { comparable, literal } from "./columns.ts";
import { chosen, shiftOf, termSql } from "./model.ts";
import type { SqlModel } from "./model.ts";
import type { Survey } from "./checkpoint.ts";

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

/** Rows that have a target. */
export const whereOf = ({ engine: { dialect }, survey }: Pick<Problem, "engine" | "survey">): string => `${dialects[dialect].quote(survey.target.column)} IS NOT NULL`;

/** Terms, label, weight and offset of a row, by their aliases. */
export function inputsOf({ engine: { dialect }, survey, weights, offset }: Problem, shift = shiftOf): (readonly [alias: string, sql: string])[] {
  const { prefix, terms } = survey, { quote, double } = dialects[dialect];
  return [
    ...terms.map((term, j): readonly [string, string] => [`${prefix}x${j}`, termSql(term, dialect, shift(term))]),
    [`${prefix}y`, labelSql(survey, dialect)],
    ...(weights === undefined ? [] : [[`${prefix}w`, double(quote(weights))] as const]),
    ...(offset === undefined ? [] : [[`${prefix}o`, double(quote(offset))] as const]),
  ];
}

/** 0 … classes − 1; with a lone positive, 1 for it. */
function labelSql({ classes, target: { column, compared } }: Survey, dialect: Dialect): string {
  const { number } = dialects[dialect], value = comparable(column, compared, dialect);
  const named = classes.length === 1 ? [[classes[0]!, 1] as const] : classes.map((name, k) => [name, k] as const).slice(1);
  return named.reduceRight((rest, [name, k]) => chosen(`${value} = ${literal(name, compared, dialect)}`, number(k), rest, dialect), number(0));
}
