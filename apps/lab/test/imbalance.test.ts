import { criterion, crossEntropy, focal } from "focal-loss";
import { averagePrecision, diagnose } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";
import { describe, expect, it } from "vitest";
import { cases } from "../src/sections/imbalance/cases.ts";
import { lossOf, makeContender } from "../src/sections/imbalance/contender.ts";
import { contour, joined } from "../src/sections/imbalance/contour.ts";
import { makeData } from "../src/sections/imbalance/data.ts";
import { gradientShares, judge, ruleAt } from "../src/sections/imbalance/judge.ts";
import { makeNetwork, PARAMETERS } from "../src/sections/imbalance/network.ts";
import { makeSession } from "../src/sections/imbalance/session.ts";
import type { Frame } from "../src/sections/imbalance/session.ts";
import { names, shapes } from "../src/sections/imbalance/settings.ts";
import type { Settings } from "../src/sections/imbalance/settings.ts";

const data = { shape: "moons", imbalance: 9, overlap: 0.4, noise: 0, count: 1000, seed: 3 } as const;
const loss = { gamma: 2, alpha: 0.5, prior: false } as const;

function trained(settings: Settings, steps: number): Frame {
  const session = makeSession();
  session.prepare(settings, steps);
  session.advance(steps);
  return session.frame();
}

describe("the points", () => {
  it("are the same for the same seed and others for another", () => {
    for (const shape of shapes) {
      expect(makeData({ ...data, shape })).toEqual(makeData({ ...data, shape }));
      expect(makeData({ ...data, shape }).train.at).not.toEqual(makeData({ ...data, shape, seed: 4 }).train.at);
    }
  });

  it("keep their imbalance, and at least 2 positives to train on and 30 to be judged by", () => {
    const { train, held } = makeData(data);
    expect(train.positives).toBe(100);
    expect(train.labels.reduce((sum, label) => sum + label, 0)).toBe(100);
    expect(held.positives / held.labels.length).toBeCloseTo(0.1, 4);
    const rare = makeData({ ...data, imbalance: 1000 });
    expect([rare.train.positives, rare.held.positives]).toEqual([2, 30]);
  });

  it("with wrong labels have as many positives as before, some of them negatives in truth; held-out labels stay right", () => {
    const clean = makeData(data), noisy = makeData({ ...data, noise: 0.3 });
    const changed = [...noisy.train.labels].filter((label, i) => label !== clean.train.labels[i]);
    expect(noisy.train.at).toEqual(clean.train.at);
    expect(changed.filter((label) => label === 0)).toHaveLength(30);
    expect(changed.filter((label) => label === 1)).toHaveLength(30);
    expect(noisy.held).toEqual(clean.held);
  });
});

describe("the network", () => {
  it("has the gradient that central differences give, within 1e-4 of its size: logits are float32", () => {
    const { train } = makeData(data), network = makeNetwork(randomNumbers(5), -1, 64), { valueAndGrad } = criterion(focal({ gamma: 2, alpha: 0.75 }), { engine: "js" });
    const chosen = Uint32Array.from({ length: 64 }, (_, i) => i * 3), targets = Uint8Array.from(chosen, (i) => train.labels[i]!);
    const gradient = new Float64Array(PARAMETERS);
    network.backward(valueAndGrad(network.forward(train.at, chosen), targets).grad, gradient);
    const size = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)), h = 1e-3;
    const at = (i: number, move: number): number => {
      const kept = network.parameters[i]!;
      network.parameters[i] = kept + move;
      const { value } = valueAndGrad(network.forward(train.at, chosen), targets);
      network.parameters[i] = kept;
      return value;
    };
    for (let i = 0; i < PARAMETERS; i++) expect(Math.abs((at(i, h) - at(i, -h)) / (2 * h) - gradient[i]!)).toBeLessThan(1e-4 * size);
  });

  it("gives chosen points the logits it gives all", () => {
    const { train } = makeData(data), network = makeNetwork(randomNumbers(5), 0, 4), all = network.logits(train.at);
    expect([...network.forward(train.at, Uint32Array.of(7, 900, 7, 0))]).toEqual([all[7], all[900], all[7], all[0]]);
  });
});

