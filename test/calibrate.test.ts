import { describe, expect, test } from "vitest";
import { FocalError } from "focal-loss";
import { calibrate, fitPosterior, fitTemperature, logLoss, recoverPosterior } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";

/** The scores v that minimise Σ_k η_k w_k (1−v_k)^γ (−log v_k) over softmax(z), by gradient descent on z. No formula of the recovery is used. */
function focalMinimiser(eta: readonly number[], gamma: number, weights: readonly number[]): number[] {
  const z = eta.map(Math.log);
  const softmax = () => {
    const e = z.map((x) => Math.exp(x - Math.max(...z)));
    const s = e.reduce((a, b) => a + b);
    return e.map((x) => x / s);
  };
  for (let step = 0; step < 200_000; step++) {
    const v = softmax();
    const byV = v.map((p, k) => eta[k]! * weights[k]! * (gamma * (1 - p) ** (gamma - 1) * Math.log(p) - (1 - p) ** gamma / p));
    const mean = byV.reduce((sum, d, k) => sum + d * v[k]!, 0);
    const byZ = byV.map((d, k) => v[k]! * (d - mean));
    if (Math.max(...byZ.map(Math.abs)) < 1e-13) break;
    byZ.forEach((d, k) => (z[k]! -= 2 * d));
  }
  return softmax();
}

describe("posterior recovery", () => {
  test("γ = 2: a score of 0.7 means 0.9064 (4 digits), and the other column its complement", () => {
    const [no, yes] = recoverPosterior([0.3, 0.7], 2, { gamma: 2 });
    expect(yes).toBeCloseTo(0.9064, 4);
    expect(no! + yes!).toBeCloseTo(1, 15);
  });

  test("it finds the class probabilities behind the numerical minimiser of the expected focal loss, with and without weights (1e-8)", () => {
    for (const eta of [[0.9, 0.1], [0.02, 0.98], [0.6, 0.3, 0.1], [0.05, 0.9, 0.03, 0.02]]) {
      for (const gamma of [0.5, 1, 2, 3]) {
        for (const weights of [eta.map(() => 1), eta.map((_, k) => 0.5 + k)]) {
          const recovered = recoverPosterior(focalMinimiser(eta, gamma, weights), eta.length, { gamma, alpha: weights });
          eta.forEach((p, k) => expect(recovered[k]).toBeCloseTo(p, 8));
        }
      }
    }
  });

  test("γ = 0 changes nothing, and undoes α alone: a number is α for class 1 (1e-15)", () => {
    const rows = [0.2, 0.5, 0.3, 1e-7, 1e-3, 0.9989999];
    recoverPosterior(rows, 3, { gamma: 0 }).forEach((p, i) => expect(p).toBeCloseTo(rows[i]!, 14));
    expect([...recoverPosterior([0.5, 0.5], 2, { gamma: 0, alpha: 0.25 })].map((p) => Math.round(p * 1e12) / 1e12)).toEqual([0.25, 0.75]);
    expect(recoverPosterior([0.5, 0.5], 2, { gamma: 0, alpha: { uniform: 0.25 } })[1]).toBe(0.5);
  });

  test("near 0 and 1 nothing is lost: h(v) ≈ v for small v, 1 − v shrinks like (1+γ) (1−v)^(1+γ) (relative 1e-3)", () => {
    for (const gamma of [0.5, 1, 2, 5]) {
      const tiny = 1e-6;
      const [rare, sure] = recoverPosterior([tiny, 1 - tiny], 2, { gamma });
      expect(rare! / ((1 + gamma) * tiny ** (1 + gamma))).toBeCloseTo(1, 3);
      expect(sure! + rare!).toBe(1);
    }
  });

  test("certain scores stay certain, for γ below, at and above 1; a class of weight 0 gets 0", () => {
    for (const gamma of [0, 0.5, 1, 2, 5]) expect([...recoverPosterior([0, 1, 0], 3, { gamma })]).toEqual([0, 1, 0]);
    expect(recoverPosterior([0.2, 0.3, 0.5], 3, { gamma: 2, alpha: [1, 0, 1] })[1]).toBe(0);
  });

  test("without weights the order of the classes is kept", () => {
    const p = recoverPosterior([0.31, 0.33, 0.36], 3, { gamma: 2 });
    expect(p[0]! < p[1]! && p[1]! < p[2]!).toBe(true);
  });

  test("impossible arguments are named", () => {
    expect(() => recoverPosterior([0.3, 0.7], 2, { gamma: -1 })).toThrow("gamma must be ≥ 0, got -1");
    expect(() => recoverPosterior([0.3, 0.7, 0.1], 2, { gamma: 1 })).toThrow("rows of 2, got 3 values");
    expect(() => recoverPosterior([0.3, 0.3, 0.4], 3, { gamma: 1, alpha: 0.25 })).toThrow("alpha must be one weight per class for 3 classes");
  });
});

