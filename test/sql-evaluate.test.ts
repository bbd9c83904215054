import { criterion, focal } from "focal-loss";
import { averagePrecision, brier, calibrate, confusionMatrix, expectedCalibrationError, logLoss, reliability, rocAuc } from "focal-loss/evaluate";
import { evaluateSql, scoringSql } from "focal-loss/sql";
import type { Scored, SqlEngine, SqlEvaluation, SqlModel } from "focal-loss/sql";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomNumbers } from "../src/random.ts";
import { binnedAveragePrecision, binnedRocAuc } from "../src/sql/evaluate/ranking.ts";
import { dialects } from "../src/targets/sql/dialects.ts";
import { freshDuckdb } from "./sql/duckdb.ts";
import { tableOf } from "./sql/goldens.ts";
import { clickhouse, postgres } from "./sql/servers.ts";
import type { Server } from "./sql/servers.ts";

const random = randomNumbers(7), normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Logits of a yes that is rare, and of three classes; targets that they tell something of. */
const rows = Array.from({ length: 3000 }, () => {
  const yes = random() < 0.05 ? 1 : 0, x = 1.5 * normal() + (yes ? 1 : -2), kind = random() < 0.7 ? 0 : random() < 0.7 ? 1 : 2;
  return { x, yes, z: [0, 1, 2].map((k) => 2 * normal() + (k === kind ? 2 : 0)), kind };
});
const logits = rows.map(({ x }) => x), answers = rows.map(({ yes }) => yes), rowsOfThree = rows.flatMap(({ z }) => z), kinds = rows.map(({ kind }) => kind);

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const binary = Float64Array.from(logits.flatMap((x) => [sigmoid(-x), sigmoid(x)]));
const three = Float64Array.from(rows.flatMap(({ z }) => {
  const powers = z.map((value) => Math.exp(value - Math.max(...z))), sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}));

/** A table `judged` of the rows above, and of one whose targets are not known. */
async function fill({ dialect, query }: SqlEngine): Promise<void> {
  const { choose, text } = dialects[dialect], lines = [...rows, { x: 0, yes: 2, z: [0, 0, 0], kind: 9 }].map(({ x, yes, z, kind }) => [x, yes, ...z, kind]);
  const word = choose("y = 2", "NULL", choose("y = 1", text("yes"), text("no"))), kind = choose("c = 9", "NULL", choose("c = 0", text("a"), choose("c = 1", text("b'"), text("ç"))));
  await query(`CREATE TABLE judged ${dialect === "clickhouse" ? "ENGINE = Memory " : ""}AS SELECT x, ${word} AS answer, z0, z1, z2, ${kind} AS kind FROM ${tableOf(dialect, ["x", "y", "z0", "z1", "z2", "c"], lines)}`);
}

const yesOrNo: Scored = { kind: "columns", target: "answer", classes: ["no", "yes"], head: "sigmoid", logits: ["x"] };
const oneOfThree: Scored = { kind: "columns", target: "kind", classes: ["a", "b'", "ç"], head: "softmax", logits: ["z0", "z1", "z2"] };

/** Sums of 3000 terms in any order, and probabilities right to a few units of their last bit. */
const digits = 1e-12;

