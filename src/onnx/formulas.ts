import { symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { onnx } from "../targets/onnx.ts";
import type { Graph, Value } from "./graph.ts";

/** Formulas of `u`, one value for each of its entries, also where a formula does not mention it. */
export function addFormulas(graph: Graph, exprs: readonly Expr[], symbols: Readonly<Record<string, Value>> & { readonly u: Value }): Value[] {
  const values = onnx(exprs, graph, symbols);
  return values.map((value, i) => (symbolsOf(exprs[i]!).has("u") ? value : graph.node("Expand", [value, graph.node("Shape", [symbols.u])])));
}
