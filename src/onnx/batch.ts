import { lower } from "../expr/lower.ts";
import { deriveBatch, scaleOf, stepOf } from "../losses/batch.ts";
import type { BatchLoss } from "../losses/loss.ts";
import type { Plan } from "../options.ts";
import { onnx } from "../targets/onnx.ts";
import { addFormulas } from "./formulas.ts";
import { addMargins } from "./margins.ts";
import type { Graph, Value } from "./graph.ts";
import type { Answers } from "./sigmoid.ts";

/** A class of the sigmoid head, or all classes of the softmax head side by side (N × C). */
interface Region {
  readonly u: Value;
  readonly t: Value;
  readonly alphaT: Value;
  /** 1 where the class is the background. */
  readonly background: Value;
}

/** One number for the batch, F(S_1, S_2, …) over sums, and its derivatives by the chain rule; see `heads/batch`. */
export function batchGraph(graph: Graph, loss: BatchLoss, plan: Plan, { logits, targets }: { readonly logits: Value; readonly targets: Value }): Answers {
  const softmax = plan.head === "softmax", both = !softmax && loss.binary === "both", names = Object.keys(loss.sums);
  const margins = softmax ? addMargins(graph, logits, plan.classes) : undefined;
  const regions = margins ? [allClasses(graph, plan, margins.u, targets)] : both ? noAndYes(graph, plan, logits, targets) : [yes(graph, plan, logits, targets)];
  const perColumn = loss.per === "class" && (softmax || plan.perColumn);
  const total = (value: Value): Value => (perColumn ? graph.sum(value, 0) : graph.node("ReduceSum", [value], { keepdims: 0 }));

  const { terms: formulas, whole, first } = deriveBatch(loss);
  const terms = regions.map(({ u, t, alphaT }) => addFormulas(graph, formulas, { u, w: t, alphaT }));
  const own = terms.map((values) => names.map((_, k) => total(values[3 * k]!)));
  const sums = loss.per === "class" ? own : own.map(() => names.map((_, k) => own.map((sum) => sum[k]!).reduce((a, b) => graph.node("Add", [a, b]))));
  const zero = graph.number(0), classes = loss.per === "batch" ? 1 : both ? 2 : plan.classes;
  const count = graph.node("Cast", [graph.node("Size", [targets])], { to: 1 });
  const scaled = sums.map((sum) => sum.map((s) => graph.node("Where", [graph.node("Equal", [s, zero]), graph.number(1), s])));
  const wholes = regions.map(({ background }, r) => onnx(lower([whole, ...first]), graph, {
    ...Object.fromEntries(names.flatMap((name, k) => [[name, sums[r]![k]!], [scaleOf(name), scaled[r]![k]!], [stepOf(name), zero]])),
    count, classes: graph.number(classes), background,
  }));

  /** In a product of slopes 0 wins: where a term no longer moves, it does not matter how steep the whole is. */
  const times = (slope: Value, steepness: Value): Value => graph.node("Where", [graph.node("Equal", [slope, zero]), zero, graph.node("Mul", [slope, steepness])]);
  const slopes = wholes.map(([, ...steepness], r) =>
    names.map((_, k) => times(graph.node("Div", [terms[r]![3 * k + 1]!, scaled[r]![k]!]), steepness[k]!)).reduce((a, b) => graph.node("Add", [a, b])));
  const values = wholes.map(([value]) => graph.node("ReduceSum", [value!], { keepdims: 0 }));
  return {
    loss: loss.per === "class" ? values.reduce((a, b) => graph.node("Add", [a, b])) : values[0]!,
    grad: margins ? margins.spread(slopes[0]!) : both ? graph.node("Sub", [slopes[1]!, slopes[0]!]) : slopes[0]!,
  };
}

const yes = (graph: Graph, { alpha }: Plan, logits: Value, targets: Value): Region =>
  ({ u: logits, t: targets, alphaT: graph.number(alpha.positive[0]!), background: graph.number(0) });

const noAndYes = (graph: Graph, plan: Plan, logits: Value, targets: Value): Region[] => [
  {
    u: graph.node("Neg", [logits]), t: graph.node("Sub", [graph.number(1), targets]),
    alphaT: graph.number(plan.alpha.negative[0]!), background: graph.number(1),
  },
  yes(graph, plan, logits, targets),
];

function allClasses(graph: Graph, { classes, alpha }: Plan, u: Value, labels: Value): Region {
  const row = (values: readonly number[]): Value => graph.floats(values, [1, classes]);
  const numbers = Array.from({ length: classes }, (_, k) => k);
  const isLabel = graph.node("Equal", [graph.node("Unsqueeze", [labels, graph.integers([1])]), row(numbers)]);
  return {
    u, t: graph.node("Where", [isLabel, graph.number(1), graph.number(0)]),
    alphaT: row([...alpha.positive]), background: row(numbers.map((k) => (k === 0 ? 1 : 0))),
  };
}
