import type { Loss } from "../../losses/loss.ts";
import { dialectOf } from "../../targets/sql/dialects.ts";
import type { Dialect } from "../../targets/sql/dialects.ts";
import { sql } from "../../targets/sql/print.ts";
import { queryOver } from "../../targets/sql/query.ts";
import { results } from "../derivatives.ts";
import { binaryFormulas } from "./heads.ts";

/** What a loss in SQL is written for. */
export interface SqlOptions {
  /** Default "duckdb". */
  readonly dialect?: Dialect;
}

/** One query over a table of logits and targets: the loss and its derivatives by the logit, row by row. */
export function renderSql(loss: Loss, { dialect = "duckdb" }: SqlOptions): string {
  const words = dialectOf(dialect), prefix = "focal_";
  const { parts, values } = sql(binaryFormulas(loss, "hard", { order: 2 }), words, (name) => prefix + name, prefix);
  const given = Object.entries({ ...loss.parameters, ...(loss.alpha !== undefined && { alpha: loss.alpha }) }).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [
    `-- ${loss.name}${given.length > 0 ? ` (${given.join(", ")})` : ""} in float64: ${results.join(", ")} by the logit. For ${dialect}.`,
    `-- Put your table in place of examples and your columns in place of logit and target; a target is ${loss.kind === "score" ? "a number from 0 to 1" : "0 or 1"}.`,
    queryOver(words, {
      inputs: [[`${prefix}logit`, words.double("logit")], [`${prefix}target`, words.double("target")]],
      parts, select: `\n  ${values.map((value, i) => `${value} AS ${results[i]}`).join(",\n  ")}`, from: "examples",
    }),
  ].join("\n");
}
