import { describe, expect, test } from "vitest";
import { asymmetric, criterion, crossEntropy, dualFocal, focal, normalizedFocal } from "focal-loss";
import { diagnose } from "focal-loss/evaluate";
import type { ClassProfile, Diagnosis } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";

const sigma = (u: number): number => 1 / (1 + Math.exp(-u));
const logit = (p: number): number => Math.log(p / (1 - p));
/** |dFL/du| by the paper's appendix: q^γ (q + γ p (−log p)), with q = 1 − p. */
const slope = (p: number, gamma: number): number => (1 - p) ** gamma * (1 - p - gamma * p * Math.log(p));
/** As many scores with that p_t as asked for. */
const scored = (label: 0 | 1, p: number, count: number) => Array.from({ length: count }, () => ({ label, logit: label === 1 ? logit(p) : -logit(p) }));
const diagnosed = (rows: readonly { label: 0 | 1; logit: number }[], loss = focal({ gamma: 2 }), options = {}): Diagnosis =>
  diagnose(rows.map((row) => row.logit), rows.map((row) => row.label), loss, options);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe("shares", () => {
  test("cross-entropy by hand: an example's gradient is 1 − p_t (1e-12)", () => {
    const rows = [...scored(1, 0.2, 1), ...scored(1, 0.8, 1), ...scored(0, 0.5, 1), ...scored(0, 0.9, 1)];
    const { losses, classes, examples, imbalance } = diagnosed(rows, crossEntropy(), { against: [] });
    const [negatives, positives] = losses[0]!.classes;
    expect([examples, imbalance, losses.length]).toEqual([4, 1, 1]);
    expect(classes.map(({ class: k, examples: n, share }) => [k, n, share])).toEqual([[0, 2, 0.5], [1, 2, 0.5]]);
    expect(classes[1]!.median).toBeCloseTo(0.5, 12); // halfway between the margins of 0.2 and 0.8
    expect(positives!.gradient).toBeCloseTo(1 / 1.6, 12);
    expect(negatives!.gradient).toBeCloseTo(0.6 / 1.6, 12);
    expect(positives!.loss).toBeCloseTo(Math.log(0.16) / Math.log(0.16 * 0.45), 12);
    expect(losses[0]!.mean).toBeCloseTo(-Math.log(0.16 * 0.45) / 4, 12);
    expect(positives!.curve).toEqual([
      { examples: 0, loss: 0, gradient: 0 },
      { examples: 0.5, loss: expect.closeTo(Math.log(0.8) / Math.log(0.16), 12), gradient: expect.closeTo(0.2, 12) },
      { examples: 1, loss: 1, gradient: 1 },
    ]);
    expect(negatives!.curve[1]!.gradient).toBeCloseTo(0.1 / 0.6, 12);
  });

  test.each([0.5, 1, 2, 3, 5])("focal loss with γ = %d and α by the paper's gradient (1e-12)", (gamma) => {
    const rows = [...scored(1, 0.3, 5), ...scored(1, 0.97, 20), ...scored(0, 0.995, 300), ...scored(0, 0.6, 7)];
    const [profile, plain] = diagnosed(rows, focal({ gamma, alpha: 0.25 })).losses;
    const positives = 0.25 * (5 * slope(0.3, gamma) + 20 * slope(0.97, gamma)), negatives = 0.75 * (300 * slope(0.995, gamma) + 7 * slope(0.6, gamma));
    expect(profile!.classes[1]!.gradient).toBeCloseTo(positives / (positives + negatives), 12);
    expect([profile!.name, profile!.parameters, profile!.alpha]).toEqual(["focal", { gamma }, 0.25]);
    expect(plain!.classes[1]!.gradient).toBeCloseTo((5 * 0.7 + 20 * 0.03) / (5 * 0.7 + 20 * 0.03 + 300 * 0.005 + 7 * 0.4), 12);
  });

  test("difficulty: bins of p_t hold their lower edge, and sum to the whole, class by class (1e-12)", () => {
    const rows = [...scored(1, 0.05, 3), ...scored(0, 0.3, 4), { label: 1, logit: 0 } as const, ...scored(0, 0.95, 5), ...scored(0, 0.995, 6), ...scored(0, 0.9999, 7)];
    const [profile] = diagnosed(rows).losses;
    expect(profile!.difficulty.map(({ from, examples }) => [from, Math.round(26 * examples)])).toEqual([[0, 3], [0.1, 4], [0.5, 1], [0.9, 5], [0.99, 6], [0.999, 7]]);
    for (const key of ["examples", "loss", "gradient"] as const) {
      expect(sum(profile!.difficulty.map((bin) => bin[key]))).toBeCloseTo(1, 12);
      profile!.difficulty.forEach((bin, b) => expect(sum(profile!.classes.map((k) => k.difficulty[b]![key]))).toBeCloseTo(bin[key], 12));
    }
    profile!.classes.forEach((k) => expect(sum(k.difficulty.map((bin) => bin.gradient))).toBeCloseTo(k.gradient, 12));
  });

  test("effective examples: all of them where gradients are equal, one where one is all that counts (1e-6), (Σ|g|)²/Σg² between", () => {
    expect(diagnosed([...scored(1, 0.7, 30), ...scored(0, 0.7, 12)]).losses[0]!.effectiveExamples).toBeCloseTo(42, 9);
    expect(diagnosed([...scored(1, 0.1, 1), ...scored(0, 1 - 1e-8, 50)]).losses[0]!.effectiveExamples).toBeCloseTo(1, 6);
    const { losses: [profile] } = diagnosed([...scored(1, 0.2, 3), ...scored(0, 0.9, 40)], crossEntropy());
    expect(profile!.effectiveExamples).toBeCloseTo((3 * 0.8 + 40 * 0.1) ** 2 / (3 * 0.64 + 40 * 0.01), 10);
    expect(profile!.classes.map((k) => k.effectiveExamples)).toEqual([expect.closeTo(40, 9), expect.closeTo(3, 9)]);
  });

  test("the non-convex region: p_t below about .043 at γ = 1 and .057 at γ = 2, nowhere under cross-entropy", () => {
    const rows = [0.01, 0.042, 0.044, 0.056, 0.058, 0.3, 0.7, 0.99].flatMap((p, i) => scored(i % 2 === 0 ? 1 : 0, p, 1));
    expect(diagnosed(rows, focal({ gamma: 1 })).losses.map(({ nonConvex }) => nonConvex)).toEqual([2 / 8, 0]);
    expect(diagnosed(rows, focal({ gamma: 2 })).losses.map(({ nonConvex }) => nonConvex)).toEqual([4 / 8, 0]);
  });

  test("saturation: learned, wrong with certainty, and where a clip at 1e-7 leaves no gradient (|x| > 16.1)", () => {
    const rows = [...scored(1, 0.9995, 2), ...scored(0, 0.0005, 1), ...scored(1, 0.5, 4), { label: 1, logit: 16.2 } as const, { label: 1, logit: -16.2 } as const, { label: 0, logit: 16 } as const];
    expect(diagnosed(rows).saturation).toEqual({ right: 3 / 10, wrong: 3 / 10, clipped: 2 / 10 });
  });

  test("ignored targets change nothing but their number", () => {
    const logits = [2, -1, 0.5, 3, -2, -0.1], targets = [1, 0, -1, 0, -1, 1];
    const { ignored, ...rest } = diagnose(logits, targets, focal(), { ignoreIndex: -1 });
    const { ignored: none, ...without } = diagnose([2, -1, 3, -0.1], [1, 0, 0, 1], focal());
    expect([ignored, none]).toEqual([2, 0]);
    expect(rest).toEqual(without);
  });

  test("the answer is plain data: JSON carries all of it", () => {
    const answer = diagnosed([...scored(1, 0.2, 40), ...scored(0, 0.95, 400)]);
    expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  });
});

