import { choose, doubled, escaped, numberBy } from "./dialect.ts";
import type { SqlDialect } from "./dialect.ts";

const plain = doubled("'"), withBackslashes = escaped("'");

/** A literal with an exponent is a numeric until it is cast; arithmetic that underflows is an error. */
export const postgres: SqlDialect = {
  quote: doubled('"'),
  // E'…' means the same whatever standard_conforming_strings says.
  text: (value) => (value.includes("\\") ? `E${withBackslashes(value)}` : plain(value)),
  number: numberBy((digits) => `${digits}::float8`, "float8"),
  double: (expression) => `CAST(${expression} AS float8)`,
  choose,
  log: "ln",
  refusesLogOfZero: true,
  refusesUnderflow: true,
  sharing: "nested",
  fence: "OFFSET 0",
};