describe("temperature", () => {
  const random = randomNumbers(2);
  const truth = Array.from({ length: 20_000 }, () => random());
  const labels = truth.map((p) => (random() < p ? 1 : 0));
  /** Probabilities made overconfident: p^k/(p^k + (1−p)^k), as if the logits were k times too large. */
  const sharpened = (k: number) => truth.flatMap((p) => [(1 - p) ** k / (p ** k + (1 - p) ** k), p ** k / (p ** k + (1 - p) ** k)]);

  test("logits three times too large are fitted by a temperature of 3 (±0.2, four standard errors at 20 000 rows) and no temperature has a lower log loss", () => {
    const scores = sharpened(3);
    const fitted = fitTemperature(scores, labels, 2);
    expect(Math.abs(fitted.temperature - 3)).toBeLessThan(0.2);
    const at = (temperature: number) => logLoss(calibrate(scores, 2, [{ kind: "temperature", temperature }]), labels, 2);
    const best = at(fitted.temperature);
    for (const factor of [0.5, 0.95, 0.999, 1.001, 1.05, 2]) expect(at(fitted.temperature * factor)).toBeGreaterThan(best);
    expect(best).toBeLessThan(at(1) - 0.1);
  });

  test("the γ that scores were trained with is found again from 20 000 rows (±0.2, four standard errors), and no γ has a lower log loss", () => {
    /** The score whose recovery at γ = 2 is p: what focal loss likes best for that probability. */
    const focalScore = (p: number): number => {
      let low = 0, high = 1;
      for (let step = 0; step < 50; step++) {
        const middle = (low + high) / 2;
        if (recoverPosterior([1 - middle, middle], 2, { gamma: 2 })[1]! > p) high = middle;
        else low = middle;
      }
      return (low + high) / 2;
    };
    const scores = truth.flatMap((p) => { const v = focalScore(p); return [1 - v, v]; });
    const fitted = fitPosterior(scores, labels, 2);
    expect(fitted.kind).toBe("posterior");
    expect(Math.abs((fitted.gamma as number) - 2)).toBeLessThan(0.2);
    const at = (gamma: number): number => logLoss(calibrate(scores, 2, [{ kind: "posterior", gamma }]), labels, 2);
    for (const gamma of [0, 1, (fitted.gamma as number) - 0.01, (fitted.gamma as number) + 0.01, 4]) expect(at(gamma)).toBeGreaterThan(at(fitted.gamma as number));
  });

  test("steps survive JSON and are applied in order", () => {
    const steps = [{ kind: "posterior", gamma: 2, alpha: [0.75, 0.25] }, fitTemperature(sharpened(2), labels, 2)] as const;
    const again = JSON.parse(JSON.stringify(steps));
    expect(calibrate([0.4, 0.6], 2, again)).toEqual(calibrate(calibrate([0.4, 0.6], 2, [steps[0]]), 2, [steps[1]]));
  });

  test("a temperature of 0 is refused", () => {
    expect(() => calibrate([0.4, 0.6], 2, [{ kind: "temperature", temperature: 0 }])).toThrow("temperature must be a finite number > 0, got 0");
  });
});

test("a class of weight 0 stays at 0 also where the other's score has underflowed to 0", () => {
  expect([...recoverPosterior([0, 1], 2, { gamma: 2, alpha: [1, 0] })]).toEqual([1, 0]);
});

