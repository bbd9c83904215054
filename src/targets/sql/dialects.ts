import { FocalError } from "../../errors.ts";
import { clickhouse } from "./clickhouse.ts";
import type { SqlDialect } from "./dialect.ts";
import { duckdb } from "./duckdb.ts";
import { postgres } from "./postgres.ts";
import { spark } from "./spark.ts";
import { trino } from "./trino.ts";

/** The SQL a statement is written in. Trino's and Spark's are printed and parsed, not run by the tests here. */
export type Dialect = "duckdb" | "clickhouse" | "postgres" | "trino" | "spark";

/** The words of each; a new one is a file beside these and its name here. */
export const dialects: Readonly<Record<Dialect, SqlDialect>> = { duckdb, clickhouse, postgres, trino, spark };

/** @throws FocalError `argument` for a dialect that is not known */
export function dialectOf(name: Dialect): SqlDialect {
  if (!Object.hasOwn(dialects, name)) throw new FocalError("argument", `dialect must be ${Object.keys(dialects).join(", ")}, got ${JSON.stringify(name)}`);
  return dialects[name];
}