function expectMetrics(got: SqlEvaluation, p: Float64Array, labels: readonly number[], classes: number): void {
  const near = (value: number, wanted: number): void => expect(Math.abs(value - wanted)).toBeLessThanOrEqual(digits * Math.abs(wanted));
  expect(got.rows).toBe(rows.length);
  near(got.logLoss, logLoss(p, labels, classes));
  near(got.brier, brier(p, labels, classes));
  near(got.expectedCalibrationError, expectedCalibrationError(p, labels, classes));
  const called = rows.map((_, i) => (classes === 2 ? (p[2 * i + 1]! >= 0.5 ? 1 : 0) : [0, 1, 2].reduce((a, b) => (p[3 * i + b]! > p[3 * i + a]! ? b : a))));
  expect(got.confusion).toEqual(confusionMatrix(called, labels, classes));
  const wanted = reliability(p, labels, classes);
  expect(got.reliability.map(({ count }) => count)).toEqual(wanted.map(({ count }) => count));
  got.reliability.forEach(({ predicted, observed }, b) => { near(predicted, wanted[b]!.predicted); near(observed, wanted[b]!.observed); });
  (classes === 2 ? [1] : [0, 1, 2]).forEach((k, i) => {
    const scores = labels.map((_, row) => p[row * classes + k]!), hits = labels.map((label) => (label === k ? 1 : 0));
    for (const [bounded, exact] of [[got.averagePrecision[i]!, averagePrecision(scores, hits)], [got.rocAuc[i]!, rocAuc(scores, hits)]] as const) {
      expect(bounded.low).toBeLessThanOrEqual(exact);
      expect(bounded.high).toBeGreaterThanOrEqual(exact);
      expect(bounded.high - bounded.low).toBeLessThan(0.02);
      expect(bounded.value).toBeCloseTo(exact, 2);
    }
  });
}

async function expectEvaluation(engine: SqlEngine): Promise<void> {
  const loss = focal({ gamma: 2, alpha: 0.25 }), plain = await evaluateSql(engine, "judged", yesOrNo, { loss });
  expectMetrics(plain, binary, answers, 2);
  const mean = criterion(loss).value(Float64Array.from(logits), answers);
  expect(Math.abs(plain.loss! - mean)).toBeLessThanOrEqual(digits * mean);

  const bent = { gamma: 2, alpha: 0.25 };
  expectMetrics(await evaluateSql(engine, "judged", yesOrNo, { posterior: bent }), calibrate(binary, 2, [{ kind: "posterior", ...bent }]), answers, 2);

  const ofThree = focal({ gamma: 1, alpha: [1, 2, 3] }), plainThree = await evaluateSql(engine, "judged", oneOfThree, { loss: ofThree });
  expectMetrics(plainThree, three, kinds, 3);
  const meanThree = criterion(ofThree, { head: "softmax", classes: 3 }).value(Float64Array.from(rowsOfThree), kinds);
  expect(Math.abs(plainThree.loss! - meanThree)).toBeLessThanOrEqual(digits * meanThree);

  const bentThree = { gamma: [1, 2, 0.5], alpha: [1, 2, 3] };
  expectMetrics(await evaluateSql(engine, "judged", oneOfThree, { posterior: bentThree }), calibrate(three, 3, [{ kind: "posterior", ...bentThree }]), kinds, 3);
}

