import { derive } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import type { Plan } from "../options.ts";
import { addFormulas } from "./formulas.ts";
import type { Graph, Value } from "./graph.ts";

/** A loss per example and its derivative by each logit, in the logits' shape. */
export interface Answers {
  readonly loss: Value;
  readonly grad: Value;
}

/** Every logit a question of its own, of any target from 0 to 1; see `Labels` for how targets are read. */
export function sigmoidGraph(graph: Graph, loss: Loss, plan: Plan, given: { readonly logits: Value; readonly targets: Value }): Answers {
  const { alpha, perColumn, soft } = plan, { targets: t } = given;
  const x = plan.offsets[0] === 0 ? given.logits : graph.node("Add", [given.logits, graph.number(plan.offsets[0]!)]);
  const one = graph.number(1), not = (value: Value): Value => graph.node("Sub", [one, value]);
  /** One number, or one per column. */
  const columns = (values: ArrayLike<number>): Value => (perColumn ? graph.floats(Array.from(values), [values.length]) : graph.number(values[0]!));
  const mixed = (negative: Value, positive: Value): Value =>
    negative === positive ? negative : graph.node("Add", [graph.node("Mul", [t, positive]), graph.node("Mul", [not(t), negative])]);
  const negative = columns(alpha.negative), positive = columns(alpha.positive);
  const perClass = Object.entries(loss.parameters).flatMap(([name, value]) =>
    typeof value === "number" ? [] : [[name, perColumn ? columns(value) : mixed(graph.number(value[0]!), graph.number(value[1]!))] as const]);
  const formulas = derive(loss, soft, 1), settings = Object.fromEntries(perClass);
  if (soft === "score" || soft === "mixture") {
    const [value, slope] = addFormulas(graph, formulas, { ...settings, u: x, w: t, alphaT: positive, alphaRest: negative });
    return { loss: value!, grad: slope! };
  }
  const right = graph.node("GreaterOrEqual", [x, graph.number(0)]);
  const symbols = { ...settings, u: graph.node("Abs", [x]), w: graph.node("Where", [right, not(t), t]), alphaT: mixed(negative, positive) };
  const [value, slope] = addFormulas(graph, formulas, symbols);
  return { loss: value!, grad: graph.node("Where", [right, slope!, graph.node("Neg", [slope!])]) };
}
