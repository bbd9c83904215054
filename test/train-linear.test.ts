import { describe, expect, test } from "vitest";
import { criterion, crossEntropy, focal } from "focal-loss";
import { randomNumbers, train } from "focal-loss/train";
import type { Checkpoint, LinearCheckpoint, Table } from "focal-loss/train";
import { advance, begin, steepness } from "../src/train/lbfgs.ts";
import type { Objective } from "../src/train/lbfgs.ts";

const identity = (): void => {};

/** Overlapping clouds, one class rare, the columns of very different spread and two of them nearly the same. */
function clouds(rows: number, classes: number, seed: number): Table {
  const random = randomNumbers(seed);
  const bell = (): number => random() + random() + random() + random() - 2;
  const x = new Float32Array(4 * rows), y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const label = i % 40 === 0 ? classes - 1 : i % (classes - 1);
    const a = bell() + 0.8 * label, b = 100 * (bell() + (label === 1 ? 1 : 0));
    x.set([a, b, a + 0.01 * bell(), 0.01 * bell()], 4 * i);
    y[i] = label;
  }
  return { x, y, rows, features: 4, classes };
}

describe("L-BFGS", () => {
  test("finds the minimum of Rosenbrock's valley, and its gradient vanishes (1e-9)", () => {
    const rosenbrock: Objective = (x) => {
      const [a, b] = [x[0]!, x[1]!];
      return { value: (1 - a) ** 2 + 100 * (b - a * a) ** 2, gradient: Float64Array.of(-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)) };
    };
    let state = begin(rosenbrock, Float64Array.of(-1.2, 1));
    for (let next = advance(rosenbrock, state, identity); next && steepness(state) > 1e-9; next = advance(rosenbrock, state, identity)) state = next;
    expect(state.x[0]).toBeCloseTo(1, 8);
    expect(state.x[1]).toBeCloseTo(1, 8);
    expect(state.iteration).toBeLessThan(60);
  });

  test("every remembered pair has sᵀy > 0, also through a region that curves downwards, and the value never rises", () => {
    const wavy: Objective = (x) => ({
      value: x.reduce((sum, v) => sum + 0.05 * v * v - Math.cos(2 * v), 0),
      gradient: x.map((v) => 0.1 * v + 2 * Math.sin(2 * v)),
    });
    let state = begin(wavy, Float64Array.of(1.5, -4.4, 7.7));
    for (let i = 0; i < 30; i++) {
      const next = advance(wavy, state, identity);
      if (!next) break;
      expect(next.value).toBeLessThanOrEqual(state.value);
      next.moves.forEach((s, k) => expect(s.reduce((sum, v, j) => sum + v * next.changes[k]![j]!, 0)).toBeGreaterThan(0));
      state = next;
    }
    expect(steepness(state)).toBeLessThan(1e-6);
  });

  test("where nothing goes down any more it says so", () => {
    const flat: Objective = () => ({ value: 1, gradient: new Float64Array(2) });
    expect(advance(flat, begin(flat, new Float64Array(2)), identity)).toBeUndefined();
  });
});

describe("a linear model", () => {
  const validation = clouds(200, 3, 8);
  const losses = [crossEntropy(), crossEntropy({ alpha: [0.2, 0.8, 2] }), focal({ gamma: 2 }), focal({ gamma: 0.5, alpha: [0.2, 0.8, 2] })];

  test.each(losses.map((loss) => [`${loss.name} ${JSON.stringify(loss.alpha ?? "")}`, loss] as const))("%s is fitted until no gradient component exceeds 1e-6, within 120 iterations", async (_, loss) => {
    const data = clouds(1200, 3, 4);
    let last: LinearCheckpoint | undefined;
    const trained = await train({ train: data, validation }, { loss, hidden: [], onCheckpoint: (c) => (last = c as LinearCheckpoint) });
    expect(trained.ended).toBe("converged");
    expect(trained.epochs).toBeLessThan(120);
    // The gradient once more, by finite differences of the criterion alone, at the point that was returned.
    const { x } = last!.minimization;
    const mean = criterion(loss, { head: "softmax", classes: 3 });
    const value = (parameters: Float64Array): number => {
      const z = new Float64Array(3 * data.rows);
      for (let i = 0; i < data.rows; i++) for (let k = 0; k < 3; k++) z[3 * i + k] = parameters[12 + k]! + [0, 1, 2, 3].reduce((sum, j) => sum + data.x[4 * i + j]! * parameters[3 * j + k]!, 0);
      return mean.value(z, data.y) + parameters.subarray(0, 12).reduce((sum, w) => sum + w * w, 0) / (2 * data.rows);
    };
    expect(value(x)).toBeCloseTo(last!.minimization.value, 12);
    for (let i = 0; i < x.length; i++) {
      const up = x.slice(), down = x.slice(), h = 1e-5 * Math.max(1e-2, Math.abs(x[i]!));
      up[i]! += h;
      down[i]! -= h;
      expect(Math.abs(value(up) - value(down)) / (2 * h)).toBeLessThan(3e-6);
    }
  });

  test("two classes: columns in other units give the same fit, since both are at the minimum (0.5 %: gradients of 1e-6 where rare positives leave little curvature)", async () => {
    const data = clouds(1200, 2, 4), other = { ...data, x: data.x.map((v, i) => (i % 4 === 3 ? v * 50 : v)) };
    const check = clouds(200, 2, 8);
    const [a, b] = await Promise.all([data, other].map((table) => train({ train: table, validation: check }, { loss: focal(), hidden: [], l2: 1e-9 })));
    expect(b!.model.layers[0]!.weight[1]! / a!.model.layers[0]!.weight[1]!).toBeCloseTo(1, 2);
    expect((50 * b!.model.layers[0]!.weight[3]!) / a!.model.layers[0]!.weight[3]!).toBeCloseTo(1, 2);
  });

  test("a fit resumed from a checkpoint ends the same to the last bit, across the preconditioner's renewal", async () => {
    const data = { train: clouds(600, 3, 4), validation }, options = { loss: focal({ gamma: 1 }), hidden: [] };
    const checkpoints: Checkpoint[] = [];
    const whole = await train(data, { ...options, onCheckpoint: (c) => checkpoints.push(structuredClone(c)) });
    expect(checkpoints.length).toBeGreaterThan(13);
    for (const resume of [checkpoints[2]!, checkpoints[9]!, checkpoints[12]!]) expect(await train(data, { ...options, resume })).toEqual(whole);
  });

  test("classes that a plane parts stay finite, by the penalty", async () => {
    const table: Table = { x: Float32Array.of(-2, -1, 1, 2), y: Int32Array.of(0, 0, 1, 1), rows: 4, features: 1, classes: 2 };
    const { model, ended } = await train({ train: table, validation: table }, { loss: crossEntropy(), hidden: [] });
    expect(ended).toBe("converged");
    expect(model.layers[0]!.weight[0]!).toBeGreaterThan(0.5);
    expect(model.layers[0]!.weight[0]!).toBeLessThan(5);
  });
});
