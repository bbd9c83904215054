import { FocalError } from "focal-loss";
import { evaluateSql, freePrefix, quoteName, quoteText, scoringSql } from "focal-loss/sql";
import type { Dialect, SqlEngine, SqlModel } from "focal-loss/sql";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshDuckdb } from "./sql/duckdb.ts";
import { clickhouse, postgres } from "./sql/servers.ts";
import type { Server } from "./sql/servers.ts";

const vile = [
  `"`, `'`, "`", "\\", "\\'", `\\"`, "\\`", "''", `""`, "a b", "🦊", "naïve ç", `'); DROP TABLE judged; --`, `"; DROP TABLE judged; --`, "`; DROP TABLE judged; --", "\\'; DROP TABLE judged; --", `"" OR 1=1`, "/*", "*/", "--", ";", "select", "$1", "$$", "?", "{x:String}", ":x",
  "%s", "E'", "x\ny", "tab\t", "\u2028", "FROM", "1", "focal_logit0", "focal_1", "U&\"\\0041\"", "\\N", "\\x41", "\\0", "\\u0041", "é", "-1", "NULL",
];
/** Names of all kinds of signs, the vile ones among them; PostgreSQL cuts names after 63 bytes. */
const names = fc.oneof(
  fc.constantFrom(...vile),
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).filter((name) => !name.includes("\0")),
  fc.string({ unit: fc.constantFrom(`"`, "'", "`", "\\", ";", "-", " ", "a", "\n", "🦊"), minLength: 1, maxLength: 12 }),
);

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const model = (column: string, target: string, classes: readonly string[]): SqlModel => ({
  kind: "linear", target, classes, head: classes.length > 2 ? "softmax" : "sigmoid", loss: { name: "crossEntropy", parameters: {}, alpha: null },
  terms: [{ kind: "numeric", column, center: 0, scale: 1, missing: false }, { kind: "level", column: target, compared: "text", level: classes[0]! }],
  coefficients: classes.length > 2 ? classes.map((_, k) => [k, 0]) : [[1, 0]], intercepts: classes.length > 2 ? classes.map(() => 0) : [0], offset: null,
});

describe("inside DuckDB", () => {
  let engine: SqlEngine;
  beforeAll(async () => { engine = await freshDuckdb(); });

  test("any text is one text, and any name one name", async () => {
    await fc.assert(fc.asyncProperty(names, async (name) => {
      expect(await engine.query(`SELECT ${quoteText("duckdb", name)}`)).toEqual([[name]]);
      expect(await engine.query(`SELECT ${quoteName("duckdb", name)} FROM (SELECT 42 AS ${quoteName("duckdb", name)})`)).toEqual([[42]]);
    }), { numRuns: 300 });
  });

  test("tables, columns, classes and columns kept may be called anything: scores and metrics are the same", async () => {
    // DuckDB's names are the same in any case.
    const apart = fc.uniqueArray(names.filter((name) => !/^probability/i.test(name)), { minLength: 5, maxLength: 5, selector: (name) => name.toLowerCase() });
    await fc.assert(fc.asyncProperty(apart, async ([table, column, target, key, third]) => {
      const quote = (name: string): string => quoteName("duckdb", name), text = (value: string): string => quoteText("duckdb", value), classes = [key!, third!, "other"];
      await engine.query(`CREATE OR REPLACE TABLE ${quote(table!)} AS SELECT * FROM (VALUES (1::DOUBLE, ${text(key!)}, 7), (-2, ${text(third!)}, 8)) AS t (${quote(column!)}, ${quote(target!)}, ${quote(key!)})`);
      const scoring = scoringSql(model(column!, target!, [key!, third!]), "duckdb", { from: table!, keep: [key!] });
      expect((await engine.query(`DESCRIBE ${scoring}`)).map(([name]) => name)).toEqual([key, "probability"]);
      const rows = await engine.query(`${scoring} ORDER BY 1`) as number[][];
      expect(rows.map(([kept]) => kept)).toEqual([7, 8]);
      [1, -2].forEach((x, i) => expect(rows[i]![1]).toBeCloseTo(sigmoid(x), 14));
      expect((await engine.query(`DESCRIBE ${scoringSql(model(column!, target!, classes), "duckdb", { from: table! })}`)).map(([name]) => name)).toEqual(classes.map((name) => `probability_${name}`));
      expect((await evaluateSql(engine, table!, model(column!, target!, [key!, third!]))).confusion).toEqual([[0, 1], [1, 0]]);
      await engine.query(`DROP TABLE ${quote(table!)}`);
    }), { numRuns: 60 });
  });
});

describe.each([
  { what: "PostgreSQL", start: postgres, packages: "postgresql", bytes: (sql: string) => `encode(convert_to(${sql}, 'UTF8'), 'hex')` },
  { what: "ClickHouse", start: clickhouse, packages: "clickhouse-server", bytes: (sql: string) => `lower(hex(${sql}))` },
])("inside $what, where it is installed", ({ what, start, packages, bytes }) => {
  let server: Server | undefined;
  beforeAll(async () => { server = await start(); }, 30_000);
  afterAll(() => server?.stop(), 30_000);

  test("any text is one text, and any name one name", { timeout: 60_000 }, async ({ skip }) => {
    if (!server) return skip(`${what} is not installed (Debian: ${packages})`);
    const { engine: { query, dialect } } = server, list = [...new Set([...vile, ...fc.sample(names, { numRuns: 200, seed: 1 })])], quoted = list.map((name) => quoteName(dialect, name));
    const same = await query(`SELECT ${list.map((text) => `${bytes(quoteText(dialect, text))} = '${Buffer.from(text).toString("hex")}'`).join(", ")}`);
    list.forEach((text, i) => expect([1, "t"], text).toContain(same[0]![i]));
    expect(await query(`SELECT ${quoted.join(", ")} FROM (SELECT ${quoted.map((name, i) => `${i} AS ${name}`).join(", ")}) AS t`)).toEqual([list.map((_, i) => i)]);
  });
});

test.each(["duckdb", "clickhouse", "postgres", "trino", "spark"] as const)("%s: names with a NUL or half a character, and empty ones, are refused", (dialect: Dialect) => {
  for (const name of ["a\0b", "\ud800", ""]) expect(() => quoteName(dialect, name)).toThrow(FocalError);
  for (const text of ["a\0b", "x\udc00"]) expect(() => quoteText(dialect, text)).toThrow(FocalError);
  expect(quoteText(dialect, "")).toBe("''");
  expect(quoteName(dialect, "a", "b")).toMatch(/^(["`])a\1\.\1b\1$/);
});

test("a dialect that is not known is refused by name", () => {
  expect(() => quoteName("mysql" as Dialect, "a")).toThrow('dialect must be duckdb, clickhouse, postgres, trino, spark, got "mysql"');
});

test("no column begins as aliases do", () => {
  expect(freePrefix(["amount", "Focal_1"])).toBe("focal__");
  fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom("f", "o", "c", "a", "l", "_", "F"), maxLength: 9 })), (columns) => {
    const prefix = freePrefix(columns);
    expect(columns.some((column) => column.toLowerCase().startsWith(prefix))).toBe(false);
  }));
});
