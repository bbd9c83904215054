import fc from "fast-check";
import { criterion, crossEntropy, focal, runningPositives } from "focal-loss";
import type { AnyLoss, Criterion, CriterionOptions } from "focal-loss";
import { describe, expect, test } from "vitest";
import { close, expectDerivatives } from "./differences.ts";
import type { Derived } from "./differences.ts";
import { batchLosses, gammas, marginLosses, rowLosses, scoreLosses, sigmoid, softRules } from "./members.ts";

const double = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const logit = double(-10, 10), hard = fc.constantFrom(0, 1), gamma = fc.constantFrom(...gammas);
/** Rows of logits with a label each. */
const labelled = fc.integer({ min: 2, max: 4 }).chain((classes) =>
  fc.array(fc.tuple(fc.array(logit, { minLength: classes, maxLength: classes }), fc.nat(classes - 1)), { minLength: 1, maxLength: 5 }));
type Labelled = [number[], number][];
const taken = (examples: Labelled) => ({ classes: examples[0]![0].length, logits: examples.flatMap(([row]) => row), labels: examples.map(([, label]) => label) });
const oneHot = (labels: number[], classes: number): number[] => labels.flatMap((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0)));
const runs = { numRuns: 40 };

/** Two calls give the same value, gradient and Hessian. */
function same(got: Derived, want: Derived, relative = 1e-12): void {
  const list = (value: Derived["value"]): number[] => (typeof value === "number" ? [value] : Array.from(value));
  for (const part of ["value", "grad", "hessian"] as const) {
    const wanted = list(want[part]), size = Math.max(...wanted.map(Math.abs));
    expect(list(got[part]).length).toBe(wanted.length);
    wanted.forEach((v, i) => close(list(got[part])[i]!, v, relative, relative * size + 1e-300, part));
  }
}
const bind = (loss: AnyLoss, options: CriterionOptions = {}): Criterion => criterion(loss, options) as Criterion;

describe("labels", () => {
  for (const member of [...marginLosses, ...batchLosses.slice(1)]) {
    test(`${member.name}, softmax: one-hot rows are integer labels, within 1e-12`, () => {
      fc.assert(fc.property(labelled, gamma, (examples, g) => {
        const { classes, logits, labels } = taken(examples), loss = bind(member.of(g), { head: "softmax", classes });
        same(loss.derivatives(logits, oneHot(labels, classes)), loss.derivatives(logits, labels));
      }), runs);
    });
  }
  for (const member of [...marginLosses, ...scoreLosses]) {
    test(`${member.name}, sigmoid with classes: a label per row is one yes and many no, and the background's label only no, to the last bit`, () => {
      fc.assert(fc.property(labelled, gamma, (examples, g) => {
        const { classes, logits, labels } = taken(examples), loss = bind(member.of(g), { classes, background: classes });
        expect(loss.derivatives(logits, labels.with(0, classes))).toEqual(bind(member.of(g), { classes }).derivatives(logits, oneHot(labels.with(0, classes), classes)));
        expect(bind(member.of(g), { classes, background: -1 }).value(logits, labels.with(0, -1))).toEqual(loss.value(logits, labels.with(0, classes)));
      }), runs);
    });
  }
  test("weights of labels are those of their whole row", () => {
    const loss = bind(focal(), { classes: 3, reduction: "sum" });
    expect(loss.value([1, 2, 3, 4, 5, 6], [0, 2], { weights: [2, 0.5] })).toBe(loss.value([1, 2, 3, 4, 5, 6], [1, 0, 0, 0, 0, 1], { weights: [2, 2, 2, 0.5, 0.5, 0.5] }));
  });
});

