import { criterion, focal } from "focal-loss";
import { diagnose } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";
import { describe, expect, it } from "vitest";
import { cumulative, marginsOf } from "../src/sections/difficulty/cumulative.ts";

const random = randomNumbers(4), count = 500;
const labels = Uint8Array.from({ length: count }, () => (random() < 0.1 ? 1 : 0));
const logits = Float32Array.from(labels, (label) => 6 * (random() - 0.5) + (label === 1 ? 1 : -2));
const margins = marginsOf({ logits, labels });

describe("cumulative loss by difficulty", () => {
  it("orders each class from easy to hard, by the distance to the right side", () => {
    expect(margins.positives).toEqual(Float32Array.from(logits).filter((_, i) => labels[i] === 1).sort().reverse());
    expect(margins.negatives[0]).toBe(-Math.min(...[...logits].filter((_, i) => labels[i] === 0)));
  });

  it("is the library's curve wherever both are read, within 1e-6: float32 losses", () => {
    for (const gamma of [0, 0.5, 2, 5]) {
      const [profile] = diagnose(logits, labels, focal({ gamma }), { points: count }).losses, own = cumulative(margins, gamma, 0.8);
      profile!.classes.forEach(({ curve, loss }, k) => {
        const mine = k === 1 ? own.positives : own.negatives;
        const at = new Map(curve.map((point) => [point.examples.toFixed(9), point.loss]));
        const shared = mine.curve.filter(({ examples }) => at.has(examples.toFixed(9)));
        expect(shared.length).toBeGreaterThan(30);
        for (const { examples, loss: share } of shared) expect(share).toBeCloseTo(at.get(examples.toFixed(9))!, 6);
        expect(mine.share).toBeCloseTo(loss, 6);
      });
    }
  });

  it("reads off the easiest and the hardest half by counting", () => {
    const { negatives } = cumulative(margins, 2, 0.8), value = criterion(focal({ gamma: 2 }), { reduction: "none" }).value(Float64Array.from(margins.negatives), new Uint8Array(margins.negatives.length).fill(1));
    const total = value.reduce((sum, loss) => sum + loss, 0), n = value.length;
    expect(negatives.easiest).toBeCloseTo(value.slice(0, Math.round(0.8 * n)).reduce((sum, loss) => sum + loss, 0) / total, 6);
    const hardest = (k: number): number => value.slice(n - k).reduce((sum, loss) => sum + loss, 0) / total;
    expect(hardest(negatives.half)).toBeGreaterThanOrEqual(0.5 - 1e-6);
    expect(hardest(negatives.half - 1)).toBeLessThan(0.5 + 1e-6);
  });

  it("falls as γ rises: the easy make less and less", () => {
    const easiest = [0, 0.5, 1, 2, 5].map((gamma) => cumulative(margins, gamma, 0.8).negatives.easiest);
    expect(easiest).toEqual([...easiest].sort((a, b) => b - a));
    expect(easiest.at(-1)).toBeLessThan(easiest[0]! / 10);
  });

  it("has nothing to say of a class that is not there", () => {
    const { positives, negatives } = cumulative(marginsOf({ logits: Float32Array.of(1, -1), labels: [0, 0] }), 2, 0.8);
    expect(positives).toMatchObject({ easiest: 0, half: 0, share: 0 });
    expect(negatives.share).toBe(1);
  });
});
