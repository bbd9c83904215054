import { describe, FocalError } from "../../errors.ts";
import { dialectOf } from "../../targets/sql/dialects.ts";
import type { Dialect } from "../../targets/sql/dialects.ts";
import { comparable, expectColumn, literal } from "../fit/columns.ts";
import type { Columns } from "../fit/columns.ts";
import { chosen, isNumber, logitsSql } from "../fit/model.ts";
import type { SqlModel } from "../fit/model.ts";
import { columnsUsed } from "../score.ts";
import type { Source } from "../source.ts";

/** Logits that stand in a table beside what they were meant to tell. */
export interface ScoredColumns {
  readonly kind: "columns";
  readonly target: string;
  /** Values of the target. Of two, the second is the positive; a lone one is the positive against all others. */
  readonly classes: readonly string[];
  /** "sigmoid": one column, the logit of the positive; "softmax" and "one-vs-rest": one per class, in their order. */
  readonly head: SqlModel["head"];
  readonly logits: readonly string[];
}

/** What is evaluated: a fitted model, over the columns it is made of, or logits that are there already. */
export type Scored = SqlModel | ScoredColumns;

/** The label where a row's target is none of the classes, where a logit is missing or not finite, and where a weight is, or is negative. */
export const STRANGER = -1, UNSCORED = -2, UNWEIGHTED = -3;

/** @throws FocalError `argument` for logits that do not fit the classes */
export function checkScored(scored: Scored): void {
  if (scored?.kind !== "linear" && scored?.kind !== "columns") throw new FocalError("argument", `what is evaluated must be a fitted model or { kind: "columns", target, classes, head, logits }, got ${describe(scored)}`);
  if (scored.kind === "linear") return;
  const { head, classes, logits } = scored, expected = head === "sigmoid" ? 1 : classes.length;
  if (head === "sigmoid" ? classes.length < 1 || classes.length > 2 : classes.length < 2) throw new FocalError("argument", `classes must be ${head === "sigmoid" ? "the positive, or the negative and the positive" : "two or more"}, got ${classes.length}`);
  if (logits.length !== expected) throw new FocalError("argument", `logits must be ${expected === 1 ? "one column" : `one column per class: expected ${expected}`}, got ${logits.length}`);
}

/** A row's logits, its label, 0 … classes − 1, and its weight, as expressions over the source. @throws FocalError `data` for columns that are not there */
export function subjectOf(scored: Scored, columns: Columns, source: Source, weights: string | undefined, dialect: Dialect): { logits: string[]; label: string; weight: string | undefined } {
  const { quote, double, number } = dialectOf(dialect), { target, classes } = scored;
  for (const name of scored.kind === "linear" ? columnsUsed(scored) : scored.logits) expectColumn(columns, name, source, scored.kind === "linear" ? "the model" : "a logit");
  const logits = scored.kind === "linear" ? logitsSql(scored, dialect) : scored.logits.map((name) => double(quote(name)));
  const compared = expectColumn(columns, target, source, "the target"), value = comparable(target, compared, dialect);
  const labels = classes.length === 1 ? [[classes[0]!, 1] as const] : classes.map((name, k) => [name, k] as const);
  const named = labels.reduceRight((rest, [name, k]) => chosen(`${value} = ${literal(name, compared, dialect)}`, number(k), rest, dialect), number(classes.length === 1 ? 0 : STRANGER));
  // Each by itself: infinities of different signs would add up to no number at all.
  const label = chosen(logits.map((logit) => isNumber(`(${logit})`, dialect)).join(" AND "), named, number(UNSCORED), dialect);
  if (weights === undefined) return { logits, label, weight: undefined };
  if (expectColumn(columns, weights, source, "weights") !== "number") throw new FocalError("data", `${JSON.stringify(weights)} must be a column of numbers to serve as weights`);
  const weight = double(quote(weights));
  return { logits, label: chosen(`${isNumber(weight, dialect)} AND ${weight} >= ${number(0)}`, label, number(UNWEIGHTED), dialect), weight };
}
