/** The language of formulas: write a loss in it and every engine can run it. */
export { abs, add, div, exp, isExpr, log, max, min, mul, neg, num, pow, select, sigmoid, softplus, sqrt, sub, sym } from "./expr.ts";
export type { Expr, Term, Word } from "./expr.ts";
export { fold } from "./fold.ts";
export type { Target } from "./fold.ts";
export { differentiate } from "./differentiate.ts";
export { stabilize } from "./stabilize.ts";
export type { Reading } from "./stabilize.ts";
export { lower } from "./lower.ts";
export { toFloat32 } from "./float32.ts";
