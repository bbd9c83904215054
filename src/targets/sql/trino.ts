import { choose, doubled, numberBy } from "./dialect.ts";
import type { SqlDialect } from "./dialect.ts";

export const trino: SqlDialect = {
  quote: doubled('"'),
  text: doubled("'"),
  number: numberBy((digits) => digits, "DOUBLE"),
  double: (expression) => `CAST(${expression} AS DOUBLE)`,
  choose,
  log: "ln",
  sharing: "nested",
};