describe("heads", () => {
  const random = randomNumbers(4);
  const z = Float64Array.from({ length: 500 }, () => 6 * random() - 3), y = Array.from({ length: 500 }, () => (random() < 0.3 ? 1 : 0));

  test("two classes say the same under both (1e-9), however the softmax's logits are shifted", () => {
    const doubled = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 1 ? z[(i - 1) / 2]! : 0) + 5 * Math.floor(i / 2));
    const close = (value: unknown): unknown => (typeof value === "number" ? expect.closeTo(value, 9) : value);
    const like = (answer: Diagnosis) => JSON.parse(JSON.stringify({ classes: answer.classes, losses: answer.losses, saturation: answer.saturation }), (_, value: unknown) => close(value)) as object;
    const sigmoid = diagnose(z, y, focal(), { names: ["a", "b"] }), softmax = diagnose(doubled, y, focal(), { head: "softmax", classes: 2, names: ["a", "b"] });
    expect(softmax).toMatchObject(like(sigmoid));
    expect(softmax.verdict.gamma).toBe(sigmoid.verdict.gamma);
  });

  test("a softmax's gradient is |dL/dz_y|, more examples than a block holds included (1e-12)", () => {
    const rows = 40000, classes = 3;
    const logits = Float64Array.from({ length: rows * classes }, () => 8 * random() - 4), labels = Array.from({ length: rows }, () => Math.floor(random() ** 2 * classes));
    const spent = new Float64Array(classes);
    labels.forEach((label, i) => {
      const powers = Array.from(logits.subarray(i * classes, (i + 1) * classes), Math.exp);
      spent[label]! += 1 - powers[label]! / sum(powers);
    });
    const { losses: [, plain] } = diagnose(logits, labels, focal(), { head: "softmax", classes });
    plain!.classes.forEach((k) => expect(k.gradient).toBeCloseTo(spent[k.class]! / sum([...spent]), 12));
  });

  test("other losses of single examples, by their own gradient (1e-12): over score and target, and over two classes of a row", () => {
    const { grad } = criterion(asymmetric(), { reduction: "sum" }).valueAndGrad(z, y);
    const spent = [0, 1].map((label) => sum(y.map((t, i) => (t === label ? Math.abs(grad[i]!) : 0))));
    diagnose(z, y, asymmetric()).losses[0]!.classes.forEach((k) => expect(k.gradient).toBeCloseTo(spent[k.class]! / sum(spent), 12));
    const rows = Array.from({ length: 100 }, () => [random(), random(), random()]).flat(), labels = Array.from({ length: 100 }, (_, i) => i % 3);
    expect(sum(diagnose(rows, labels, dualFocal(), { head: "softmax", classes: 3 }).losses[0]!.classes.map((k) => k.gradient))).toBeCloseTo(1, 12);
  });

  test("probabilities and their logarithms say the same as logits (1e-9)", () => {
    const p = z.map(sigma), of = (answer: Diagnosis) => answer.losses[0]!.classes.map((k) => k.gradient);
    const expected = of(diagnose(z, y, focal())).map((share) => expect.closeTo(share, 9) as number);
    expect(of(diagnose(p, y, focal(), { from: "probabilities" }))).toEqual(expected);
    expect(of(diagnose(p.map(Math.log), y, focal(), { from: "logProbabilities" }))).toEqual(expected);
  });

  test("classes that do not occur are left out", () => {
    const { classes, losses } = diagnose([3, 1, 0, 0, 0, 2], [0, 2], focal(), { head: "softmax", classes: 3 });
    expect(classes.map((k) => k.class)).toEqual([0, 2]);
    expect(losses[0]!.classes.map((k) => k.class)).toEqual([0, 2]);
  });
});

