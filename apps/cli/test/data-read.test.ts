import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../src/data/database.ts";
import { readTable } from "../src/data/index.ts";
import type { Column } from "../src/data/table.ts";
import { file, pathOf, sentence } from "./data-files.ts";

const values = (column: Column | undefined): unknown[] => {
  if (column?.kind === "number") return [...column.values].map((value) => (Number.isNaN(value) ? null : value));
  if (column?.kind === "text") return [...column.codes].map((code) => (code < 0 ? null : column.levels[code]));
  return [column?.kind];
};
const read = async (...paths: string[]) => {
  const table = await readTable(paths);
  return Object.fromEntries(table.columns.map((column) => [column.name, values(column)]));
};

describe("what is read", () => {
  test("quotes, commas, line breaks and HTML inside cells", async () => {
    const path = file("quotes.csv", 'name,n\n"a, ""b""",1\n"two\nlines",2\n<script>alert(1)</script>,3\n');
    expect(await read(path)).toEqual({ name: ['a, "b"', "two\nlines", "<script>alert(1)</script>"], n: [1, 2, 3] });
  });
  test("semicolons with decimal commas, tabs, bars", async () => {
    expect(await read(file("semicolon.csv", "a;b\n1,5;x, y\n2,25;z\n"))).toEqual({ a: [1.5, 2.25], b: ["x, y", "z"] });
    expect(await read(file("points.csv", "a;b\n1.5;x\n2.25;z\n"))).toEqual({ a: [1.5, 2.25], b: ["x", "z"] });
    expect(await read(file("tabs.tsv", "a\tb\n1\tx\n"))).toEqual({ a: [1], b: ["x"] });
    expect(await read(file("bars.txt", "a|b\n1|x\n"))).toEqual({ a: [1], b: ["x"] });
  });
  test("a byte-order mark, CR LF and names beyond ASCII", async () => {
    expect(await read(file("bom.csv", "\ufeffname,größe,体重\r\nx,1,2.5\r\n"))).toEqual({ name: ["x"], größe: [1], 体重: [2.5] });
  });
  test("every usual word for a missing value, infinities too; None stays a value", async () => {
    const path = file("missing.csv", "a,b,c,d\n1,x,NA,1.5\nNaN,NA,,inf\nNULL,None,?,-inf\n,?,n/a,2\n");
    expect(await read(path)).toEqual({ a: [1, null, null, null], b: ["x", null, "None", null], c: [null, null, null, null], d: [1.5, null, null, 2] });
  });
  test("yes and true stay words, leading zeros stay text, spaces around text go", async () => {
    const path = file("words.csv", "a,b,c,d\nyes,true,007, x\nno,false,010,x \n");
    expect(await read(path)).toEqual({ a: ["yes", "no"], b: ["true", "false"], c: ["007", "010"], d: ["x", "x"] });
  });
  test("a type is settled by every row, not by the first ones", async () => {
    const table = await readTable([file("late.csv", `a\n${"1\n".repeat(30_000)}x\n`)]);
    expect(table.columns[0]).toMatchObject({ kind: "text", levels: ["1", "x"] });
  });
  test("rows keep the order of the file, however many threads read it", async () => {
    const table = await readTable([file("order.csv", `a,b\n${Array.from({ length: 300_000 }, (_, i) => `${i},x`).join("\n")}\n`)]);
    expect(table.columns[0]).toEqual({ kind: "number", name: "a", values: Float64Array.from({ length: 300_000 }, (_, i) => i) });
  });
  test("dates are recognised and counted, not read", async () => {
    const table = await readTable([file("dates.csv", "d,t,n\n2020-01-01,2020-01-01 10:00:00,1\n,2021-01-01 11:30:00,2\n")]);
    expect(table.columns.slice(0, 2)).toEqual([{ kind: "other", name: "d", type: "DATE", missing: 1 }, { kind: "other", name: "t", type: "TIMESTAMP", missing: 0 }]);
  });
  test("JSON as array and as lines, nested values aside", async () => {
    expect(await read(file("array.json", '[{"a":1,"b":"x"},{"a":2.5,"b":null,"c":[1]}]'))).toEqual({ a: [1, 2.5], b: ["x", null], c: ["other"] });
    expect(await read(file("lines.jsonl", '{"a":true}\n{"a":false}\n'))).toEqual({ a: ["true", "false"] });
  });
  test("Parquet, and compression by gzip and zstd", async () => {
    await withDatabase(async (connection) => {
      for (const name of ["t.parquet", "t.csv.zst", "t.csv.gz", "t.jsonl.gz"]) {
        await connection.run(`COPY (SELECT 1.5::DECIMAL(4,1) a, 'x' b, 3::UTINYINT c, TRUE d) TO '${pathOf(name)}'`);
      }
    });
    for (const name of ["t.parquet", "t.csv.zst", "t.csv.gz", "t.jsonl.gz"]) {
      expect(await read(pathOf(name)), name).toEqual({ a: [1.5], b: ["x"], c: [3], d: ["true"] });
    }
  });
  test("several files and globs as one table, columns in any order, types widened", async () => {
    file("part-1.csv", "a,b\n1,x\n");
    file("part-2.csv", "b,a\ny,2.5\n");
    expect(await read(pathOf("part-*.csv"))).toEqual({ a: [1, 2.5], b: ["x", "y"] });
    expect(await read(pathOf("part-1.csv"), pathOf("part-2.csv"))).toEqual({ a: [1, 2.5], b: ["x", "y"] });
  });
  test("a file whose name holds glob characters and a quote", async () => {
    expect(await read(file("odd [1]*'s.csv", "a\n1\n"))).toEqual({ a: [1] });
  });
  test("columns can be asked for as text", async () => {
    const table = await readTable([file("codes.csv", "zip,n\n1.0,1\n2.50,2\n")], ["zip", "absent"]);
    expect(values(table.columns[0])).toEqual(["1.0", "2.50"]);
    expect(values(table.columns[1])).toEqual([1, 2]);
  });
  test("the bundled tables, with the numbers of rows they promise", async () => {
    const rows = async (name: string) => (await readTable([`${import.meta.dirname}/../../../examples/data/${name}.csv.gz`])).rows;
    expect(await Promise.all(["shuttle", "thyroid", "birdstrikes"].map(rows))).toEqual([58_000, 7200, 10_000]);
  });
});