describe("label smoothing", () => {
  const smoothing = double(0.01, 0.9);
  for (const member of [...marginLosses, ...scoreLosses]) {
    test(`${member.name}, sigmoid: smoothing s is the target t(1 − s) + s/2, within 1e-12; 0 is none, to the last bit`, () => {
      fc.assert(fc.property(logit, hard, gamma, smoothing, (x, t, g, s) => {
        const mixture = member.mixtureOnly ? { soft: "mixture" as const } : {};
        same(bind(member.of(g), { ...mixture, smoothing: s }).derivatives([x], [t]), bind(member.of(g), mixture).derivatives([x], [t * (1 - s) + s / 2]));
        expect(bind(member.of(g), { smoothing: 0 }).derivatives([x], [t])).toEqual(bind(member.of(g)).derivatives([x], [t]));
      }), runs);
    });
  }
  for (const member of marginLosses) {
    test(`${member.name}, softmax: smoothing s shares s evenly, of labels and of rows, within 1e-12; 0 is none, to the last bit`, () => {
      fc.assert(fc.property(labelled, gamma, smoothing, (examples, g, s) => {
        const { classes, logits, labels } = taken(examples), softmax = { head: "softmax", classes } as const;
        same(bind(member.of(g), { ...softmax, smoothing: s }).derivatives(logits, labels), bind(member.of(g), softmax).derivatives(logits, oneHot(labels, classes).map((t) => t * (1 - s) + s / classes)));
        same(bind(member.of(g), { ...softmax, smoothing: s }).derivatives(logits, oneHot(labels, classes)), bind(member.of(g), { ...softmax, smoothing: s }).derivatives(logits, labels));
        expect(bind(member.of(g), { ...softmax, smoothing: 0 }).derivatives(logits, labels)).toEqual(bind(member.of(g), softmax).derivatives(logits, labels));
      }), runs);
    });
  }
});

describe("soft targets", () => {
  for (const member of marginLosses) {
    test(`${member.name}: every rule reads hard targets alike; a mixture is linear in the target, within 1e-12`, () => {
      fc.assert(fc.property(logit, logit, hard, double(0.01, 0.99), gamma, (x, other, t, between, g) => {
        const of = (soft: "interpolate" | "mixture" | "quality", targets: number[]) => bind(member.of(g), { soft, reduction: "none" }).derivatives([x, other], targets);
        // A soft neighbour makes the criterion take the soft formula for the hard target, too.
        for (const rule of softRules(member)) {
          const [alone, beside] = [bind(member.of(g), { reduction: "none" }).derivatives([x], [t]), of(rule, [t, 0.5])];
          for (const part of ["value", "grad", "hessian"] as const) close((beside[part] as Float64Array)[0]!, (alone[part] as Float64Array)[0]!, 1e-10, 1e-300, `${rule} ${part}`);
        }
        const [yes, no, mixed] = [of("mixture", [1, 0.5]), of("mixture", [0, 0.5]), of("mixture", [between, 0.5])];
        for (const part of ["value", "grad"] as const) {
          const [a, b, m] = [yes, no, mixed].map((result) => (result[part] as Float64Array)[0]!) as [number, number, number];
          close(m, between * a + (1 - between) * b, 1e-12, 1e-12 * (Math.abs(a) + Math.abs(b)), part);
        }
      }), runs);
    });
  }
});

describe("class weights", () => {
  test("multiply a label's loss (softmax), a column's (sigmoid), and α", () => {
    const [z, labels, weights] = [[1, 2, 3, 0, -1, 4, 1, 1, 0], [0, 2, 1], [0.5, 3, 2]];
    for (const member of marginLosses) {
      const softmax = { head: "softmax", classes: 3, reduction: "none" } as const;
      const plain = criterion(member.of(2), softmax).derivatives(z, labels), weighted = criterion(member.of(2), { ...softmax, classWeights: weights }).derivatives(z, labels);
      const perRow = labels.map((label) => weights[label]!);
      same(weighted, { value: plain.value.map((v, r) => v * perRow[r]!), grad: plain.grad.map((v, i) => v * perRow[Math.floor(i / 3)]!), hessian: plain.hessian.map((v, i) => v * perRow[Math.floor(i / 3)]!) });
    }
    for (const member of [...marginLosses, ...scoreLosses]) {
      const columns = { classes: 3, reduction: "none" } as const, targets = [1, 0, 0, 0, 1, 1, 0, 1, 0];
      const plain = criterion(member.of(2), columns).derivatives(z, targets), weighted = criterion(member.of(2), { ...columns, classWeights: weights }).derivatives(z, targets);
      const scaled = (values: Float64Array): Float64Array => values.map((v, i) => v * weights[i % 3]!);
      same(weighted, { value: scaled(plain.value), grad: scaled(plain.grad), hessian: scaled(plain.hessian) });
    }
    const loss = (alpha: number[] | undefined, classWeights: number[] | undefined): number =>
      criterion(focal({ ...(alpha && { alpha }) }), { head: "softmax", classes: 3, ...(classWeights && { classWeights }) }).value(z, labels);
    close(loss([2, 0.5, 4], weights), loss([1, 1.5, 8], undefined), 1e-14);
  });
});