describe("training", () => {
  it("gives all models the same first weights and the same batches: focal loss with γ = 0 goes cross-entropy's way, bit for bit", () => {
    const { train } = makeData(data), ce = makeContender(crossEntropy(), train, 1), zero = makeContender(lossOf("focal", { gamma: 0, alpha: 0.5 }, train), train, 1);
    for (let step = 0; step < 30; step++) expect(zero.step()).toBe(ce.step());
    expect(zero.network.parameters).toEqual(ce.network.parameters);
  });

  it("converges under every loss: ranks far better than chance after 300 steps", () => {
    const { models } = trained({ data, loss }, 300);
    for (const name of names) expect(models[name].averagePrecision, name).toBeGreaterThan(0.6);
  });

  it("is the same however it is parted, and whichever settings came before", () => {
    const whole = trained({ data, loss }, 60), parts = makeSession();
    parts.prepare({ data, loss: { ...loss, gamma: 5 } }, 40);
    parts.advance(40);
    parts.prepare({ data, loss }, 60);
    for (let step = 7; step < 67; step += 7) parts.advance(Math.min(step, 60));
    expect(parts.frame()).toEqual(whole);
    parts.prepare({ data, loss }, 20);
    expect(parts.steps).toBe(0);
  });

  it("from the base rate starts every model at its loss's best constant answer", () => {
    const { train } = makeData({ ...data, imbalance: 99 }), ce = makeContender(crossEntropy(), train, 1, true), fl = makeContender(focal({ gamma: 2 }), train, 1, true);
    expect(ce.network.parameters.at(-1)).toBeCloseTo(Math.log(1 / 99), 9);
    expect(fl.network.parameters.at(-1)).toBeCloseTo(-1.7064527, 6); // known in the field: the best constant logit at a base rate of 1 %
  });
});

describe("what is told of a model", () => {
  const { train, held } = makeData(data), model = makeContender(focal({ gamma: 2 }), train, 1);
  while (model.steps < 100) model.step();
  const logits = model.network.logits(train.at), heldLogits = model.network.logits(held.at);

  it("has the gradient shares of the library's diagnosis, within 1e-6: float32 against float64", () => {
    const shares = gradientShares(model.loss, logits, train), [profile] = diagnose(logits, train.labels, model.loss).losses;
    const [negatives, positives] = profile!.classes.map(({ difficulty }) => {
      const of = (easy: boolean): number => difficulty.filter(({ from }) => from >= 0.9 === easy).reduce((sum, { gradient }) => sum + gradient, 0);
      return { easy: of(true), hard: of(false) };
    });
    expect(shares.easyNegatives).toBeCloseTo(negatives!.easy, 6);
    expect(shares.hardNegatives).toBeCloseTo(negatives!.hard, 6);
    expect(shares.easyPositives).toBeCloseTo(positives!.easy, 6);
    expect(shares.hardPositives).toBeCloseTo(positives!.hard, 6);
  });

  it("has the library's average precision, and recall and precision by counting", () => {
    const judged = judge(model.loss, logits, heldLogits, { train, held });
    expect(judged.averagePrecision).toBeCloseTo(averagePrecision(heldLogits, held.labels), 12);
    const called = [...heldLogits].flatMap((x, i) => (x >= 0 ? [held.labels[i]!] : [])), hits = called.filter((label) => label === 1).length;
    expect(judged.half).toMatchObject({ recall: hits / held.positives, precision: hits / called.length });
    expect(ruleAt(2, Float64Array.from(heldLogits), { ...held, positives: 5 }).threshold).toBe(2);
  });
});

