import { derive } from "../losses/derive.ts";
import type { Loss, PairLoss } from "../losses/loss.ts";
import { derivePair } from "../losses/pair.ts";
import type { Plan } from "../options.ts";
import { addFormulas } from "./formulas.ts";
import type { Graph, Value } from "./graph.ts";
import type { Answers } from "./sigmoid.ts";

/** One class of each row, marked (N × C), its margin u (N × 1) and the margin's derivative by each logit (N × C). */
interface Margin {
  readonly mark: Value;
  readonly u: Value;
  readonly partials: Value;
}

/** Rows of logits, one label each. */
export class SoftmaxGraph {
  readonly #graph: Graph;
  readonly #plan: Plan;
  /** N × C */
  readonly #logits: Value;
  /** 1 × C: 0, 1, … */
  readonly #classes: Value;

  constructor(graph: Graph, plan: Plan, logits: Value) {
    const { classes, offsets } = plan;
    this.#graph = graph;
    this.#plan = plan;
    this.#logits = offsets.some((offset) => offset !== 0) ? graph.node("Add", [logits, graph.floats([...offsets], [1, classes])]) : logits;
    this.#classes = graph.floats(Array.from({ length: classes }, (_, k) => k), [1, classes]);
  }

  /** A loss of the label's margin; of both labels that a label between two classes stands for. */
  answers(loss: Loss | PairLoss, targets: Value): Answers {
    const labels = this.#graph.node("Unsqueeze", [targets, this.#graph.integers([1])]);
    const { loss: value, grad } = loss.kind === "pair" ? this.#pair(loss, labels) : loss.labels === "between" ? this.#between(loss, labels) : this.#ofLabel(loss, labels);
    return { loss: this.#graph.node("Squeeze", [value, this.#graph.integers([1])]), grad };
  }

  /** u = z_y − logsumexp of the others; ∂u/∂z_y = 1, ∂u/∂z_j = −softmax of the others. */
  #margin(labels: Value): Margin {
    const graph = this.#graph, z = this.#logits;
    const mark = graph.node("Equal", [labels, this.#classes]);
    const others = graph.node("Where", [mark, graph.number(-Infinity), z]);
    const top = graph.node("ReduceMax", [others], { axes: [1], keepdims: 1 });
    const powers = graph.node("Exp", [graph.node("Sub", [others, top])]);
    const sum = graph.sum(powers, 1);
    const lead = graph.node("Sub", [this.#marked(mark, z), top]);
    return {
      mark, u: graph.node("Sub", [lead, graph.node("Log", [sum])]),
      partials: graph.node("Where", [mark, graph.number(1), graph.node("Neg", [graph.node("Div", [powers, sum])])]),
    };
  }

  /** The marked class's entry of each row. */
  #marked(mark: Value, values: Value): Value {
    return this.#graph.sum(this.#graph.node("Where", [mark, values, this.#graph.number(0)]), 1);
  }

  /** What formulas read beside margins: class weights, and what is given per class, at the label. */
  #settings({ mark }: Margin, loss: Loss | PairLoss): Record<string, Value> {
    const atLabel = (values: readonly number[]): Value => this.#marked(mark, this.#graph.floats(values, [1, values.length]));
    const perClass = Object.entries(loss.parameters).flatMap(([name, value]) => (typeof value === "number" ? [] : [[name, atLabel(value)] as const]));
    return {
      ...Object.fromEntries(perClass), alphaT: atLabel([...this.#plan.alpha.positive]),
      ...(loss.kind === "margin" && loss.margins && { margins: atLabel(loss.margins) }),
    };
  }

  #ofLabel(loss: Loss, labels: Value): Answers {
    const graph = this.#graph, margin = this.#margin(labels);
    const [value, slope] = addFormulas(graph, derive(loss, "hard", 1), { u: margin.u, ...this.#settings(margin, loss) });
    return { loss: value!, grad: graph.node("Mul", [slope!, margin.partials]) };
  }

  /** A label y between classes i and i + 1 is the mixture of both, in parts i + 1 − y and y − i. */
  #between(loss: Loss, labels: Value): Answers {
    const graph = this.#graph, one = graph.number(1);
    const lower = graph.node("Min", [graph.node("Floor", [labels]), graph.number(this.#plan.classes - 2)]);
    const part = graph.node("Sub", [labels, lower]), rest = graph.node("Sub", [one, part]);
    const below = this.#ofLabel(loss, lower), above = this.#ofLabel(loss, graph.node("Add", [lower, one]));
    const mix = (a: Value, b: Value): Value => graph.node("Add", [graph.node("Mul", [rest, a]), graph.node("Mul", [part, b])]);
    return { loss: mix(below.loss, above.loss), grad: mix(below.grad, above.grad) };
  }

  /** Also by the margin of the strongest of the classes that the label's own beats, where there is one. */
  #pair(loss: PairLoss, labels: Value): Answers {
    const graph = this.#graph, z = this.#logits, own = this.#margin(labels);
    const below = graph.node("Where", [graph.node("Less", [z, this.#marked(own.mark, z)]), z, graph.number(-Infinity)]);
    const hasRival = graph.node("Greater", [graph.node("ReduceMax", [below], { axes: [1], keepdims: 1 }), graph.number(-Infinity)]);
    const rival = this.#margin(graph.node("Cast", [graph.node("ArgMax", [below], { axis: 1, keepdims: 1 })], { to: 1 }));
    const symbols = { u: own.u, w: rival.u, ...this.#settings(own, loss) };
    const [value, byOwn, byRival] = addFormulas(graph, derivePair(loss, true), symbols), [alone, byOwnAlone] = addFormulas(graph, derivePair(loss, false), symbols);
    const choose = (a: Value, b: Value): Value => graph.node("Where", [hasRival, a, b]);
    return {
      loss: choose(value!, alone!),
      grad: graph.node("Add", [
        graph.node("Mul", [choose(byOwn!, byOwnAlone!), own.partials]),
        graph.node("Mul", [choose(byRival!, graph.number(0)), rival.partials]),
      ]),
    };
  }
}
