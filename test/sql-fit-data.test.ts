import { beforeAll, describe, expect, test } from "vitest";
import type { DuckDBConnection } from "@duckdb/node-api";
import { focal } from "focal-loss";
import { duckdbEngine, fitLinearFocal, logitsSql } from "focal-loss/sql";
import type { FitCheckpoint, FitSpec, Source, SqlEngine } from "focal-loss/sql";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudColumns, cloudRows, clouds, emptyDatabase, makeTable } from "./sql/fitTables.ts";

let connection: DuckDBConnection, engine: SqlEngine;

beforeAll(async () => {
  connection = await emptyDatabase();
  engine = duckdbEngine(connection);
  await makeTable(connection, "clouds", cloudColumns, cloudRows(clouds(600, 2, 3)));
});

const spec: FitSpec = { target: "y", positive: 1 };
const refused = async (source: Source, wrong: FitSpec): Promise<string> =>
  fitLinearFocal(engine, source, wrong).then(() => "fitted", (error: unknown) => `${(error as { name: string }).name} ${(error as { code: string }).code}: ${(error as Error).message}`);
const numbers = async (sql: string): Promise<number[]> => (await engine.query(sql)).map((row) => Number(row[0]));

describe("columns of all kinds", () => {
  test("values of a categorical column are measured from the most frequent one; NULL is a value, and rare ones share a coefficient", async () => {
    await connection.run(`CREATE TABLE towns AS SELECT *, CASE WHEN i % 2 = 0 THEN 'Oslo' WHEN i % 5 = 0 THEN NULL WHEN i % 3 = 0 THEN 'Rome' ELSE 'village ' || (i % 40) END AS town, i % 4 = 1 AS flag FROM (SELECT *, row_number() OVER () AS i FROM clouds)`);
    const { model } = await fitLinearFocal(engine, "towns", { ...spec, features: ["a", "town", "flag"], maxLevels: 3 });
    expect(model.terms).toEqual([
      { kind: "numeric", column: "a", center: expect.any(Number), scale: expect.any(Number), missing: false },
      { kind: "level", column: "town", compared: "text", level: "Rome" },
      { kind: "level", column: "town", compared: "text", level: null },
      { kind: "other", column: "town", compared: "text", levels: ["Oslo", "Rome", null] },
      { kind: "level", column: "flag", compared: "shown", level: "true" },
    ]);
    // The same model from columns made by hand.
    await connection.run("CREATE TABLE towns01 AS SELECT a, y, (town = 'Rome' IS TRUE)::INT AS r, (town IS NULL)::INT AS n, (town LIKE 'village%' IS TRUE)::INT AS v, flag::INT AS f FROM towns");
    const byHand = await fitLinearFocal(engine, "towns01", { ...spec, standardize: false, features: ["a", "r", "n", "v", "f"], l2: 0, tolerance: 1e-9 });
    const there = await fitLinearFocal(engine, "towns", { ...spec, standardize: false, features: ["a", "town", "flag"], maxLevels: 3, l2: 0, tolerance: 1e-9 });
    there.model.coefficients[0]!.forEach((value, j) => expect(value).toBeCloseTo(byHand.model.coefficients[0]![j]!, 6));
  });

  test("a missing number (NULL, NaN, infinite) counts as the mean and is told by a term of its own", async () => {
    await connection.run("CREATE TABLE holes AS SELECT CASE WHEN i % 5 = 0 THEN NULL WHEN i % 7 = 0 THEN 'NaN'::DOUBLE WHEN i % 11 = 0 THEN 'Infinity'::DOUBLE ELSE a END AS a, b, CASE WHEN i % 13 = 0 THEN NULL ELSE y END AS y FROM (SELECT *, row_number() OVER () AS i FROM clouds)");
    const { model, rows, skipped } = await fitLinearFocal(engine, "holes", { ...spec, tolerance: 1e-9 });
    expect([rows, skipped]).toEqual([554, 46]);
    expect(model.terms.map(({ kind }) => kind)).toEqual(["numeric", "missing", "numeric"]);
    const [center] = await numbers("SELECT avg(a) FROM holes WHERE isfinite(a) AND y IS NOT NULL");
    expect((model.terms[0] as { center: number }).center).toBeCloseTo(center!, 12);
    const filled = "CREATE OR REPLACE TABLE filled AS SELECT CASE WHEN isfinite(a) THEN a ELSE " + center!.toExponential() + " END AS a, (isfinite(a) IS NOT TRUE)::INT AS m, b, y FROM holes WHERE y IS NOT NULL";
    await connection.run(filled);
    const byHand = await fitLinearFocal(engine, "filled", { ...spec, standardize: false, l2: 0, tolerance: 1e-9 }), there = await fitLinearFocal(engine, "holes", { ...spec, standardize: false, l2: 0, tolerance: 1e-9 });
    const logits = async (from: string, made: typeof byHand): Promise<number[]> => numbers(`SELECT ${logitsSql(made.model, "duckdb")[0]} FROM ${from} WHERE y IS NOT NULL ORDER BY b`);
    const [wanted, got] = [await logits("filled", byHand), await logits("holes", there)];
    got.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 6));
  });

  test("names with quotes, spaces, SQL and emoji stay names, and so do values", async () => {
    const hostile = [`a "quoted" one`, `x'); DROP TABLE clouds; --`, "🦊 ünï", "focal_x0"], table = `t'";--🦊`;
    const values = [`it's`, `"`, `\\`, `'; DROP TABLE clouds; --`, "🦊"];
    await makeTable(connection, table, { [hostile[0]!]: "VARCHAR", [hostile[1]!]: "DOUBLE", [hostile[2]!]: "VARCHAR", [hostile[3]!]: "DOUBLE" },
      Array.from({ length: 60 }, (_, i) => [values[i % 5]!, Math.sin(i), values[(i * i + Math.floor(i / 9)) % 3]!, Math.cos(3 * i)]));
    const { model } = await fitLinearFocal(engine, table, { target: hostile[2]!, features: [hostile[0]!, hostile[1]!, hostile[3]!] });
    expect(model.terms).toHaveLength(6);
    expect([...model.classes].sort()).toEqual([values[0], values[1], values[2]].sort());
    expect(await numbers("SELECT count(*) FROM clouds")).toEqual([600]);
    expect(await numbers(`SELECT ${logitsSql(model, "duckdb")[0]} FROM "t'"";--🦊" LIMIT 1`)).toHaveLength(1);
  });

  test("a glob of Parquet and a CSV file are read where they lie", async () => {
    const folder = mkdtempSync(join(tmpdir(), "focal it's "));
    try {
      const at = (file: string): string => join(folder, file).replaceAll("'", "''");
      await connection.run(`COPY (SELECT * FROM clouds WHERE a > 0) TO '${at("1.parquet")}' (FORMAT parquet); COPY (SELECT * FROM clouds WHERE a <= 0) TO '${at("2.parquet")}' (FORMAT parquet); COPY clouds TO '${at("all.csv")}'`);
      const [table, parquet, csv] = await Promise.all([fitLinearFocal(engine, "clouds", spec), fitLinearFocal(engine, { files: join(folder, "*.parquet") }, spec), fitLinearFocal(engine, { files: [join(folder, "all.csv")] }, spec)]);
      for (const other of [parquet!, csv!]) other.model.coefficients[0]!.forEach((value, j) => expect(value).toBeCloseTo(table!.model.coefficients[0]![j]!, 6));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a column that is the same in every row has coefficient 0", async () => {
    await connection.run("CREATE TABLE constant AS SELECT *, 12345.678 AS c1, 7 AS c2 FROM clouds");
    const { model } = await fitLinearFocal(engine, "constant", { ...spec, features: ["a", "c1", "c2"] });
    expect(Math.abs(model.coefficients[0]![1]!)).toBeLessThan(1e-6);
    expect(Math.abs(model.coefficients[0]![2]!)).toBeLessThan(1e-6);
  });
});

