/** Rows that do not count once: without a label, with a weight; and classes by the dozen. Inside DuckDB, PostgreSQL and ClickHouse. */
import { crossEntropy, criterion, focal } from "focal-loss";
import { averagePrecision, brier, calibrate, confusionMatrix, expectedCalibrationError, logLoss, reliability, rocAuc } from "focal-loss/evaluate";
import { evaluateSql, scoringSql } from "focal-loss/sql";
import type { SqlEngine, SqlModel } from "focal-loss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomNumbers } from "../src/random.ts";
import { freshDuckdb } from "./sql/duckdb.ts";
import { tableOf } from "./sql/goldens.ts";
import { clickhouse, postgres } from "./sql/servers.ts";
import type { Server } from "./sql/servers.ts";

const random = randomNumbers(5), terms = 6, classes = 8;
const rows = Array.from({ length: 400 }, () => {
  const x = Array.from({ length: terms }, () => 4 * random() - 2), w = Math.floor(4 * random());
  return { x, w, yes: Number(random() < 1 / (1 + Math.exp(2 - 2 * x[0]!))), kind: Math.floor(classes * random() ** 1.5) };
});

const numeric = Array.from({ length: terms }, (_, j) => ({ kind: "numeric", column: `x${j}`, center: 0.1, scale: 1.5, missing: true }) as const);
const slope = (k: number, j: number): number => Math.sin(1 + 3 * k + j);
const model: SqlModel = {
  kind: "linear", target: "answer", classes: ["0", "1"], head: "sigmoid", loss: { name: "focal", parameters: { gamma: 2 }, alpha: null }, terms: numeric,
  coefficients: [numeric.map((_, j) => slope(0, j))], intercepts: [-0.5], offset: null,
};
const eight: SqlModel = {
  ...model, target: "kind", classes: Array.from({ length: classes }, (_, k) => String(k)), head: "softmax",
  coefficients: Array.from({ length: classes }, (_, k) => numeric.map((_, j) => slope(k, j))), intercepts: new Array<number>(classes).fill(0.2),
};
const logitsOf = ({ coefficients, intercepts }: SqlModel): number[] =>
  rows.flatMap(({ x }) => intercepts.map((intercept, k) => x.reduce((sum, value, j) => sum + (coefficients[k]![j]! * (value - 0.1)) / 1.5, intercept)));
const sigmoids = (logits: readonly number[]): number[] => logits.flatMap((z) => [1 / (1 + Math.exp(z)), 1 / (1 + Math.exp(-z))]);
const shares = (logits: readonly number[]): number[] => rows.flatMap((_, i) => {
  const powers = logits.slice(i * classes, (i + 1) * classes).map(Math.exp), sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
});

/** Sums of some hundred terms in any order, and probabilities right to a few units of their last bit. */
const digits = 1e-12;
const near = (value: number, wanted: number): void => expect(Math.abs(value - wanted)).toBeLessThanOrEqual(digits * Math.abs(wanted));
/** Each value as often as its row's weight says. */
const repeated = <T>(values: readonly T[], width = 1): T[] => rows.flatMap(({ w }, i) => Array.from({ length: w }, () => values.slice(i * width, (i + 1) * width)).flat());

/** A table `judged` of the rows above, with one more that has nothing but NULLs, and one that has all but a label. */
async function fill({ dialect, query }: SqlEngine): Promise<void> {
  const names = [...numeric.map(({ column }) => column), "answer", "kind", "w", "bad"], types = names.map((name) => (dialect === "clickhouse" ? `${name} Nullable(Float64)` : `${name} ${dialect === "duckdb" ? "DOUBLE" : "float8"}`));
  await query(`CREATE TABLE judged (${types.join(", ")})${dialect === "clickhouse" ? " ENGINE = Memory" : ""}`);
  await query(`INSERT INTO judged SELECT * FROM ${tableOf(dialect, names, rows.map(({ x, w, yes, kind }, i) => [...x, yes, kind, w, i === 3 ? -1 : 1]))}`);
  await query(`INSERT INTO judged (${names[0]!}) VALUES (NULL), (1)`);
}

async function skipsUnlabelled(engine: SqlEngine): Promise<void> {
  for (const asked of [model, { ...model, classes: ["1"] }]) {
    const got = await evaluateSql(engine, "judged", asked, { posterior: false }), answers = rows.map(({ yes }) => yes);
    expect([got.rows, got.weight]).toEqual([rows.length, rows.length]);
    near(got.logLoss, logLoss(sigmoids(logitsOf(model)), answers, 2));
    expect(got.confusion.flat().reduce((a, b) => a + b)).toBe(rows.length);
  }
  await expect(evaluateSql(engine, "judged", { kind: "columns", target: "w", classes: ["0", "1"], head: "sigmoid", logits: ["x0"] })).rejects.toThrow(/^\d+ of 400 rows have another "w" than "0", "1"$/);
}

