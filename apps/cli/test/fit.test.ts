import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Fitted, SqlEvaluation, SqlModel } from "focal-loss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blobs, focal } from "./program.ts";

let folder: string;
const at = (file: string): string => join(folder, file);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "focal-fit-"));
  writeFileSync(at("blobs.csv"), blobs(600));
  writeFileSync(at("nought.csv"), blobs(20).trim().split("\n").map((line, i) => `${line},${i === 0 ? "nought" : 0}`).join("\n"));
  writeFileSync(at("old.db"), "SQLite format 3\0 and so on");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("focal fit", () => {
  test("fits a file, and writes the model and the query that scores it", async () => {
    const { code, out, err } = await focal("fit", at("blobs.csv"), "--target", "verdict", "--features", "width,<b>colour</b>", "--out", at("model.json"), "--sql", at("scoring.sql"));
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("600 rows");
    expect(out).toMatch(/converged after \d+ passes/);
    expect(out).toContain("width (per standard deviation)");
    const model = JSON.parse(readFileSync(at("model.json"), "utf8")) as SqlModel;
    expect(model).toMatchObject({ kind: "linear", target: "verdict", classes: ["no", "<script>yes</script>"], head: "sigmoid" });
    expect(model.terms.map(({ kind }) => kind)).toEqual(["numeric", "missing", "level"]);
    // The query runs as it is, and its probabilities have the mean of the labels: the posterior is recovered.
    const instance = await DuckDBInstance.create(":memory:"), connection = await instance.connect();
    const [[mean, least, most]] = (await connection.runAndReadAll(`SELECT avg(probability), min(probability), max(probability) FROM (${readFileSync(at("scoring.sql"), "utf8").trim().replace(/;$/, "")})`)).getRows() as [[number, number, number]];
    expect(Math.abs(mean - 0.1)).toBeLessThan(0.02);
    expect(least).toBeGreaterThan(0);
    expect(most).toBeLessThan(1);
  });

  test("a table of a DuckDB database, cross-entropy, and JSON for scripts", async () => {
    const instance = await DuckDBInstance.create(at("store.duckdb")), connection = await instance.connect();
    await connection.run(`CREATE TABLE "my table" AS FROM read_csv('${at("blobs.csv")}')`);
    connection.closeSync();
    instance.closeSync();
    const { code, out } = await focal("fit", at("store.duckdb"), "--table", "my table", "--target", "verdict", "--loss", "cross-entropy", "--features", "width", "--out", at("ce.json"), "--json");
    expect(code).toBe(0);
    expect((JSON.parse(out) as Fitted).model.loss.name).toBe("crossEntropy");
  });

  test("a table of another schema, and a query that runs in the database itself and hands on a key", async () => {
    const instance = await DuckDBInstance.create(at("schemas.duckdb")), connection = await instance.connect();
    await connection.run(`CREATE SCHEMA sales; CREATE TABLE sales.calls AS FROM read_csv('${at("blobs.csv")}')`);
    connection.closeSync();
    instance.closeSync();
    const command = ["fit", at("schemas.duckdb"), "--target", "verdict", "--features", "width", "--out", at("calls.json"), "--sql", at("calls.sql")];
    expect(await focal(...command, "--table", "sales.calls", "--keep", "row_id,verdict")).toMatchObject({ code: 0 });
    const again = await DuckDBInstance.create(at("schemas.duckdb")), reader = await (await again.connect()).runAndReadAll(readFileSync(at("calls.sql"), "utf8"));
    expect(reader.columnNames()).toEqual(["row_id", "verdict", "probability"]);
    expect(reader.currentRowCount).toBe(600);
    again.closeSync();
    expect((await focal(...command, "--table", "calls")).err).toContain('there is no table "calls" in ');
    expect((await focal(...command, "--table", "calls")).err).toContain('it has "sales.calls"');
    expect((await focal(...command, "--table", "sales.calls", "--keep", "key")).err).toContain('"key" not found');
  });

  test.each<[string, string[], string]>([
    ["a database of SQLite", ["SQLITE", "--target", "y"], "is a database of SQLite, which is not read: write the table to a CSV file"],
    ["columns kept for no query", ["BLOBS", "--target", "verdict", "--keep", "row_id"], "keep needs --sql, the query that it is about"],
    ["weights that are all 0", ["BLOBS", "--target", "verdict", "--features", "width", "--weights", "nought"], `the weights "nought" of all rows are 0`],
    ["a file that is not there", ["nowhere.csv", "--target", "y"], `DuckDB: No files found that match the pattern "nowhere.csv"`],
    ["a database that is not there", ["nowhere.duckdb", "--table", "t", "--target", "y"], `there is no database "nowhere.duckdb"`],
    ["a column that is not there", ["BLOBS", "--target", "y"], `has no column "y" for the target; it has "width", "<b>colour</b>", "row_id", "verdict"`],
    ["a password in the address", ["clickhouse://me:secret@localhost:8123/db", "--table", "t", "--target", "y"], "the address must not hold a password, which other users of this machine could read: set CLICKHOUSE_PASSWORD instead"],
    ["no table on a server", ["clickhouse://localhost:8123/db", "--target", "y"], "--table must name the table on the server"],
    ["a server that is not there", ["clickhouse://127.0.0.1:1/db", "--table", "t", "--target", "y"], "ClickHouse: the server cannot be reached (ECONNREFUSED)"],
    ["another kind of server", ["mysql://localhost/db", "--table", "t", "--target", "y"], "the address must begin with clickhouse:// or clickhouses:// (TLS), got mysql://"],
    ["a table of a file", ["BLOBS", "--table", "t", "--target", "y"], "--table is for servers and DuckDB databases: a file is a table itself"],
    ["an unknown loss", ["BLOBS", "--target", "verdict", "--loss", "nope"], "loss must be cross-entropy, focal,"],
    ["nothing to go on with", ["BLOBS", "--target", "verdict", "--resume"], "nothing to resume: there is no"],
  ])("%s is one sentence", async (_, args, sentence) => {
    const { code, out, err } = await focal("fit", ...args.map((arg) => (arg === "BLOBS" ? at(args.includes("nought") ? "nought.csv" : "blobs.csv") : arg === "SQLITE" ? at("old.db") : arg)), "--out", at("never.json"));
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(sentence);
    expect(err.split("\n")).toHaveLength(1);
    expect(err).not.toContain("secret");
  });

  test("Ctrl-C leaves a checkpoint that --resume goes on from, to the same model (1e-6, the tolerance of the fit)", async () => {
    const instance = await DuckDBInstance.create(":memory:"), connection = await instance.connect();
    await connection.run(`COPY (SELECT b.*, width + 0.1 * (i % 7) AS wide FROM read_csv('${at("blobs.csv")}') b, range(300) r(i)) TO '${at("many.parquet")}' (FORMAT parquet)`);
    const command = ["fit", at("many.parquet"), "--target", "verdict", "--features", "width,wide,<b>colour</b>", "--json"];
    const before = process.listenerCount("SIGINT"), poll = setInterval(() => {
      if (process.listenerCount("SIGINT") === before) return;
      clearInterval(poll);
      setTimeout(() => process.emit("SIGINT"), 300);
    }, 10);
    const stopped = await focal(...command, "--out", at("stopped.json"));
    expect([stopped.code, stopped.err]).toEqual([130, "focal: stopped; go on with the same command and --resume"]);
    const resumed = await focal(...command, "--out", at("stopped.json"), "--resume"), whole = await focal(...command, "--out", at("whole.json"));
    expect(resumed.code).toBe(0);
    const coefficients = ({ out }: { out: string }): readonly number[] => (JSON.parse(out) as Fitted).model.coefficients[0]!;
    coefficients(resumed).forEach((value, j) => expect(Math.abs(value - coefficients(whole)[j]!)).toBeLessThan(1e-6));
  });

  test("a server that never answers ends in one sentence after --timeout", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as { port: number };
      const { code, err } = await focal("fit", `clickhouse://127.0.0.1:${port}/db`, "--table", "t", "--target", "y", "--timeout", "1", "--out", at("never.json"));
      expect(code).toBe(1);
      expect(err).toBe("focal: ClickHouse: the server did not answer in time; the client's request_timeout says how long it may take");
    } finally {
      server.close();
    }
  });
});