describe("reductions", () => {
  for (const member of [...marginLosses, ...scoreLosses]) {
    test(`${member.name}: mean, sum, positives and weighted mean follow from the examples' losses, within 1e-12`, () => {
      fc.assert(fc.property(fc.array(fc.tuple(logit, fc.constantFrom(0, 1, -1), double(0.01, 3)), { minLength: 1, maxLength: 8 }), gamma, (examples, g) => {
        const logits = examples.map(([x]) => x), targets = examples.map(([, t]) => t), weights = examples.map(([, , w]) => w);
        const of = (reduction: CriterionOptions["reduction"] & string): Criterion => bind(member.of(g), { reduction, ignoreIndex: -1 });
        const each = of("none").value(logits, targets, { weights }) as Float64Array;
        const sum = each.reduce((a, b) => a + b, 0), valid = targets.filter((t) => t >= 0).length, positives = targets.filter((t) => t > 0).length;
        const weightOfValid = weights.reduce((total, w, i) => total + (targets[i]! >= 0 ? w : 0), 0);
        close(of("sum").value(logits, targets, { weights }) as number, sum, 1e-12);
        close(of("mean").value(logits, targets, { weights }) as number, sum / Math.max(1, valid), 1e-12);
        close(of("positives").value(logits, targets, { weights }) as number, sum / Math.max(1, positives), 1e-12);
        close(of("weightedMean").value(logits, targets, { weights }) as number, weightOfValid === 0 ? 0 : sum / weightOfValid, 1e-12);
        close(of("weightedMean").value(logits, targets) as number, of("mean").value(logits, targets) as number, 1e-14);
      }), runs);
    });
  }
  test("weighted mean of softmax rows, with its gradient", () => {
    const loss = criterion(focal(), { head: "softmax", classes: 2, reduction: "weightedMean", ignoreIndex: -1 });
    const [a, b] = [0, 1].map((label, i) => criterion(focal(), { head: "softmax", classes: 2, reduction: "sum" }).valueAndGrad([[1, 2], [3, -1]][i]!, [label]));
    const { value, grad } = loss.valueAndGrad([1, 2, 3, -1, 9, 9], [0, 1, -1], { weights: [2, 0.5, 100] });
    close(value, (2 * a!.value + 0.5 * b!.value) / 2.5, 1e-14);
    [...a!.grad].map((v) => (2 * v) / 2.5).concat([...b!.grad].map((v) => (0.5 * v) / 2.5), [0, 0]).forEach((v, i) => close(grad[i]!, v, 1e-14));
  });
  test("running positives divide by n ← 0.9 n + 0.1 max(1, positives), remembered from call to call", () => {
    const normalizer = runningPositives({ momentum: 0.9, initial: 100 }), loss = criterion(focal()), sum = criterion(focal(), { reduction: "sum" });
    let n = 100;
    for (const targets of [[1, 1, 0], [0, 0, 0], [1, 0, 0]]) {
      n = 0.9 * n + 0.1 * Math.max(1, targets.reduce((a, b) => a + b));
      const { value, grad } = loss.valueAndGrad([1, -2, 0.5], targets, { normalizer });
      close(value, sum.value([1, -2, 0.5], targets) / n, 1e-14);
      sum.valueAndGrad([1, -2, 0.5], targets).grad.forEach((g, i) => close(grad[i]!, g / n, 1e-14));
    }
  });
});