describe("inside DuckDB", () => {
  let engine: SqlEngine;
  beforeAll(async () => {
    engine = await freshDuckdb();
    await fill(engine);
  });

  test("metrics are those of the library to 1e-12, sums being added in another order; average precision lies within its bounds", () => expectEvaluation(engine));

  test.each([
    [{ ...yesOrNo, logits: ["nothing"] }, /^"judged" has no column "nothing" for a logit; it has "x", /],
    [{ ...yesOrNo, classes: ["no", "maybe"] }, /^\d+ of 3000 rows have another "answer" than "no", "maybe"$/],
    [{ ...yesOrNo, logits: ["x", "z0"] }, /^logits must be one column, got 2$/],
    [{ ...oneOfThree, logits: ["z0"] }, /^logits must be one column per class: expected 3, got 1$/],
    [{ ...yesOrNo, classes: [] }, /^classes must be the positive, or the negative and the positive, got 0$/],
    [{ kind: "tree" } as never, /^what is evaluated must be a fitted model or /],
  ])("refuses %o in one sentence", async (scored, sentence) => {
    await expect(evaluateSql(engine, "judged", scored as Scored)).rejects.toThrow(sentence);
  });

  test("logits that are NULL, NaN or infinite are counted and refused; a table without rows too", async () => {
    await engine.query("CREATE TABLE holes AS SELECT * FROM (VALUES (1.0::DOUBLE, 'no'), (NULL, 'yes'), ('NaN', 'no'), ('-inf', 'yes')) AS t (x, answer)");
    await expect(evaluateSql(engine, "holes", yesOrNo)).rejects.toThrow("3 of 4 rows have a logit that is missing or not finite");
    await engine.query("DELETE FROM holes");
    await expect(evaluateSql(engine, "holes", yesOrNo)).rejects.toThrow('"holes" has no rows with a target');
  });

  const model: SqlModel = {
    kind: "linear", target: "answer", classes: ["no", "yes"], head: "sigmoid", loss: { name: "focal", parameters: { gamma: 2 }, alpha: 0.25 },
    terms: [{ kind: "numeric", column: "x", center: 0.5, scale: 2, missing: true }, { kind: "level", column: "kind", compared: "text", level: "b'" }], coefficients: [[2, -0.5]], intercepts: [0.1], offset: null,
  };

  test("a model's scores are its logits' posterior to 1e-13, and false leaves them as they are", async () => {
    const expected = rows.map(({ x, kind }) => sigmoid(0.1 + 2 * ((x - 0.5) / 2) - (kind === 1 ? 0.5 : 0)));
    const recovered = calibrate(expected.flatMap((p) => [1 - p, p]), 2, [{ kind: "posterior", gamma: 2, alpha: 0.25 }]);
    const scored = await engine.query(`${scoringSql(model, "duckdb", { from: "judged", keep: ["x"] })}\nORDER BY x`), raw = await engine.query(`${scoringSql(model, "duckdb", { from: "judged", keep: ["x"], posterior: false })}\nORDER BY x`);
    const order = rows.map((_, i) => i).sort((a, b) => rows[a]!.x - rows[b]!.x);
    const known = scored.map((row, i) => [row, raw[i]!] as const).filter(([[x]]) => x !== 0) as (readonly [readonly [number, number], readonly [number, number]])[];
    expect(known.length).toBe(rows.length);
    known.forEach(([[x, p], [, v]], i) => {
      expect(x).toBe(rows[order[i]!]!.x);
      expect(Math.abs(v - expected[order[i]!]!)).toBeLessThanOrEqual(1e-13 * v);
      expect(Math.abs(p - recovered[2 * order[i]! + 1]!)).toBeLessThanOrEqual(1e-12 * p);
    });
  });

  test("a model is evaluated over the columns it is made of, as its scores are", async () => {
    await engine.query(`CREATE TABLE rescored AS SELECT answer, ln(probability / (1 - probability)) AS odds FROM (${scoringSql(model, "duckdb", { from: "judged", keep: ["answer"] })})`);
    const direct = await evaluateSql(engine, "judged", model), again = await evaluateSql(engine, "rescored", { ...yesOrNo, logits: ["odds"] });
    expect(direct.logLoss).toBeCloseTo(again.logLoss, 12);
    expect(direct.confusion).toEqual(again.confusion);
  });

  test("one-vs-rest probabilities are the recovered ones of each column, made to sum to 1", async () => {
    const several: SqlModel = {
      ...model, head: "one-vs-rest", classes: ["a", "b'", "ç"], coefficients: [[1, 0], [-1, 0], [0.5, 0]], intercepts: [0, 0, 0], loss: { name: "focal", parameters: { gamma: 2 }, alpha: null },
      terms: [{ kind: "numeric", column: "x", center: 0, scale: 1, missing: false }, model.terms[1]!],
    };
    const scored = await engine.query(`SELECT "probability_a", "probability_b'", "probability_ç", x FROM (${scoringSql(several, "duckdb", { from: "judged", keep: ["x"] })}) LIMIT 50`) as readonly (readonly number[])[];
    for (const [a, b, c, x] of scored as readonly (readonly [number, number, number, number])[]) {
      const own = [x, -x, x / 2].map((z) => calibrate([sigmoid(-z), sigmoid(z)], 2, [{ kind: "posterior", gamma: 2 }])[1]!), sum = own.reduce((s, p) => s + p);
      [a, b, c].forEach((p, k) => expect(p).toBeCloseTo(own[k]! / sum, 12));
    }
  });

  test("columns are kept once, and none under a probability's name", () => {
    expect(() => scoringSql(model, "duckdb", { from: "judged", keep: ["x", "x"] })).toThrow('"x" twice');
    expect(() => scoringSql(model, "duckdb", { from: "judged", keep: ["probability"] })).toThrow('"probability" twice');
  });
});