describe("a mistake gives one sentence that names value and expectation", () => {
  const wrong = <T>(value: unknown): T => value as T;
  const p = [0.3, 0.7];
  test.each<[string, () => unknown]>([
    ["probabilities[0] must be a number, got NaN", () => fitTemperature([NaN, 1], [0], 2)],
    ["labels must hold at least one value, got none", () => fitTemperature([], [], 2)],
    ["probabilities[0] must be in [0, 1], got 4; a softmax makes probabilities of logits", () => fitTemperature([4, -4], [0], 2)],
    ["labels[0] must be a number, got the boolean true", () => fitTemperature(p, wrong([true]), 2)],
    ["probabilities[1] must be a number, got NaN", () => fitPosterior([1, NaN], [0], 2)],
    ["labels must hold at least one value, got none", () => fitPosterior([], [], 2)],
    ["fitPosterior has no option alhpa; it has alpha", () => fitPosterior(p, [1], 2, wrong({ alhpa: 0.25 }))],
    ["probabilities[0] must be in [0, 1], got 5; a softmax makes probabilities of logits", () => recoverPosterior([5, -5], 2, { gamma: 2 })],
    ["probabilities[1] must be in [0, 1], got NaN", () => recoverPosterior([1, NaN], 2, { gamma: 2 })],
    ["probabilities must sum to 1 in each row, got 1.7 in row 1", () => recoverPosterior([0.3, 0.7, 0.9, 0.8], 2, { gamma: 2 })],
    ["recoverPosterior takes its options as an object", () => wrong<(a: unknown, b: number) => unknown>(recoverPosterior)(p, 2)],
    ["gamma must be a number or one per class, got undefined", () => recoverPosterior(p, 2, wrong({}))],
    ["gamma must be a finite number ≥ 0, got Infinity", () => recoverPosterior(p, 2, { gamma: Infinity })],
    ["gamma must be a typed array or an array of numbers, got the string \"2\"", () => recoverPosterior(p, 2, { gamma: wrong("2") })],
    ["recoverPosterior has no option alhpa; it has gamma, alpha", () => recoverPosterior(p, 2, wrong({ gamma: 2, alhpa: 0.25 }))],
    ["alpha must be in [0, 1] (positives weigh alpha, negatives 1 − alpha), got 2", () => recoverPosterior(p, 2, { gamma: 2, alpha: 2 })],
    ["alpha must be in [0, 1] (positives weigh alpha, negatives 1 − alpha), got -1", () => recoverPosterior(p, 2, { gamma: 2, alpha: -1 })],
    ["alpha must be in [0, 1] (positives weigh alpha, negatives 1 − alpha), got NaN", () => recoverPosterior(p, 2, { gamma: 2, alpha: NaN })],
    ["alpha[1] must be a finite number ≥ 0, got NaN", () => recoverPosterior(p, 2, { gamma: 2, alpha: [1, NaN] })],
    ["alpha must hold at least one weight > 0, got none", () => recoverPosterior(p, 2, { gamma: 2, alpha: [0, 0] })],
    ["alpha[0] must be a finite number ≥ 0, got -1", () => recoverPosterior(p, 2, { gamma: 2, alpha: { uniform: -1 } })],
    ["alpha must be a number or one per class, got null", () => recoverPosterior(p, 2, { gamma: 2, alpha: wrong(null) })],
    ["steps must be an array, like [{ kind: \"posterior\", gamma: 2 }], got an Object", () => calibrate(p, 2, wrong({ kind: "posterior", gamma: 2 }))],
    ["steps[0].kind must be \"posterior\" or \"temperature\", got the string \"temprature\"", () => calibrate(p, 2, wrong([{ kind: "temprature", temperature: 2 }]))],
    ["steps[1].kind must be \"posterior\" or \"temperature\", got undefined", () => calibrate(p, 2, [{ kind: "posterior", gamma: 0 }, wrong(null)])],
    ["steps[0] has no option alhpa; it has kind, gamma, alpha", () => calibrate(p, 2, wrong([{ kind: "posterior", gamma: 2, alhpa: 1 }]))],
    ["temperature must be a finite number > 0, got the string \"2\"", () => calibrate(p, 2, wrong([{ kind: "temperature", temperature: "2" }]))],
    ["probabilities[0] must be in [0, 1], got 9", () => calibrate([9, -9], 2, [])],
  ])("%s", (sentence, make) => {
    expect(make).toThrow(FocalError);
    expect(make).toThrow(sentence);
  });

  test("no rows give none, and rows rounded to two digits are whole enough", () => {
    expect(recoverPosterior([], 2, { gamma: 2 })).toEqual(new Float64Array(0));
    expect(calibrate([0.33, 0.33, 0.33], 3, [{ kind: "posterior", gamma: 2 }])[0]).toBeCloseTo(1 / 3, 12);
  });
});