describe("focal evaluate", () => {
  test("judges a fitted model where the rows lie", async () => {
    await focal("fit", at("blobs.csv"), "--target", "verdict", "--features", "width,<b>colour</b>", "--out", at("model.json"));
    const { code, out } = await focal("evaluate", at("model.json"), at("blobs.csv"));
    expect(code).toBe(0);
    expect(out).toContain("600 rows");
    expect(out).toMatch(/average precision 0\.\d{4} \(between 0\.\d{4} and 0\.\d{4}\)/);
    const json = JSON.parse((await focal("evaluate", at("model.json"), at("blobs.csv"), "--json")).out) as SqlEvaluation;
    expect(json.confusion.flat().reduce((a, b) => a + b)).toBe(600);
  });

  test("weighs rows by a column", async () => {
    const [header, ...lines] = blobs(600).trim().split("\n");
    writeFileSync(at("weighed.csv"), `${[`${header!},w`, ...lines.map((line, i) => `${line},${i % 2 === 0 ? 2.5 : 0}`)].join("\n")}\n`);
    const weighed = await focal("evaluate", at("model.json"), at("weighed.csv"), "--weights", "w");
    expect(weighed.out).toContain("600 rows, of weight 750 in all: what follows counts weight");
    expect(JSON.parse((await focal("evaluate", at("model.json"), at("weighed.csv"), "--weights", "w", "--json")).out)).toMatchObject({ rows: 600, weight: 750 });
    expect((await focal("evaluate", at("model.json"), at("weighed.csv"), "--weights", "height")).err).toContain('has no column "height" for weights');
  });

  test("a file that is no model, and no rows, are one sentence", async () => {
    expect((await focal("evaluate", at("blobs.csv"), at("blobs.csv"))).err).toBe(`focal: ${JSON.stringify(at("blobs.csv"))} is no model of focal fit: it is no JSON (truncated?)`);
    expect((await focal("evaluate", at("nowhere.json"), at("blobs.csv"))).err).toBe(`focal: cannot read ${JSON.stringify(at("nowhere.json"))}: there is no such file`);
    expect((await focal("evaluate", at("model.json"))).err).toContain("evaluate needs");
  });
});