describe("scores that are not logits", () => {
  const all = [...marginLosses, ...scoreLosses];
  const scores = { probabilities: (p: number) => p, logProbabilities: Math.log } as const;
  for (const from of ["probabilities", "logProbabilities"] as const) {
    for (const member of all) {
      test(`${member.name}, sigmoid, from ${from}: the loss of the logits (1e-9: a probability near 1 has few digits of its distance), derivatives by what was passed (1e-6)`, () => {
        fc.assert(fc.property(double(-4, 4), hard, gamma, (x, t, g) => {
          const p = sigmoid(x);
          fc.pre(![0.375, 0.25, 0.625, 0.75].some((kink) => Math.abs(p - kink) < 1e-2) && Math.abs(p - 0.0625) > 1e-2);
          const loss = bind(member.of(g), { from });
          close(loss.value([scores[from](p)], [t]) as number, bind(member.of(g)).value([Math.log(p) - Math.log1p(-p)], [t]) as number, 1e-9, 1e-300);
          // Slopes by p grow like 1 ÷ p(1 − p): a smaller step for what bends faster.
          scaled(loss, scores[from](p), t);
        }), runs);
      });
    }
    for (const member of marginLosses) {
      test(`${member.name}, softmax, from ${from}: rows are normalised first; derivatives by what was passed (1e-6)`, () => {
        fc.assert(fc.property(fc.array(double(0.1, 0.9), { minLength: 2, maxLength: 4 }), fc.nat(), gamma, (raw, pick, g) => {
          const classes = raw.length, sum = raw.reduce((a, b) => a + b), label = pick % classes, softmax = { head: "softmax", classes } as const;
          const loss = bind(member.of(g), { ...softmax, from });
          fc.pre(raw.every((p) => [0.375, 0.25].every((kink) => Math.abs(p / sum - kink) > 1e-2)));
          const want = bind(member.of(g), softmax).value(raw.map((p) => Math.log(p / sum)), [label]) as number;
          close(loss.value(raw.map(scores[from]), [label]) as number, want, 1e-12, 1e-300);
          expectDerivatives((at) => loss.derivatives(at, [label]) as Derived, raw.map(scores[from]));
        }), runs);
      });
    }
  }
  test("probabilities of exactly 0 and 1 have a finite loss and gradient", () => {
    for (const member of all) for (const t of [0, 1]) {
      const { value, grad } = bind(member.of(2), { from: "probabilities", reduction: "sum" }).valueAndGrad([0, 1], [t, t]);
      expect(Number.isFinite(value) && grad.every(Number.isFinite), member.name).toBe(true);
    }
    for (const member of [...marginLosses, ...rowLosses]) {
      const { value, grad } = bind(member.of(2), { head: "softmax", classes: 3, from: "probabilities", reduction: "sum" }).valueAndGrad([0, 1, 0], [0]);
      expect(Number.isFinite(value) && grad.every(Number.isFinite), member.name).toBe(true);
    }
  });

  /** Differences of a function of p as large as its derivatives there. */
  function scaled(loss: Criterion, at: number, t: number): void {
    const { grad, hessian } = loss.derivatives([at], [t]) as { grad: Float64Array; hessian: Float64Array };
    const h = 1e-4 * Math.abs(at < 0 ? Math.min(-at, 1) : Math.min(at, 1 - at));
    const value = (z: number): number => loss.value([z], [t]) as number, slope = (z: number): number => (loss.valueAndGrad([z], [t]) as { grad: Float64Array }).grad[0]!;
    const size = Math.abs(value(at)) / h;
    close(grad[0]!, (value(at + h) - value(at - h)) / (2 * h), 1e-6, 1e-10 * size);
    close(hessian[0]!, (slope(at + h) - slope(at - h)) / (2 * h), 1e-6, 1e-10 * (Math.abs(grad[0]!) + size) / h);
  }
});

test("NCHW planes are read as rows are, for every loss of the softmax head and for labels of the sigmoid head", () => {
  const rows = [[1, -2, 0.5], [0, 3, 1], [-1, -1.5, 2], [0.25, 0.75, -3]], labels = [0, 2, 1, 1], classes = 3, inner = 2;
  const at = (row: number, c: number): number => (Math.floor(row / inner) * classes + c) * inner + (row % inner);
  const planes = new Array<number>(rows.length * classes);
  rows.forEach((row, r) => row.forEach((z, c) => (planes[at(r, c)] = z)));
  const compare = (loss: AnyLoss, options: CriterionOptions): void => {
    const want = bind(loss, options).derivatives(rows.flat(), labels), got = bind(loss, { ...options, inner }).derivatives(planes, labels);
    close(got.value as number, want.value as number, 1e-14);
    rows.forEach((row, r) => row.forEach((_, c) => {
      close(got.grad[at(r, c)]!, want.grad[r * classes + c]!, 1e-14, 1e-300);
      close(got.hessian[at(r, c)]!, want.hessian[r * classes + c]!, 1e-14, 1e-300);
    }));
  };
  for (const member of [...marginLosses, ...rowLosses, ...batchLosses]) compare(member.of(2), { head: "softmax", classes });
  for (const member of [...marginLosses, ...scoreLosses]) compare(member.of(2), { classes });
  compare(crossEntropy(), { head: "softmax", classes, smoothing: 0.1 });
});