async function weighs(engine: SqlEngine): Promise<void> {
  const loss = focal({ gamma: 2, alpha: 0.25 }), got = await evaluateSql(engine, "judged", model, { weights: "w", loss, posterior: false });
  const logits = repeated(logitsOf(model)), p = sigmoids(logits), labels = repeated(rows.map(({ yes }) => yes));
  expect([got.rows, got.weight]).toEqual([rows.length, labels.length]);
  near(got.loss!, criterion(loss, { from: "logits" }).value(Float64Array.from(logits), labels));
  near(got.logLoss, logLoss(p, labels, 2));
  near(got.brier, brier(p, labels, 2));
  near(got.expectedCalibrationError, expectedCalibrationError(p, labels, 2));
  expect(got.reliability.map(({ count }) => count)).toEqual(reliability(p, labels, 2).map(({ count }) => count));
  expect(got.confusion).toEqual(confusionMatrix(labels.map((_, i) => Number(p[2 * i + 1]! >= 0.5)), labels, 2));
  for (const [{ low, value, high }, exact] of [[got.averagePrecision[0]!, averagePrecision(logits, labels)], [got.rocAuc[0]!, rocAuc(logits, labels)]] as const) {
    expect(low).toBeLessThanOrEqual(exact);
    expect(high).toBeGreaterThanOrEqual(exact);
    expect(value).toBeCloseTo(exact, 1);
  }
  await expect(evaluateSql(engine, "judged", model, { weights: "bad" })).rejects.toThrow('1 of 400 rows have a weight "bad" that is missing, negative or not finite');
  await expect(evaluateSql(engine, "judged", model, { weights: "nothing" })).rejects.toThrow('"judged" has no column "nothing" for weights');
}

async function tellsMany(engine: SqlEngine): Promise<void> {
  const loss = crossEntropy({ alpha: eight.classes.map((_, k) => 1 + k) }), got = await evaluateSql(engine, "judged", eight, { loss }), labels = rows.map(({ kind }) => kind);
  const logits = logitsOf(eight), p = calibrate(shares(logits), classes, [{ kind: "posterior", gamma: 2 }]);
  near(got.loss!, criterion(loss, { head: "softmax", classes, from: "logits" }).value(Float64Array.from(logits), labels));
  near(got.logLoss, logLoss(p, labels, classes));
  near(got.brier, brier(p, labels, classes));
  near(got.expectedCalibrationError, expectedCalibrationError(p, labels, classes));
  got.rocAuc.forEach(({ low, high }, k) => {
    const exact = rocAuc(labels.map((_, i) => p[i * classes + k]!), labels.map((label) => Number(label === k)));
    expect(low).toBeLessThanOrEqual(exact);
    expect(high).toBeGreaterThanOrEqual(exact);
  });
  const scored = await engine.query(`${scoringSql(eight, engine.dialect, { from: "judged", keep: ["kind"] })}\nORDER BY 1`), known = scored.filter(([kind]) => kind !== null).map((row) => row.map(Number));
  expect(known.length).toBe(rows.length);
  const sums = (of: (k: number) => number): void => eight.classes.forEach((_, k) => near(known.reduce((sum, row) => sum + row[1 + k]!, 0), of(k)));
  sums((k) => rows.reduce((sum, _, i) => sum + p[i * classes + k]!, 0));
}

const engines: readonly (readonly [string, () => Promise<Server | undefined>, string])[] = [
  ["DuckDB", async () => ({ engine: await freshDuckdb(), stop: async () => {} }), ""], ["PostgreSQL", postgres, "postgresql"], ["ClickHouse", clickhouse, "clickhouse-server"],
];

describe.each(engines)("inside %s", (what, start, packages) => {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await start();
    if (server) await fill(server.engine);
  }, 30_000);
  afterAll(() => server?.stop(), 30_000);

  test.for([
    ["rows without a label are left out, whatever else they lack", skipsUnlabelled],
    ["a row of weight 2 counts as two rows: metrics are the library's of rows repeated, to 1e-12, sums being added in another order", weighs],
    ["eight classes, recovered and weighted, are the library's to 1e-12, and are scored alike", tellsMany],
  ] as const)("%s", { timeout: 60_000 }, async ([, expectation], { skip }) => {
    if (!server) return skip(`${what} is not installed (Debian: ${packages})`);
    await expectation(server.engine);
  });
});

test("ClickHouse, where names of results stand for themselves, refuses a model of a column that is named as one", () => {
  const own: SqlModel = { ...model, terms: [{ ...numeric[0]!, column: "probability" }], coefficients: [[1]] };
  expect(() => scoringSql(own, "clickhouse", { from: "judged" })).toThrow('clickhouse cannot compute a column "probability" from one of the same name: score a view in which the model\'s column has another');
  expect(scoringSql(own, "duckdb", { from: "judged" })).toContain('"probability"');
});

test("weights that are all 0, and text for weights, are one sentence", async () => {
  const engine = await freshDuckdb();
  await engine.query("CREATE TABLE judged AS SELECT 0.5 AS x, i % 2 AS answer, 0 AS w, 'a' AS word FROM range(9) r(i)");
  const scored = { kind: "columns", target: "answer", classes: ["0", "1"], head: "sigmoid", logits: ["x"] } as const;
  await expect(evaluateSql(engine, "judged", scored, { weights: "w" })).rejects.toThrow('the weights "w" of all rows are 0');
  await expect(evaluateSql(engine, "judged", scored, { weights: "word" })).rejects.toThrow('"word" must be a column of numbers to serve as weights');
});
