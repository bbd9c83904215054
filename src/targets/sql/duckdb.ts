import { choose, doubled, numberBy } from "./dialect.ts";
import type { SqlDialect } from "./dialect.ts";

/** A literal with an exponent is a DOUBLE; without one it would be a DECIMAL. */
export const duckdb: SqlDialect = {
  quote: doubled('"'),
  text: doubled("'"),
  number: numberBy((digits) => digits, "DOUBLE"),
  double: (expression) => `CAST(${expression} AS DOUBLE)`,
  choose,
  log: "ln",
  refusesLogOfZero: true,
  sharing: "nested",
};
