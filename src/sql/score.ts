import { expectKnown, FocalError } from "../errors.ts";
import { dialectOf } from "../targets/sql/dialects.ts";
import type { Dialect } from "../targets/sql/dialects.ts";
import { sql } from "../targets/sql/print.ts";
import type { SqlPart } from "../targets/sql/print.ts";
import { mentionable } from "./bind.ts";
import { querySql } from "./formula.ts";
import { logitsSql } from "./fit/model.ts";
import type { SqlModel } from "./fit/model.ts";
import { probabilityFormulas, recoveryOf } from "./probability.ts";
import type { Recovery } from "./probability.ts";
import { freePrefix } from "./quote.ts";
import { fromClause } from "./source.ts";
import type { Source } from "./source.ts";

/** What a query of scores holds. */
export interface ScoringOptions {
  /** The table to score; it needs the model's columns, not the target. */
  readonly from: Source;
  /** Columns to hand on beside the probabilities, such as a key. Default: none. */
  readonly keep?: readonly string[];
  /**
   * The loss whose bend is undone. Default: the model's own, where its way back is known (cross-entropy, focal loss); false: scores
   * as they are, the sigmoid or softmax of the logits.
   */
  readonly posterior?: Recovery | false;
}

/** Probabilities in SQL: inputs, shared parts and one expression per class, of the positive alone under a sigmoid. */
export interface ProbabilitySql {
  readonly inputs: readonly (readonly [alias: string, sql: string])[];
  readonly parts: readonly SqlPart[];
  readonly probabilities: readonly string[];
}

/** The probabilities behind logits, each of which is an SQL expression. */
export function probabilitySql(head: SqlModel["head"], logits: readonly string[], dialect: Dialect, { recovery, prefix = "focal_" }: { readonly recovery?: Recovery | undefined; readonly prefix?: string } = {}): ProbabilitySql {
  const words = dialectOf(dialect);
  const { parts, values } = sql(probabilityFormulas(head, logits.length, recovery), words, (name) => prefix + name, prefix);
  return { inputs: logits.map((logit, k) => [`${prefix}logit${k}`, words.double(logit)]), parts, probabilities: values };
}

/** The columns a model is computed from. */
export const columnsUsed = ({ terms, offset }: SqlModel): string[] => [...new Set([...terms.map(({ column }) => column), ...(offset === null ? [] : [offset])])];

/**
 * A query that scores a table where it lies, by a model that was fitted to another: standardisation, categorical levels, missing
 * values and the recovery of the posterior are part of it.
 *
 * @param model - of `fitLinearFocal`
 * @param dialect - any: the model need not be scored where it was fitted
 * @returns a SELECT of the columns kept and of `probability`, that of the positive; of several classes, of `probability_` and the
 *   class's name, one column for each
 * @throws FocalError `argument` for columns kept twice, or under the name of a probability; in ClickHouse also for a model that uses
 *   a column of that name
 *
 * @example
 * await connection.run(`CREATE TABLE scored AS ${scoringSql(model, "duckdb", { from: "customers", keep: ["id"] })}`);
 */
export function scoringSql(model: SqlModel, dialect: Dialect, options: ScoringOptions): string {
  expectKnown("scoringSql", options, ["from", "keep", "posterior"]);
  const { from, keep = [], posterior = recoveryOf(model) } = options, { quote, sharing } = dialectOf(dialect);
  const names = model.head === "sigmoid" ? ["probability"] : model.classes.map((name) => `probability_${name}`);
  const twice = [...keep, ...names].find((name, i, all) => all.indexOf(name) !== i);
  if (twice !== undefined) throw new FocalError("argument", `keep must name columns once, and none as a probability is named, got ${JSON.stringify(twice)} twice`);
  const shadowed = sharing === "flat" ? names.find((name) => columnsUsed(model).includes(name)) : undefined;
  if (shadowed !== undefined) throw new FocalError("argument", `${dialect} cannot compute a column ${JSON.stringify(shadowed)} from one of the same name: score a view in which the model's column has another`);
  const prefix = freePrefix([...columnsUsed(model), ...keep]);
  const { probabilities, ...said } = probabilitySql(model.head, logitsSql(model, dialect), dialect, { recovery: posterior === false ? undefined : posterior, prefix });
  const { inputs, parts, values } = mentionable(dialect, prefix, { ...said, values: probabilities });
  // In one flat SELECT a column that is given its own name by an alias would stand for itself, and for ever so.
  const kept = keep.map((name, i) => (sharing === "flat" ? { inner: [], outer: quote(name) } : { inner: [[`${prefix}keep${i}`, quote(name)] as const], outer: `${prefix}keep${i} AS ${quote(name)}` }));
  const selected = [...kept.map(({ outer }) => outer), ...values.map((p, k) => `${p} AS ${quote(names[k]!)}`)];
  return querySql(dialect, { inputs: [...inputs, ...kept.flatMap(({ inner }) => inner)], parts, select: selected.join(", "), from: fromClause(from, dialect) });
}
