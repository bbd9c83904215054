/** kill -9 of `focal fit` at random points: the database stays as it was, and the next run ends where one that nobody killed does. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Fitted, SqlModel } from "focal-loss/sql";
import { randomNumbers } from "focal-loss/train";
import { afterAll, beforeAll, expect, test } from "vitest";
import { focalIn } from "./process.ts";
import { interrupt } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "focal killed fit ")), rows = 150_000;
const at = (file: string): string => join(folder, file);
const digest = (): string => createHash("sha256").update(readFileSync(at("store.duckdb"))).digest("hex");
let before: string;

beforeAll(async () => {
  const instance = await DuckDBInstance.create(at("store.duckdb")), connection = await instance.connect();
  await connection.run(`CREATE TABLE claims AS SELECT sin(i) AS a, cos(i * 1.7) AS b, sin(i) + 0.01 * cos(i * 3.1) AS c, i % 7 AS d, sin(i * 0.37) * cos(i * 0.73) AS e,
    CASE WHEN 2 * sin(i) - cos(i * 1.7) + 3 * sin(i * i) > 2.5 THEN 'fraud' ELSE 'fine' END AS verdict FROM range(${rows}) r(i)`);
  connection.closeSync();
  instance.closeSync();
  before = digest();
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true }));

const fit = (out: string): string[] => ["fit", at("store.duckdb"), "--table", "claims", "--target", "verdict", "--out", at(out)];
const modelOf = (file: string): SqlModel & { fit: Omit<Fitted, "model"> } => JSON.parse(readFileSync(at(file), "utf8")) as SqlModel & { fit: Omit<Fitted, "model"> };

test("with --resume or without, the model is the same (1e-6, the tolerance of the fit), and the database has not changed by a byte", { timeout: 120_000 }, async () => {
  const start = performance.now();
  expect(await focalIn(fit("whole.json"))).toMatchObject({ code: 0 });
  const lasted = performance.now() - start, whole = modelOf("whole.json"), random = randomNumbers(4);
  for (const [out, resumes] of [["resumed.json", true], ["anew.json", false]] as const) {
    const points = Array.from({ length: 3 }, () => Math.round(lasted * (0.3 + 0.65 * random())));
    const goOn = (): string[] => (resumes && existsSync(at(`${out}.checkpoint`)) ? ["--resume"] : []);
    if (resumes) await interrupt(fit(out), at(`${out}.checkpoint`), "SIGKILL"); // once for certain where there is something to go on with
    for (const killAfter of points) {
      await focalIn([...fit(out), ...goOn()], { killAfter });
      expect(digest()).toBe(before);
      if (existsSync(at(out))) modelOf(out); // whole, or not there
    }
    const { code, err } = await focalIn([...fit(out), ...goOn()]);
    expect(code, `killed after ${points.join(", ")} ms of ${Math.round(lasted)}: ${err}`).toBe(0);
    const { fit: how, ...model } = modelOf(out);
    expect([how.ended, how.rows]).toEqual(["converged", rows]);
    expect(model.terms.map(({ column }) => column)).toEqual(whole.terms.map(({ column }) => column));
    [...model.coefficients[0]!, model.intercepts[0]!].forEach((value, j) => expect(Math.abs(value - [...whole.coefficients[0]!, whole.intercepts[0]!][j]!)).toBeLessThan(1e-6));
  }
  expect(readdirSync(folder).filter((file) => !/^(\.|anew\.json\.checkpoint\.old$)|\.new$/.test(file)).sort()).toEqual(["anew.json", "resumed.json", "store.duckdb", "whole.json"]);
});
