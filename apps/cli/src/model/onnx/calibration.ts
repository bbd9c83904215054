import type { Calibration, PosteriorRecovery } from "focal-loss/evaluate";
import type { OnnxGraph } from "./graph.ts";

/** Below e⁻⁸⁰ of the largest a class counts as e⁻⁸⁰: float32 has no logarithm of less, and no probability changes by it. */
const FLOOR = -80;

/** Adds calibration steps; each turns logits into logits, so that a softmax at the end yields probabilities. */
export function addCalibration(graph: OnnxGraph, logits: string, classes: number, steps: readonly Calibration[]): string {
  return steps.reduce((z, step) => {
    if (step.kind === "temperature") return graph.node("Div", [z, graph.floats([step.temperature], [1])]);
    const weights = classWeights(step, classes).map((w) => -Math.log(w));
    // −log 0 is +∞ for a class that was never learned, whose probability is 0.
    const offset = graph.floats(weights.map((w) => (w === Infinity ? -Infinity : w)), [1, classes]);
    return graph.node("Add", [addRecovery(graph, z, classes, step), offset]);
  }, logits);
}

/**
 * log h(v) for each class, h(v) = v / ((1−v)^γ − γ(1−v)^{γ−1} v log v), as in `recoverPosterior`.
 *
 * With q = 1 − v it is log v + (1−γ) log q − log(q − γ v log v). q is the sum of the *other* classes, not a difference, and log v is
 * −q − q²/2 − q³/3 where q is small: float32 would otherwise lose a class that is nearly certain.
 */
function addRecovery(graph: OnnxGraph, logits: string, classes: number, { gamma }: PosteriorRecovery): string {
  const gammas = typeof gamma === "number" ? Array.from({ length: classes }, () => gamma) : gamma;
  const row = (values: readonly number[]) => graph.floats(values, [1, values.length]);
  const number = (value: number) => graph.floats([value], [1]);
  const top = graph.node("ReduceMax", [logits], { axes: [1n], keepdims: 1n });
  const below = graph.node("Max", [graph.node("Sub", [logits, top]), number(FLOOR)]);
  const e = graph.node("Exp", [below]);
  const sum = graph.node("ReduceSum", [e, graph.integers([1], [1])], { keepdims: 1n });
  const others = Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 0 : 1));
  const v = graph.node("Div", [e, sum]);
  const q = graph.node("Div", [graph.node("MatMul", [e, graph.floats(others, [classes, classes])]), sum]);

  const series = graph.node("Add", [number(1), graph.node("Mul", [q, graph.node("Add", [number(1 / 2), graph.node("Mul", [q, number(1 / 3)])])])]);
  const logV = graph.node("Where", [
    graph.node("Less", [q, number(1e-3)]),
    graph.node("Neg", [graph.node("Mul", [q, series])]),
    graph.node("Sub", [below, graph.node("Log", [sum])]),
  ]);
  const logQ = graph.node("Log", [q]);
  const penalty = graph.node("Mul", [graph.node("Mul", [v, logV]), row(gammas)]);
  const slope = graph.node("Log", [graph.node("Sub", [q, penalty])]);
  const head = graph.node("Add", [logV, graph.node("Mul", [logQ, row(gammas.map((g) => 1 - g))])]);
  return graph.node("Sub", [head, slope]);
}

function classWeights({ alpha }: PosteriorRecovery, classes: number): readonly number[] {
  if (typeof alpha === "number") return [1 - alpha, alpha];
  if (alpha === undefined || "uniform" in alpha) return Array.from({ length: classes }, () => 1);
  return alpha;
}
