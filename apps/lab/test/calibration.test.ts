import { expectedCalibrationError, fitTemperature, recoverPosterior } from "focal-loss/evaluate";
import { describe, expect, it } from "vitest";
import { learn } from "../src/sections/calibration/learn.ts";
import { report } from "../src/sections/calibration/report.ts";
import { meaningOf, scoreOf, simulate } from "../src/sections/calibration/simulate.ts";

const paper = { gamma: 2, alpha: 0.25 };

describe("what a score means", () => {
  it("is the library's posterior, with α and without", () => {
    expect(meaningOf([Math.log(0.7 / 0.3)], { gamma: 2, alpha: 0.5 })[0]).toBeCloseTo(0.9064, 4); // as its documentation has it
    const v = 1 / (1 + Math.exp(-0.4));
    expect(meaningOf([0.4], paper)[0]).toBeCloseTo(recoverPosterior([1 - v, v], 2, paper)[1]!, 14);
    expect(meaningOf([0], { gamma: 5, alpha: 0.5 })[0]).toBe(0.5);
  });

  it("is undone by the score of a perfect learner, within 1e-5: a table, read along straight lines", () => {
    for (const loss of [paper, { gamma: 0, alpha: 0.5 }, { gamma: 5, alpha: 0.9 }, { gamma: 0.5, alpha: 0.5 }]) {
      const score = scoreOf(loss);
      for (const probability of [0.001, 0.05, 0.3, 0.5, 0.8, 0.99]) {
        const v = score(probability);
        expect(Math.abs(meaningOf([Math.log(v / (1 - v))], loss)[0]! - probability), `γ = ${loss.gamma} at ${probability}`).toBeLessThan(1e-5);
      }
    }
  });

  it("is the minimum of the expected loss: no score nearby costs less", () => {
    const score = scoreOf(paper), probability = 0.3, best = score(probability);
    const cost = (v: number): number => 0.25 * probability * (1 - v) ** 2 * -Math.log(v) + 0.75 * (1 - probability) * v ** 2 * -Math.log(1 - v);
    for (const away of [-0.02, -0.005, 0.005, 0.02]) expect(cost(best + away)).toBeGreaterThan(cost(best));
  });
});

describe("simulated scores", () => {
  it("come true as often as their truth says, within 4 standard errors", () => {
    const { labels, truth } = simulate(paper, 1), expected = truth.reduce((sum, p) => sum + p, 0), spread = Math.sqrt(truth.reduce((sum, p) => sum + p * (1 - p), 0));
    expect(Math.abs(labels.reduce((sum, label) => sum + label, 0) - expected)).toBeLessThan(4 * spread);
  });

  it("are the same for the same seed and others for another", () => {
    expect(simulate(paper, 3, 100)).toEqual(simulate(paper, 3, 100));
    expect(simulate(paper, 3, 100).scores).not.toEqual(simulate(paper, 4, 100).scores);
  });
});

describe("calibration, before and after", () => {
  it("recovery leaves the error of chance, temperature alone does not undo α, and the ranking stays to 12 digits", () => {
    const { of } = report(simulate(paper, 1), paper);
    expect(of.raw.ece).toBeGreaterThan(0.08);
    expect(of.temperature.ece).toBeGreaterThan(0.03);
    expect(of.recovered.ece).toBeLessThan(0.02);
    expect(of.recovered.logLoss).toBeLessThan(of.temperature.logLoss);
    for (const version of ["temperature", "recovered"] as const) expect(of[version].averagePrecision).toBeCloseTo(of.raw.averagePrecision, 12);
  });

  it("judges on the second half what was fitted on the first, with the library's numbers", () => {
    const { scores, labels } = simulate(paper, 2, 2000), rows = (from: number, to: number): number[] => Array.from(scores.slice(from, to), (p) => [1 - p, p]).flat();
    const told = report({ scores, labels }, paper);
    expect(told.examples).toBe(1000);
    expect(told.temperature).toBe(fitTemperature(rows(0, 1000), labels.slice(0, 1000), 2).temperature);
    expect(told.of.raw.ece).toBe(expectedCalibrationError(rows(1000, 2000), labels.slice(1000), 2));
  });

  it("of a network trained under focal loss the error falls to less than a third", async () => {
    const told: number[] = [];
    const { of } = report(await learn(paper, 1, async (share) => void told.push(share)), paper);
    expect(of.recovered.ece).toBeLessThan(of.raw.ece / 3);
    expect(of.recovered.logLoss).toBeLessThan(of.raw.logLoss);
    expect(told.at(-1)).toBe(1);
  });

  it("of γ = 0 without weights there is nothing to recover", () => {
    const { of } = report(simulate({ gamma: 0, alpha: 0.5 }, 1), { gamma: 0, alpha: 0.5 });
    expect(of.recovered.ece).toBeCloseTo(of.raw.ece, 12);
  });
});