describe("what cannot be fitted is one sentence", () => {
  beforeAll(async () => {
    await connection.run("CREATE TABLE nothing AS SELECT * FROM clouds WHERE false; CREATE TABLE one AS SELECT a, 0 AS y FROM clouds; CREATE TABLE unknown AS SELECT a, NULL::INT AS y FROM clouds; CREATE TABLE words AS SELECT 'red' AS a, y, -1 AS w, 1e400 AS o FROM clouds");
  });

  test.each<[string, Source, FitSpec, string]>([
    ["missing target", "clouds", { target: "z" }, `FocalError data: "clouds" has no column "z" for the target; it has "a", "b", "c", "d", "y"`],
    ["missing feature", "clouds", { ...spec, features: ["a", "zz"] }, `FocalError data: "clouds" has no column "zz" for a feature; it has "a", "b", "c", "d", "y"`],
    ["missing table", "nowhere", spec, "FocalError engine: DuckDB: Table with name nowhere does not exist!"],
    ["missing file", { files: "/nowhere/*.parquet" }, spec, `FocalError engine: DuckDB: No files found that match the pattern "/nowhere/*.parquet"`],
    ["no rows", "nothing", spec, `FocalError data: "nothing" has no rows`],
    ["one class", "one", { target: "y" }, `FocalError data: the target "y" of "one" has one class only, "0": there is nothing to tell apart`],
    ["no label", "unknown", { target: "y" }, `FocalError data: the target "y" of "unknown" is NULL in every row`],
    ["no such class", "clouds", { target: "y", positive: "yes" }, `FocalError data: the target "y" of "clouds" has no value "yes"; it has "0", "1"`],
    ["text as numbers", "words", { target: "y", features: [{ column: "a", kind: "numeric" }] }, `FocalError data: "a" must be a column of numbers to be a numeric feature, but it holds text`],
    ["weights of text", "words", { target: "y", weights: "a" }, `FocalError data: "a" must be a column of numbers to serve as weights`],
    ["negative weights", "words", { target: "y", weights: "w" }, `FocalError data: weights must be ≥ 0, but some of "w" are negative`],
    ["weights of one class only", "clouds", { ...spec, weights: "y" }, `FocalError data: the weights "y" are 0 in every row of the class "0": there is nothing to tell apart`],
    ["a number as target", "clouds", { target: "a" }, `FocalError data: the target "a" of "clouds" has more than 100 values: it is no class to fit`],
    ["nothing to tell apart by", "words", { target: "y", features: ["a"] }, "FocalError data: no feature has two values to tell classes apart by"],
    ["a feature twice", "clouds", { ...spec, features: ["a", "a"] }, `FocalError argument: features must name each column once, got "a" twice`],
    ["a misspelt option", "clouds", { ...spec, weight: "w" } as FitSpec, "FocalError argument: fitLinearFocal has no option weight; it has target, positive, features, loss, multiclass, l2, weights, offset, standardize, maxLevels, solver, tolerance, maxPasses, retries, signal, onPass, onCheckpoint, resume"],
    ["a negative penalty", "clouds", { ...spec, l2: -1 }, "FocalError argument: l2 must be a finite number ≥ 0, got -1"],
  ])("%s", async (_, source, wrong, sentence) => expect(await refused(source, wrong)).toBe(sentence));
});

