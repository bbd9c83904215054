/**
 * Writes the golden values beside this file: `npm run goldens`.
 *
 * Only the definitions of the losses are written here, over probabilities, with so many digits that
 * gradients and second derivatives can be central differences: 300 digits and a step of 1e-60 leave a
 * relative error of 1e-120 and an absolute one of 1e-175, so 50 digits are right wherever the result is
 * above 1e-120. Smaller results are stored as null. The rest is stored as the nearest double.
 */
import { writeFileSync } from "node:fs";
import { Decimal } from "decimal.js";

Decimal.set({ precision: 300, toExpNeg: -1e6 });
const exact = (x: number): Decimal => new Decimal(x.toPrecision(100));
const one = new Decimal(1), step = new Decimal("1e-60");
const sigmoid = (x: Decimal): Decimal => one.div(one.plus(x.neg().exp()));

/** A function of one variable and its first two derivatives. */
function derivatives(f: (x: Decimal) => Decimal, x: Decimal): { value: number | null; grad: number | null; hessian: number | null } {
  const trusted = (result: Decimal): number | null => (result.isZero() || result.abs().gt("1e-120") ? result.toNumber() : null);
  const [below, here, above] = [f(x.minus(step)), f(x), f(x.plus(step))];
  return {
    value: trusted(here),
    grad: trusted(above.minus(below).div(step.times(2))),
    hessian: trusted(above.minus(here.times(2)).plus(below).div(step.times(step))),
  };
}

/** −α_t (1 − p_t)^γ log p_t, with the interpolation rule for t between 0 and 1. */
function sigmoidFocal(t: Decimal, gamma: Decimal, alpha: Decimal) {
  return (x: Decimal): Decimal => {
    const p = sigmoid(x), q = sigmoid(x.neg());
    const crossEntropy = t.times(p.ln()).plus(one.minus(t).times(q.ln())).neg();
    const oneMinusPt = t.times(q).plus(one.minus(t).times(p));
    const alphaT = t.times(alpha).plus(one.minus(t).times(one.minus(alpha)));
    return alphaT.times(oneMinusPt.pow(gamma)).times(crossEntropy);
  };
}

/** −α_y (1 − p_y)^γ log p_y by logit j. */
function softmaxFocal(row: Decimal[], label: number, j: number, gamma: Decimal, alpha: Decimal) {
  return (z: Decimal): Decimal => {
    const powers = row.map((other, k) => (k === j ? z : other).exp());
    const sum = powers.reduce((a, b) => a.plus(b));
    const rest = powers.reduce((total, power, k) => (k === label ? total : total.plus(power)), new Decimal(0));
    return alpha.times(rest.div(sum).pow(gamma)).times(powers[label]!.div(sum).ln()).neg();
  };
}

const gammas = [0, 0.3, 0.5, 1, 1.7, 2, 3, 5];
const sizes = [1e-3, 0.1, 0.5, 1, 1.5, 2, 3, 5, 8, 10, 12, 15, 17, 20, 30, 37, 50, 75, 88, 100].map(Math.fround);
const line = [...sizes.map((x) => -x).reverse(), 0, ...sizes];

function sigmoidFile(targets: number[], points: number[]): object[] {
  return gammas.map((gamma) => {
    const cases = targets.flatMap((t) => points.map((x) => ({ x, t })));
    const results = cases.map(({ x, t }) => derivatives(sigmoidFocal(exact(t), exact(gamma), exact(0.25)), exact(x)));
    return {
      loss: "focal", parameters: { gamma }, alpha: 0.25, head: "sigmoid",
      logits: cases.map(({ x }) => x), targets: cases.map(({ t }) => t),
      value: results.map((r) => r.value), grad: results.map((r) => r.grad), hessian: results.map((r) => r.hessian),
    };
  });
}

/** Rows that are easy, hard, undecided and far apart; 2, 3 and 5 classes. */
const rows: Record<number, number[][]> = {
  2: [[0, 0], [1, 0], [-3, 4], [30, -30], [-100, 100], [12, 11.5]],
  3: [[0, 0, 0], [1, 0, -1], [0, 1, 2], [20, -5, 1], [-100, 100, 99], [60, -30, 30]],
  5: [[0.5, 0.25, -0.5, 2, 1], [10, -10, 5, -5, 0], [-40, 50, 1, 2, 3], [100, 0, 0, 0, 0], [-7, -7, -7, -7, 7]],
};

function softmaxFile(): object[] {
  return [0, 0.5, 1.7, 2, 5].flatMap((gamma) => Object.entries(rows).map(([count, table]) => {
    const classes = Number(count), alpha = Array.from({ length: classes }, (_, k) => (k + 1) / 4);
    const cases = table.flatMap((row) => row.map((_, label) => ({ row, label })));
    const results = cases.map(({ row, label }) => row.map((z, j) =>
      derivatives(softmaxFocal(row.map(exact), label, j, exact(gamma), exact(alpha[label]!)), exact(z))));
    return {
      loss: "focal", parameters: { gamma }, alpha, head: "softmax", classes,
      logits: cases.flatMap(({ row }) => row), targets: cases.map(({ label }) => label),
      value: results.map((row) => row[0]!.value), grad: results.flatMap((row) => row.map((r) => r.grad)), hessian: results.flatMap((row) => row.map((r) => r.hessian)),
    };
  }));
}

const write = (name: string, content: object[]): void =>
  writeFileSync(new URL(name, import.meta.url), `[\n${content.map((entry) => JSON.stringify(entry)).join(",\n")}\n]\n`);
write("sigmoid-hard.json", sigmoidFile([0, 1], line));
write("sigmoid-soft.json", sigmoidFile([0.1, 0.5, 0.9].map(Math.fround), line.filter((_, i) => i % 2 === 0)));
write("softmax.json", softmaxFile());