describe("what is refused, in one sentence", () => {
  const cases: readonly (readonly [name: string, content: string | Uint8Array, message: string])[] = [
    ["empty.csv", "", 'data: "empty.csv" is empty'],
    ["blank.csv", " \n", 'data: "blank.csv" is empty, expected a header line with column names'],
    ["header.csv", "a,b\n", "data: header.csv has no rows"],
    ["long.csv", "a,b\n1,2\n3,4,5\n", 'data: "long.csv", line 3: 3 values where the header names 2 columns'],
    ["short.csv", "a,b,c\n1,2,3\n\n3,4\n", 'data: "short.csv", line 4: 2 values where the header names 3 columns'],
    ["open.csv", 'a,b\n"x,1\ny,2\n', 'data: "open.csv", line 2: a quotation mark is opened and never closed'],
    ["latin1.csv", Uint8Array.of(97, 44, 98, 10, 233, 44, 49, 10), 'data: cannot read "latin1.csv": not UTF-8 text, save the file as UTF-8'],
    ["latin1-header.csv", Uint8Array.of(97, 44, 233, 10, 49, 44, 49, 10), 'data: cannot read "latin1-header.csv": not UTF-8 text, save the file as UTF-8'],
    ["twice.csv", "a,b,a\n1,2,3\n", 'data: column "a" stands twice in the header of "twice.csv", rename one'],
    ["case.csv", "Age,age\n1,2\n", 'data: columns "Age" and "age" of "case.csv" differ only in case, rename one'],
    ["cut.csv.gz", gzipSync(`a,b\n${"1,2\n".repeat(100_000)}`).subarray(0, 300), 'data: "cut.csv.gz" is not a whole gzip file: unexpected end of file'],
    ["not.csv.gz", "a,b\n1,2\n", 'data: "not.csv.gz" is not a whole gzip file: incorrect header check'],
    ["cut.json", '[{"a":1,', 'data: cannot read "cut.json" as JSON: Malformed JSON in file "cut.json", at byte 8 in record/value 2: unexpected end of data'],
    ["no.parquet", "a,b\n1,2\n3,4\n5,6\n7,8\n", `data: cannot read "no.parquet" as Parquet: No magic bytes found at end of file 'no.parquet'`],
    ["sheet.xlsx", "PK", 'data: cannot tell the format of "sheet.xlsx", expected .csv, .tsv, .parquet, .json or .jsonl, with .gz or .zst if compressed'],
  ];
  test.each(cases)("%s", async (name, content, message) => {
    expect(await sentence(() => readTable([file(name, content)]))).toBe(message);
  });
  test("no such file, no match, a folder, no file named", async () => {
    mkdirSync(pathOf("folder"));
    expect(await sentence(() => readTable([pathOf("nope.csv")]))).toBe('data: no such file: "nope.csv"');
    expect(await sentence(() => readTable([pathOf("nope*.csv")]))).toBe('data: no file matches "nope*.csv"');
    expect(await sentence(() => readTable([pathOf("folder")]))).toBe('data: "folder" is a folder, expected a file: write "folder/*.csv" for all files in it');
    expect(await sentence(() => readTable([]))).toBe("data: name at least one data file");
  });
  test("files that do not belong together", async () => {
    const [a, b, c, d] = [file("x1.csv", "a,b\n1,2\n"), file("x2.csv", "a,c\n1,2\n"), file("x3.json", '[{"a":1}]'), file("x4.csv", "a;b\n1;2\n")];
    expect(await sentence(() => readTable([a, b]))).toBe('data: files must share their columns: "b" is in "x1.csv" but not in "x2.csv"');
    expect(await sentence(() => readTable([a, c]))).toBe("data: files must share one format, got x1.csv (csv) and x3.json (json)");
    expect(await sentence(() => readTable([a, pathOf("x1*.csv")]))).toBe('data: "x1.csv" is named twice, its rows would count double');
    expect(await sentence(() => readTable([a, d]))).toBe('data: files must share one delimiter, got "," in "x1.csv" and ";" in "x4.csv"');
  });
  test("a gzip file cut at any of twenty places", async () => {
    const whole = gzipSync(gunzipSync(gzipSync(`a,b\n${Array.from({ length: 20_000 }, (_, i) => `${i},${i % 7}`).join("\n")}\n`)));
    for (let i = 1; i <= 20; i++) {
      const path = pathOf("anywhere.csv.gz");
      writeFileSync(path, whole.subarray(0, Math.floor((whole.length * i) / 21)));
      expect(await sentence(() => readTable([path]))).toMatch(/not a whole gzip file/);
    }
  });
  test("reading leaves no file behind", () => {
    expect(readdirSync(pathOf("")).filter((name) => /\.(wal|tmp|duckdb)$/.test(name))).toEqual([]);
  });
});
