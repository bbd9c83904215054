import type { Graph, Value } from "./graph.ts";

/** Every class's margin in rows of logits (N × C), and how slopes by the margins become slopes by the logits; see `heads/row`. */
export interface Margins {
  readonly u: Value;
  spread(slopes: Value): Value;
}

/**
 * u_k = z_k − logsumexp_{j≠k} z_j. Powers are measured by the greatest logit, for that one itself by the next, and left out
 * of their sum one at a time.
 */
export function addMargins(graph: Graph, z: Value, classes: number): Margins {
  const row = graph.floats(Array.from({ length: classes }, (_, k) => k), [1, classes]), zero = graph.number(0), one = graph.number(1);
  const most = (value: Value): Value => graph.node("ReduceMax", [value], { axes: [1], keepdims: 1 });
  const minus = (a: Value, b: Value): Value => graph.node("Sub", [a, b]), times = (a: Value, b: Value): Value => graph.node("Mul", [a, b]);
  const isTop = graph.node("Equal", [graph.node("Cast", [graph.node("ArgMax", [z], { axis: 1, keepdims: 1 })], { to: 1 }), row]);
  const atTop = (yes: Value, no: Value): Value => graph.node("Where", [isTop, yes, no]);

  const below = minus(z, most(z)), powers = atTop(zero, graph.node("Exp", [below]));
  const sums = graph.node("Add", [one, graph.node("Max", [minus(graph.sum(powers, 1), powers), zero])]);
  const others = atTop(graph.number(-Infinity), z), next = most(others);
  const rivals = graph.node("Exp", [minus(others, next)]), rivalSum = graph.sum(rivals, 1), share = graph.node("Div", [rivals, rivalSum]);
  return {
    u: atTop(minus(minus(z, next), graph.node("Log", [rivalSum])), minus(below, graph.node("Log", [sums]))),
    spread(slopes) {
      const perSum = graph.node("Div", [slopes, sums]), pull = graph.sum(atTop(zero, perSum), 1);
      const top = graph.sum(atTop(slopes, zero), 1);
      const byOthers = graph.node("Add", [times(powers, minus(pull, perSum)), times(share, top)]);
      return atTop(minus(slopes, pull), minus(slopes, byOthers));
    },
  };
}
