import { choose, doubled, escaped, numberBy } from "./dialect.ts";
import type { SqlDialect } from "./dialect.ts";

/** A literal with a D is a DOUBLE whatever spark.sql.legacy.exponentLiteralAsDecimal.enabled says. */
export const spark: SqlDialect = {
  quote: doubled("`"),
  // Two texts side by side are one text: a doubled quote would vanish.
  text: escaped("'"),
  number: numberBy((digits) => `${digits}D`, "DOUBLE"),
  double: (expression) => `CAST(${expression} AS DOUBLE)`,
  choose,
  log: "ln",
  log1p: "log1p",
  sharing: "nested",
};
