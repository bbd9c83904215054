import { log1p, sym } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { toFloat32 } from "../expr/float32.ts";
import { fold } from "../expr/fold.ts";
import type { Target } from "../expr/fold.ts";

/** What a graph of operations lets itself be told. */
export interface Operations<Value> {
  node(operation: string, inputs: readonly Value[]): Value;
  number(value: number): Value;
}

/** log(1 + e) in sums and products. */
const log1pOfE = toFloat32([log1p(sym("e"))])[0]!;

/**
 * Adds lowered formulas to an ONNX graph, in float32; says where each one's value is.
 *
 * Of ONNX's own words for transcendental functions only Exp and Log are used: runtimes write Sigmoid and Softplus as they
 * like, and lose their tails. Log is not asked for log(1 + e) either, of which it would lose a small e.
 *
 * @param symbols - the values that formulas are about
 */
export function onnx<Value>(exprs: readonly Expr[], graph: Operations<Value>, symbols: Readonly<Record<string, Value>>): Value[] {
  const one = (operation: string) => (a: Value): Value => graph.node(operation, [a]);
  const two = (operation: string) => (a: Value, b: Value): Value => graph.node(operation, [a, b]);
  const lowered = (word: string) => (): never => { throw new Error(`${word} is lowered before a formula becomes a graph`); };
  const target: Target<Value> = {
    // What keeps a divisor from 0 does so in float32 too.
    num: (value) => graph.number(value !== 0 && Math.abs(value) < 2 ** -126 ? Math.sign(value) * 2 ** -126 : value),
    sym: (name) => symbols[name]!,
    neg: one("Neg"),
    abs: one("Abs"),
    sqrt: one("Sqrt"),
    exp: one("Exp"),
    log: one("Log"),
    add: two("Add"),
    sub: two("Sub"),
    mul: two("Mul"),
    div: two("Div"),
    max: two("Max"),
    min: two("Min"),
    select: (c, a, b) => graph.node("Where", [graph.node("GreaterOrEqual", [c, graph.number(0)]), a, b]),
    log1p: (e) => fold(log1pOfE, { ...target, sym: () => e }),
    pow: lowered("pow"),
    sigmoid: lowered("sigmoid"),
    softplus: lowered("softplus"),
  };
  const memo = new Map<Expr, Value>();
  return exprs.map((expr) => fold(expr, target, memo));
}