describe.each([["PostgreSQL", postgres, "postgresql"], ["ClickHouse", clickhouse, "clickhouse-server"]] as const)("inside %s, where it is installed", (what, start, packages) => {
  let server: Server | undefined;
  beforeAll(async () => { server = await start(); }, 30_000);
  afterAll(() => server?.stop(), 30_000);

  test("metrics are those of the library to 1e-12, sums being added in another order; average precision lies within its bounds", { timeout: 60_000 }, async ({ skip }) => {
    if (!server) return skip(`${what} is not installed (Debian: ${packages})`);
    await fill(server.engine);
    await expectEvaluation(server.engine);
  });
});

test("whatever the order inside bins, and whatever is tied, average precision and ROC-AUC lie within the bounds of the bins", () => {
  const example = fc.record({ bin: fc.integer({ min: 0, max: 4 }), within: fc.integer({ min: 0, max: 3 }), yes: fc.boolean() });
  fc.assert(fc.property(fc.array(example, { minLength: 1, maxLength: 40 }), (examples) => {
    const bins = [4, 3, 2, 1, 0].map((bin) => {
      const here = examples.filter((one) => one.bin === bin), positives = here.filter(({ yes }) => yes).length;
      return { positives, negatives: here.length - positives };
    });
    const scores = examples.map(({ bin, within }) => bin + within / 8), labels = examples.map(({ yes }) => (yes ? 1 : 0)), rounding = 1e-12;
    for (const [{ value, low, high }, exact] of [[binnedAveragePrecision(bins), averagePrecision(scores, labels)], [binnedRocAuc(bins), rocAuc(scores, labels)]] as const) {
      expect(low - rounding).toBeLessThanOrEqual(exact);
      expect(high + rounding).toBeGreaterThanOrEqual(exact);
      expect(low - rounding).toBeLessThanOrEqual(value);
      expect(high + rounding).toBeGreaterThanOrEqual(value);
    }
    // A weight is so many examples in one place; with them the bounds hold for weights of any size.
    const weights = examples.map((_, i) => i % 3), repeated = <T>(values: readonly T[]): T[] => values.flatMap((value, i) => new Array<T>(weights[i]!).fill(value)), weigh = bins.map((_, b) => {
      const here = examples.map((one, i) => ({ ...one, weight: weights[i]! })).filter(({ bin }) => bin === 4 - b), of = (wanted: boolean): number => here.reduce((sum, { yes, weight }) => sum + (yes === wanted ? weight : 0), 0);
      return { positives: of(true), negatives: of(false) };
    });
    if (repeated(labels).length > 0) {
      const exact = averagePrecision(repeated(scores), repeated(labels)), { low, high } = binnedAveragePrecision(weigh, 0);
      expect(low - rounding).toBeLessThanOrEqual(exact);
      expect(high + rounding).toBeGreaterThanOrEqual(exact);
    }
    const ofBins = examples.map(({ bin }) => bin);
    expect(binnedAveragePrecision(bins).value).toBeCloseTo(averagePrecision(ofBins, labels), 12);
    expect(binnedRocAuc(bins).value).toBeCloseTo(rocAuc(ofBins, labels), 12);
  }), { numRuns: 500 });
});