describe("contours", () => {
  it("lie where the field has the level: on a circle within 1 % of a square", () => {
    const size = 20, field = Float64Array.from({ length: (size + 1) ** 2 }, (_, i) => Math.hypot((i % (size + 1)) - 10, Math.floor(i / (size + 1)) - 10));
    const segments = contour(field, size, 6), paths = joined(segments);
    expect(segments.length).toBeGreaterThan(30);
    for (const [x, y] of segments) expect(Math.abs(Math.hypot(x - 10, y - 10) - 6)).toBeLessThan(0.05);
    expect(paths).toHaveLength(1);
    expect(paths[0]).toHaveLength(segments.length + 1);
    expect(paths[0]![0]![0]).toBeCloseTo(paths[0]!.at(-1)![0], 9);
  });

  it("are not there where the field stays on one side", () => {
    expect(contour(new Float32Array(9).fill(1), 2, 0)).toEqual([]);
  });
});

describe("the cases say what comes out", () => {
  const outcome = (name: string): Frame["models"] => {
    const { shape, imbalance, overlap, noise, seed, gamma, alpha, prior, steps } = cases.find((one) => one.name === name)!.view;
    return trained({ data: { shape, imbalance, overlap, noise, count: 2000, seed }, loss: { gamma, alpha, prior } }, steps).models;
  };

  it("drowned: cross-entropy finds nothing, focal loss nearly all; weights do too, sooner and with less precision", () => {
    const { ce, balanced, focal: fl } = outcome("drowned");
    expect(ce.half.recall).toBe(0);
    expect(ce.averagePrecision).toBeLessThan(0.05);
    expect(fl.averagePrecision).toBeGreaterThan(0.9);
    expect(balanced.averagePrecision).toBeGreaterThan(0.9);
    const learned = (model: typeof fl): number => model.history.find(({ averagePrecision: ap }) => ap > 0.9)!.steps;
    expect(learned(balanced)).toBeLessThan(learned(fl));
    expect(balanced.half.precision).toBeLessThan(fl.half.precision - 0.05);
    expect(ce.shares.easyNegatives).toBeGreaterThan(0.4);
  });

  it("start: with the base rate as the start cross-entropy ranks within .03 of focal loss", () => {
    const { ce, focal: fl } = outcome("start");
    expect(ce.averagePrecision).toBeGreaterThan(0.9);
    expect(fl.averagePrecision - ce.averagePrecision).toBeLessThan(0.03);
  });

  it("converged: the three rank within .03 of each other, and so does F1 at their own thresholds", () => {
    const found = Object.values(outcome("converged"));
    for (const of of [(m: (typeof found)[0]) => m.averagePrecision, (m: (typeof found)[0]) => m.tuned.f1]) {
      const values = found.map(of);
      expect(Math.max(...values) - Math.min(...values)).toBeLessThan(0.03);
    }
  });

  it("alpha: recall at ½ falls to about half of cross-entropy's (.4 to .6), the ranking stays within .03", () => {
    const { ce, focal: fl } = outcome("alpha");
    expect(fl.half.recall).toBeLessThan(0.6 * ce.half.recall);
    expect(fl.half.recall).toBeGreaterThan(0.4 * ce.half.recall);
    expect(Math.abs(fl.averagePrecision - ce.averagePrecision)).toBeLessThan(0.03);
  });

  it("noise: focal loss ranks within .03 of cross-entropy", () => {
    const { ce, focal: fl } = outcome("noise");
    expect(Math.abs(fl.averagePrecision - ce.averagePrecision)).toBeLessThan(0.03);
  });

  it("even: the three rank within .01 of each other and find as many, and focal scores lie nearer to ½", () => {
    const { ce, balanced, focal: fl } = outcome("even");
    for (const other of [balanced, fl]) {
      expect(Math.abs(other.averagePrecision - ce.averagePrecision)).toBeLessThan(0.01);
      expect(Math.abs(other.half.recall - ce.half.recall)).toBeLessThan(0.03);
    }
    const paleness = ({ field }: typeof ce): number => field.reduce((sum, x) => sum + Math.abs(Math.tanh(x / 2)), 0);
    expect(paleness(fl)).toBeLessThan(paleness(ce));
  });
});
