export type { Dialect, SqlEngine } from "./engine.ts";
export { lossSql, querySql, softmaxLossSql } from "./formula.ts";
export type { BinaryLossSql, LossSql, Query, SoftmaxLossSql, SqlPart } from "./formula.ts";
export { freePrefix, quoteName, quoteText } from "./quote.ts";
