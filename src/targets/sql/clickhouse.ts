import { escaped, exponential } from "./dialect.ts";
import type { SqlDialect } from "./dialect.ts";

/**
 * One flat SELECT: over a Distributed table a subselect is answered where the question was asked, which every row would travel to.
 *
 * Kept to what servers since 18 know: they lack log1p and sign.
 */
export const clickhouse: SqlDialect = {
  quote: escaped("`"),
  text: escaped("'"),
  number: (value) => (Number.isFinite(value) ? exponential(value) : Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf"),
  double: (expression) => `toFloat64(${expression})`,
  choose: (condition, then, otherwise) => `if(${condition}, ${then}, ${otherwise})`,
  log: "log",
  sharing: "flat",
};
