/**
 * What a fit asks of a loss, in SQL:
 *
 *   lossSql(loss, dialect, { logit, target }, { order?, curvature?, soft?, prefix? }) → { inputs, parts, value, slope, curvature }
 *   softmaxLossSql(loss, dialect, { logits, label }, { order?, prefix? })             → { inputs, parts, value, slopes }
 *   querySql(dialect, { inputs, parts, select, from, where?, tail? })                 → the SELECT, each part computed once per row
 */
import { formOf } from "../forms.ts";
import type { Curvature, Order } from "../losses/derive.ts";
import type { Loss, SoftRule } from "../losses/loss.ts";
import { readOptions } from "../options.ts";
import { binaryFormulas, softmaxFormulas } from "../render/sql/heads.ts";
import { dialectOf } from "../targets/sql/dialects.ts";
import type { Dialect } from "../targets/sql/dialects.ts";
import { sql } from "../targets/sql/print.ts";
import type { SqlPart } from "../targets/sql/print.ts";
import { queryOver } from "../targets/sql/query.ts";
import type { Query } from "../targets/sql/query.ts";

export type { SqlPart } from "../targets/sql/print.ts";
export type { Query } from "../targets/sql/query.ts";

/** A loss in SQL: `value` and the rest are expressions over the aliases of `inputs` and `parts`, which {@link querySql} puts around them. */
export interface LossSql {
  /** The expressions it was given, as float64, by the aliases that parts know them by. */
  readonly inputs: readonly (readonly [alias: string, sql: string])[];
  /** What is used more than once, each after those it needs. */
  readonly parts: readonly SqlPart[];
  readonly value: string;
}

/** With its derivatives by the logit; empty where the order did not ask for them. */
export interface BinaryLossSql extends LossSql {
  readonly slope: string;
  readonly curvature: string;
}

/** With its slope by each logit; empty where the order did not ask for them. */
export interface SoftmaxLossSql extends LossSql {
  readonly slopes: readonly string[];
}

/** How many derivatives, and what aliases begin with. */
interface Naming {
  /** Before every alias, default "focal_"; see {@link freePrefix}. A plain word: lower-case letters, digits and _. */
  readonly prefix?: string | undefined;
}

/**
 * A yes-or-no loss of one logit in SQL.
 *
 * Stable in both tails, as the kernels are: what the engine adds is only the rounding of its own exp and ln.
 *
 * @param columns - SQL expressions: `logit` of any number type; `target` 0 or 1. NULL gives NULL
 * @param options.order - 0: the value, 1 (default): and the slope, 2: and the curvature
 * @param options.curvature - "majorized": a positive upper bound, where the loss knows one
 * @param options.soft - targets may stand between 0 and 1, and are read by this rule; "hard" (default): they do not. Losses
 *   of p and t read them by their own formula
 * @throws FocalError `argument` for a loss that is none of a yes-or-no logit
 */
export function lossSql(
  loss: Loss, dialect: Dialect, columns: { readonly logit: string; readonly target: string },
  options: Naming & { readonly order?: Order; readonly curvature?: Curvature | undefined; readonly soft?: SoftRule | "hard" } = {},
): BinaryLossSql {
  const { order = 1, curvature, soft = "hard", prefix = "focal_" } = options;
  readOptions(loss, soft === "hard" || loss.kind === "score" ? {} : { soft }, formOf);
  const words = dialectOf(dialect);
  const { parts, values: [value, slope = "", second = ""] } = sql(binaryFormulas(loss, soft, { order, curvature }), words, (name) => prefix + name, prefix);
  return { inputs: [[`${prefix}logit`, words.double(columns.logit)], [`${prefix}target`, words.double(columns.target)]], parts, value: value!, slope, curvature: second };
}

/**
 * A loss of competing logits in SQL.
 *
 * @param columns - SQL expressions: `logits` of any number type, one per class; `label` 0 … classes − 1, not NULL
 * @param options.order - 0: the value, 1 (default): and its slope by each logit
 * @throws FocalError `argument` for a loss that is none of competing logits, or set for another number of classes
 */
export function softmaxLossSql(
  loss: Loss, dialect: Dialect, columns: { readonly logits: readonly string[]; readonly label: string }, options: Naming & { readonly order?: 0 | 1 } = {},
): SoftmaxLossSql {
  const { order = 1, prefix = "focal_" } = options, { logits, label } = columns, words = dialectOf(dialect);
  readOptions(loss, { head: "softmax", classes: logits.length }, formOf);
  const { parts, values: [value, ...slopes] } = sql(softmaxFormulas(loss, logits.length, { order }), words, (name) => prefix + name, prefix);
  return { inputs: [...logits.map((logit, k) => [`${prefix}logit${k}`, words.double(logit)] as const), [`${prefix}label`, words.double(label)]], parts, value: value!, slopes };
}

/**
 * A SELECT over parts that are computed once per row, in the dialect's own way: subselects under each other, fenced where the
 * engine would merge them, or one flat SELECT.
 *
 * @example
 * const { inputs, parts, value } = lossSql(focal(), "duckdb", { logit: "x", target: "y" });
 * querySql("duckdb", { inputs, parts, select: `sum(${value})`, from: "examples" });
 */
export const querySql = (dialect: Dialect, query: Query): string => queryOver(dialectOf(dialect), query);