describe("interruptions", () => {
  test("a fit that goes on from any checkpoint ends where the uninterrupted one does, to the last bit", async () => {
    const checkpoints: string[] = [], whole = await fitLinearFocal(engine, "clouds", { ...spec, onCheckpoint: (c) => checkpoints.push(JSON.stringify(c)) });
    expect(checkpoints.length).toBeGreaterThan(3);
    for (const at of [0, 2, checkpoints.length - 1]) {
      const rest = await fitLinearFocal(engine, "clouds", { ...spec, resume: JSON.parse(checkpoints[at]!) as FitCheckpoint });
      expect(rest.model).toEqual(whole.model);
      expect(rest.passes).toBe(whole.passes);
    }
    const resume = JSON.parse(checkpoints[0]!) as FitCheckpoint;
    expect(await refused("clouds", { ...spec, loss: focal({ gamma: 1 }), resume })).toMatch(/^FocalError model: the checkpoint belongs to another fit: expected focal \{"gamma":1\}/);
    await connection.run("CREATE TABLE grown AS SELECT * FROM clouds");
    let before: FitCheckpoint | undefined;
    await fitLinearFocal(engine, "grown", { ...spec, maxPasses: 3, onCheckpoint: (checkpoint) => (before = checkpoint) });
    await connection.run("INSERT INTO grown SELECT * FROM clouds LIMIT 1");
    expect(await refused("grown", { ...spec, resume: before! })).toBe("FocalError engine: a pass saw 601 rows of 600: rows were added or lost meanwhile, or a shard did not answer");
  });

  test("a signal ends the fit with its reason and stops the statement that runs", async () => {
    await connection.run("CREATE TABLE large AS SELECT a + i AS a, b, c, d, y FROM clouds, range(2000) r(i)");
    const stop = new AbortController(), why = new Error("enough");
    const fit = fitLinearFocal(engine, "large", { ...spec, signal: stop.signal, onPass: () => setTimeout(() => stop.abort(why), 1) });
    await expect(fit).rejects.toBe(why);
    expect(await numbers("SELECT 1")).toEqual([1]); // the connection is free again
  });

  test("a statement that fails in passing is asked again, so often and no more; one that saw half of the rows is refused", async () => {
    const whole = await fitLinearFocal(engine, "clouds", spec);
    const failing = (every: number, change = (sql: string): string => sql): SqlEngine => {
      let asked = 0;
      return {
        dialect: "duckdb", retryable: (error) => (error as Error).message === "a replica died",
        async query(sql, options) {
          if (++asked % every === 0) throw new Error("a replica died");
          return engine.query(change(sql), options);
        },
      };
    };
    expect((await fitLinearFocal(failing(4), "clouds", spec)).model).toEqual(whole.model);
    await expect(fitLinearFocal(failing(1), "clouds", { ...spec, retries: 1 })).rejects.toThrow("duckdb answered: a replica died");
    let passes = 0;
    const half = failing(Infinity, (sql) => (sql.includes("exp(") && ++passes > 2 ? sql.replace("WHERE", "WHERE a > 0 AND") : sql));
    await expect(fitLinearFocal(half, "clouds", spec)).rejects.toThrow(/a pass saw \d+ rows of 600: rows were added or lost meanwhile, or a shard did not answer/);
  });
});