describe("cumulative curves", () => {
  const random = randomNumbers(8);
  const rows = Array.from({ length: 20000 }, (_, i) => ({ label: (i % 50 === 0 ? 1 : 0) as 0 | 1, logit: 4 * (random() + random()) - 6 }));
  const curves = (gamma: number, options = {}): readonly ClassProfile[] => diagnosed(rows, focal({ gamma }), options).losses[0]!.classes;

  test("rise from (0, 0) to (1, 1) below the diagonal, in at most the points asked for", () => {
    for (const points of [3, 10, 100]) {
      for (const { curve } of curves(2, { points })) {
        expect(curve.length).toBeLessThanOrEqual(points);
        expect([curve[0], curve.at(-1)]).toEqual([{ examples: 0, loss: 0, gradient: 0 }, { examples: 1, loss: 1, gradient: 1 }]);
        curve.slice(1).forEach((point, i) => {
          for (const key of ["examples", "loss", "gradient"] as const) expect(point[key]).toBeGreaterThanOrEqual(curve[i]![key]);
          expect(point.loss).toBeLessThanOrEqual(point.examples + 1e-12);
        });
      }
    }
  });

  test("each point is the sum over the easiest examples (1e-9)", () => {
    const own = rows.filter(({ label }) => label === 1).map((row) => sigma(row.logit)).sort((a, b) => b - a);
    const losses = own.map((p) => -((1 - p) ** 2) * Math.log(p)), whole = sum(losses);
    for (const { examples, loss, gradient } of curves(2)[1]!.curve) {
      const n = Math.round(examples * own.length);
      expect(loss).toBeCloseTo(sum(losses.slice(0, n)) / whole, 9);
      expect(gradient).toBeCloseTo(sum(own.slice(0, n).map((p) => slope(p, 2))) / sum(own.map((p) => slope(p, 2))), 9);
    }
  });

  test("tell the hardest single example apart, and follow the paper: the larger γ, the less the easy half weighs", () => {
    const [negatives] = curves(2);
    expect(negatives!.curve.at(-2)!.examples).toBeCloseTo(1 - 1 / 19600, 12);
    const easyHalf = [0, 0.5, 1, 2, 5].map((gamma) => curves(gamma)[0]!.curve.find((point) => point.examples >= 0.5)!.loss);
    easyHalf.slice(1).forEach((share, i) => expect(share).toBeLessThan(easyHalf[i]!));
  });

  test("never part equal scores, and run straight where nothing is spent", () => {
    const tied = diagnosed([...scored(0, 0.9, 500), ...scored(0, 0.6, 300), ...scored(1, 0.5, 1)]).losses[0]!.classes[0]!.curve;
    expect(tied.map((point) => point.examples)).toEqual([0, 0.625, 1]);
    const certain = Array.from({ length: 4 }, (_, i) => ({ label: 1 as const, logit: 800 + i }));
    expect(diagnosed(certain).losses[0]!.classes[0]!.curve.map((point) => point.gradient)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
});

describe("verdict", () => {
  test("an untrained detector: the many p = .01 drown the few, and γ grows until they make a quarter", () => {
    // 1 : 1000. Of the gradient under γ the background makes 1000 s(.99) / (1000 s(.99) + s(.01)).
    const rows = [...scored(1, 0.01, 50), ...scored(0, 0.99, 50000)];
    const background = (gamma: number) => (1000 * slope(0.99, gamma)) / (1000 * slope(0.99, gamma) + slope(0.01, gamma));
    const { verdict } = diagnosed(rows);
    expect(verdict.easyBackground).toEqual([0, 0.5, 1].map((gamma) => ({ gamma, gradient: expect.closeTo(background(gamma), 9) })));
    expect([background(0), background(0.5), background(1)].map((share) => share <= 0.25)).toEqual([false, false, true]);
    expect(verdict.gamma).toBe(1);
    expect(verdict.reasons[0]).toMatch(/^Under cross-entropy the easy background \(the negatives with pₜ ≥ 0\.9\) makes 91 % of the gradient; γ = 1 is the smallest of 0\.5, 1, 2, 3, 5 that brings it to 25 % or less: to 16 %\.$/);
    // The positives make 84 % at γ = 1: α would be .16, and stops at .25.
    expect(verdict.alpha).toBe(0.25);
    expect(verdict.reasons[1]).toMatch(/84 % from the positives and to 16 % from the negatives; weighting by α = 0\.25 \(positives 0\.25, negatives 0\.75\) brings.*within a factor of 3/);
  });

  test("a background that is learned drowns nothing: γ = 0, and α by the gradient that is left", () => {
    const { verdict } = diagnosed([...scored(1, 0.6, 100), ...scored(0, 0.9999, 50000), ...scored(0, 0.4, 30)]);
    expect(verdict.gamma).toBe(0);
    expect(verdict.reasons[0]).toContain("too little to drown the rest: γ = 0, cross-entropy, is enough");
    // Positives 100 · .4 = 40; negatives 50 000 · .0001 + 30 · .6 = 23.
    expect(verdict.alpha).toBeCloseTo(23 / 63, 2);
    expect(verdict.reasons[1]).toContain("evens that out");
  });

  test("a shares-even gradient needs no weights", () => {
    const { verdict } = diagnosed([...scored(1, 0.5, 100), ...scored(0, 0.5, 100), ...scored(0, 0.99999, 5000)]);
    expect([verdict.gamma, verdict.alpha]).toEqual([0, undefined]);
    expect(verdict.reasons[1]).toMatch(/near enough, no class weights are needed/);
  });

  test("classes of similar size have no background", () => {
    const { verdict } = diagnosed([...scored(1, 0.95, 400), ...scored(0, 0.95, 600)]);
    expect(verdict).toMatchObject({ gamma: 0, easyBackground: [{ gamma: 0, gradient: 0 }] });
    expect(verdict.reasons[0]).toContain("of similar size (1 : 1.5)");
  });

  test("where even γ = 5 is not enough it says so", () => {
    const { verdict } = diagnosed([...scored(1, 0.99, 20), ...scored(0, 0.91, 100000)]);
    expect(verdict.gamma).toBe(5);
    expect(verdict.reasons[0]).toMatch(/γ = 5, the largest of .*, still leaves it .* %, more than 25 %/);
  });

  test("several classes: the weights even out the gradient within a factor of 3, named by the names given", () => {
    const row = (label: number, p: number) => [0, 1, 2].map((k) => Math.log(k === label ? p : (1 - p) / 2));
    const labels = [...new Array<number>(900).fill(0), ...new Array<number>(60).fill(1), ...new Array<number>(40).fill(2)];
    const logits = labels.flatMap((label) => row(label, [0.95, 0.5, 0.25][label]!));
    const { verdict } = diagnose(logits, labels, focal(), { head: "softmax", classes: 3, names: ["rock", "paper", "<b>"] });
    // Gradients 45, 30, 30; the background's share under cross-entropy is 45/105 = 43 %.
    expect(verdict.easyBackground[0]!.gradient).toBeCloseTo(45 / 105, 9);
    expect(verdict.gamma).toBe(0.5);
    expect(verdict.reasons[0]).toContain("the easy background (“rock” with pₜ ≥ 0.9) makes 43 %");
    const spent = [900 * slope(0.95, 0.5), 60 * slope(0.5, 0.5), 40 * slope(0.25, 0.5)], middle = Math.cbrt(spent[0]! * spent[1]! * spent[2]!);
    expect(verdict.alpha).toEqual(spent.map((g) => expect.closeTo(Math.min(Math.sqrt(3), Math.max(1 / Math.sqrt(3), middle / g)), 1.9)));
  });

  test("a class too rare to weigh is left at 1, the others are weighed without it", () => {
    const row = (label: number, p: number) => [0, 1, 2].map((k) => Math.log(k === label ? p : (1 - p) / 2));
    const labels = [...new Array<number>(900).fill(0), ...new Array<number>(60).fill(1), ...new Array<number>(4).fill(2)];
    const { verdict } = diagnose(labels.flatMap((label) => row(label, [0.995, 0.5, 0.01][label]!)), labels, focal(), { head: "softmax", classes: 3 });
    // Gradients 4.5, 30 and 4 of which the last does not count: 4.5 to 30 is farther than 3.
    expect(verdict).toMatchObject({ gamma: 0, alpha: [1.73, 0.58, 1] });
    expect(verdict.reasons).toContain("class 2 has fewer than 20 examples, too few to weigh by: left at 1.");
  });

  test("a rarer class turned down below the commonest one is said to be, and why; a class turned up is not worth a word", () => {
    const row = (label: number, p: number) => [0, 1, 2].map((k) => Math.log(k === label ? p : (1 - p) / 2));
    const labels = [...new Array<number>(4000).fill(0), ...new Array<number>(221).fill(1), ...new Array<number>(100).fill(2)];
    const suggest = (...p: number[]) => diagnose(labels.flatMap((label) => row(label, p[label]!)), labels, focal(), { head: "softmax", classes: 3, names: ["normal", "hypo", "third"] }).verdict;
    const early = suggest(0.98, 0.05, 0.5);
    expect((early.alpha as number[])[1]).toBeLessThan((early.alpha as number[])[0]!);
    expect(early.reasons).toContain("That turns “hypo” (221 examples) down below “normal” (4000), though it is rarer: what is still far from learned is loud. Weigh it down only if that is so at the end of training too.");
    const trained = suggest(0.85, 0.8, 0.6);
    expect((trained.alpha as number[])[1]).toBeGreaterThanOrEqual((trained.alpha as number[])[0]!);
    expect(trained.reasons.join(" ")).not.toContain("though");
  });

  test("few examples of a class: no advice, and it says why", () => {
    const { verdict } = diagnosed([...scored(1, 0.01, 3), ...scored(0, 0.99, 5000)]);
    expect(verdict.gamma).toBeUndefined();
    expect(verdict.alpha).toBeUndefined();
    expect(verdict.reasons).toEqual(["No class but the negatives has 20 examples, too few to choose γ and α by."]);
    expect(diagnosed(scored(0, 0.9, 50)).verdict.reasons).toEqual(["Every example is of one class, the negatives: there is nothing to weigh it against."]);
  });

  test("examples that are wrong with certainty are pointed out", () => {
    expect(diagnosed([...scored(1, 0.6, 100), ...scored(0, 0.999, 5000), ...scored(0, 1e-5, 40)]).verdict.reasons).toContain(
      "0.78 % of the examples are wrong with certainty (pₜ < 0.001): look at their labels before weighting anything.",
    );
    expect(diagnosed([...scored(1, 0.6, 100), ...scored(0, 0.999, 5000)]).verdict.reasons.join(" ")).not.toContain("certainty");
  });

  test("scores at the minimum of a weighted loss bring back its α", () => {
    // A constant logit x for 1 : 4. At the minimum the weighted gradients of both classes are equal.
    const alpha = 0.6, share = 0.2, x = logit((alpha * share) / (alpha * share + (1 - alpha) * (1 - share)));
    const { verdict } = diagnosed(Array.from({ length: 1000 }, (_, i) => ({ label: i < 200 ? 1 : 0, logit: x })));
    expect(verdict.gamma).toBe(0);
    expect(verdict.alpha).toBe(alpha);
  });
});

describe("mistakes are named", () => {
  test.each<[string, () => unknown]>([
    ["there must be one logit per target: expected 2, got 3", () => diagnose([1, 2, 3], [0, 1], focal())],
    ["there must be 3 logits per target: expected 6, got 4", () => diagnose([1, 2, 3, 4], [0, 1], focal(), { head: "softmax", classes: 3 })],
    ["targets[1] must be 0 or 1, to count as one of two classes, got 0.5", () => diagnose([1, 2], [0, 0.5], focal())],
    ["targets[0] must be a class from 0 to 1, got 2", () => diagnose([1, 2], [2], focal(), { head: "softmax", classes: 2 })],
    ["logits[1] must be a finite number, got NaN", () => diagnose([1, NaN], [0, 1], focal())],
    ["targets must hold at least one value, got none", () => diagnose([], [], focal())],
    ["at least one target must count, but all 2 are ignored", () => diagnose([1, 2], [-1, -1], focal(), { ignoreIndex: -1 })],
    ["names must have one name per class: expected 2, got 3", () => diagnose([1, 2], [0, 1], focal(), { names: ["a", "b", "c"] })],
    ["points must be a whole number ≥ 3, got 2", () => diagnose([1, 2], [0, 1], focal(), { points: 2 })],
    ["diagnose has no option head_; it has head, classes, from, ignoreIndex, against, names, points", () => diagnose([1, 2], [0, 1], focal(), { head_: "sigmoid" } as object)],
    ["diagnose takes a loss, like focal({ gamma: 2 }), got undefined", () => diagnose([1, 2], [0, 1], undefined as unknown as ReturnType<typeof focal>)],
    ["logits must be a Float32Array, a Float64Array or an array of numbers, got the string \"12\"", () => diagnose("12" as unknown as number[], [0, 1], focal())],
    ["against must be an array of losses, like [crossEntropy()], got an Object", () => diagnose([1, 2], [0, 1], focal(), { against: { gamma: 2 } as unknown as [] })],
    ["against[0] must be a loss, like crossEntropy(), got 2", () => diagnose([1, 2], [0, 1], focal(), { against: [2] as unknown as [] })],
    ['names must be an array of names, got the string "ab"', () => diagnose([1, 2], [0, 1], focal(), { names: "ab" as unknown as string[] })],
    ["with the sigmoid head every logit has two classes: classes must be left out, got 2", () => diagnose([1, 2], [0, 1], focal(), { classes: 2 })],
    ["diagnose takes losses of single examples, but normalizedFocal is one number for a whole batch", () => diagnose([1, 2], [0, 1], normalizedFocal())],
    ["dualFocal compares classes", () => diagnose([1, 2], [0, 1], dualFocal())],
    ["probabilities[1] must be", () => diagnose([0.5, 2], [0, 1], focal(), { from: "probabilities" })],
    ['from must be "logits"', () => diagnose([1, 2], [0, 1], focal(), { from: "percent" as "logits" })],
    ["classes must be a whole number ≥ 2", () => diagnose([1, 2], [0], focal(), { head: "softmax" })],
  ])("%s", (message, work) => {
    expect(work).toThrow(message);
  });
});
