import { describe, expect, test } from "vitest";
import { classesOf, positiveOf } from "../src/sections/data/classes.ts";
import { readCsv } from "../src/sections/data/csv/read.ts";
import { Records } from "../src/sections/data/csv/records.ts";
import { exampleFile, EXAMPLES } from "../src/sections/data/examples.ts";
import { guessRoles } from "../src/sections/data/guess.ts";
import { summarize } from "../src/sections/data/summarize.ts";

const quiet = { progress: (): void => undefined, pause: async (): Promise<void> => undefined };
const read = (content: string | Uint8Array<ArrayBuffer>) => readCsv(new Blob([content]), quiet);
const numbers = async (content: string): Promise<number[][]> => (await read(content)).table.columns.map(({ values }) => [...values]);

/** A blob that comes in pieces of so many bytes. */
function inPieces(content: string, size: number): Blob {
  const bytes = new TextEncoder().encode(content), blob = new Blob([bytes]);
  blob.stream = () => new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  }) as ReturnType<Blob["stream"]>;
  return blob;
}

describe("rows of a text", () => {
  const rowsOf = (text: string, size: number): { cells: string[]; line: number }[] => {
    const rows: { cells: string[]; line: number }[] = [], records = new Records(",", (cells, line) => rows.push({ cells: [...cells], line }));
    for (let at = 0; at < text.length; at += size) records.push(text.slice(at, at + size));
    records.end();
    return rows;
  };
  const text = 'a,"b ""quoted"" b",c\r\n1,"two\nlines, one cell",\r\n\n"",x"y,"z"\r3,4,5';
  const wanted = [
    { cells: ["a", 'b "quoted" b', "c"], line: 1 }, { cells: ["1", "two\nlines, one cell", ""], line: 2 }, { cells: [""], line: 4 }, { cells: ["", 'x"y', "z"], line: 5 }, { cells: ["3", "4", "5"], line: 6 },
  ];
  test.each([1, 2, 3, 7, 1000])("are the same in pieces of %i letters, quotation marks, CRLF and all", (size) => {
    expect(rowsOf(text, size)).toEqual(wanted);
  });
  test("a quotation mark that is never closed is named by its line", () => {
    expect(() => rowsOf('a,b\n1,"2\n3,4\n', 5)).toThrow("A quotation mark opened on line 2 is never closed.");
  });
});

describe("a file", () => {
  test("of UTF-8 keeps letters that lie across two pieces", async () => {
    for (const size of [1, 2, 3, 5]) {
      const { table } = await readCsv(inPieces("größe,日本\n1,\"ö\"\n2,語\n", size), quiet);
      expect(table.columns.map(({ name, levels }) => [name, levels])).toEqual([["größe", []], ["日本", ["ö", "語"]]]);
    }
  });
  test("may have a byte-order mark, be UTF-16, and hold semicolons with decimal commas", async () => {
    expect((await read("\uFEFFlabel,score\n1,.5\n")).table.columns[0]!.name).toBe("label");
    const wide = new Uint8Array(new Uint16Array([..."\uFEFFlabel;score\n1;0,25\n"].map((c) => c.charCodeAt(0))).buffer);
    const { table, notes } = await read(wide);
    expect(table.columns.map(({ name, values }) => [name, [...values]])).toEqual([["label", [1]], ["score", [0.25]]]);
    expect(notes).toEqual(["Decimal commas were read as such (0,25 in column “score”)."]);
    expect(await numbers("sep=;\na;b\n1;2\n")).toEqual([[1], [2]]);
    expect(await numbers("a\tb\n1\t2e3\n")).toEqual([[1], [2000]]);
  });
  test("tells numbers, missing values, infinite ones and words apart, each with its line", async () => {
    const { table: { columns: [column] } } = await read("x,y\n1,1\nNA,1\n,1\n-inf,1\n1e999,1\n0x10,1\nabc,1\n 7 ,1\n");
    expect([...column!.values]).toEqual([1, NaN, NaN, -Infinity, Infinity, NaN, NaN, 7]);
    expect(column).toMatchObject({ missing: { count: 2, line: 3 }, infinite: { count: 2, line: 5 }, words: { count: 2, line: 7, text: "0x10" }, levels: ["0x10", "abc"] });
  });
  test("without a line of names gets places for names", async () => {
    const { table, notes } = await read("1,0.5\n0,0.25\n");
    expect(table.rows).toBe(2);
    expect(table.columns.map(({ name }) => name)).toEqual(["column 1", "column 2"]);
    expect(notes[0]).toMatch(/^The first line holds numbers alone/);
  });
  test("may name two columns alike or not at all", async () => {
    expect((await read("a,a,,__proto__\n1,2,3,4\n")).table.columns.map(({ name }) => name)).toEqual(["a", "a (2)", "column 3", "__proto__"]);
  });
  test.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
    ["is empty", "", "The file is empty."],
    ["is blank", "\n\n \n", "The file has no text in it."],
    ["has no rows", "a,b\n", "The file has a first line, “a,b”, and no rows under it."],
    ["has a short row", 'a,b\n1,"2\n2"\n3\n', "Line 4 has 1 value, but the first line names 2 columns."],
    ["has a long row", "a,b\n1,2,3\n", "Line 2 has 3 values, but the first line names 2 columns."],
    ["is binary", new Uint8Array([65, 44, 66, 10, 0, 1, 2]), "This is a binary file, not a CSV."],
    ["is not UTF-8", new Uint8Array([65, 44, 66, 10, 0xe4, 44, 50]), "This is not UTF-8 text: if it is a table, save it as CSV in UTF-8."],
    ["is a workbook", new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), "This is an Excel workbook or a ZIP archive, not a CSV: save the sheet as CSV, or unpack the file first."],
    ["is compressed", new Uint8Array([0x1f, 0x8b, 8, 0]), "This file is compressed (gzip): unpack it first."],
    ["is one endless line", `a,b\n${"x".repeat(2_200_000)}`, "Line 2 is longer than a million characters, which no row of a table is."],
    ["writes numbers both ways", "a;b\n1;0.5\n2;0,5\n", "Column “b” writes numbers both as 0.5 (line 2) and as 0,5 (line 3), so it cannot be told what they mean."],
    ["has very many columns", `${"a,".repeat(2000)}b\n`, "The first line has 2\u202f001 columns; this page reads at most 1\u202f000."],
  ])("that %s is refused in one sentence", async (_, content, sentence) => {
    await expect(read(content)).rejects.toThrow(expect.objectContaining({ name: "FileProblem", message: sentence }));
  });
  test("is left when the reading is cancelled", async () => {
    const pause = async (): Promise<void> => { throw new DOMException("cancelled", "AbortError"); };
    await expect(readCsv(new Blob(["a,b\n1,2\n"]), { ...quiet, pause })).rejects.toThrow("cancelled");
  });
});

describe("classes and columns are guessed", () => {
  const roles = async (content: string) => {
    const { columns } = summarize(await read(content)), found = guessRoles(columns);
    return found && { kind: found.kind, target: columns[found.target]!.name, positive: columns[found.target]!.classes![found.positive]!.name, scores: found.scores.map((k) => columns[k]!.name) };
  };
  test.each<[string, Awaited<ReturnType<typeof roles>>]>([
    ["id,label,score\n1,0,.1\n2,1,.9\n3,0,.2", { kind: "scores", target: "label", positive: "1", scores: ["score"] }],
    ["y_true,y_pred,y_prob\n0,0,.1\n1,1,.9\n1,0,.3", { kind: "scores", target: "y_true", positive: "1", scores: ["y_prob"] }],
    ["age,score,outcome\n31,.5,bad\n40,.25,good", { kind: "scores", target: "outcome", positive: "bad", scores: ["score"] }],
    ["animal;p_dog;p_cat\ncat;,3;,7\ndog;,8;,2", { kind: "scores", target: "animal", positive: "cat", scores: ["p_cat", "p_dog"] }],
    ["kind,logit_a,logit_b,logit_c\na,1,2,-3.5\nb,1,2,3\nc,0,0,1.5", { kind: "scores", target: "kind", positive: "a", scores: ["logit_a", "logit_b", "logit_c"] }],
    ["temperature,load,failed\n1.5,2,yes\n2.5,3,no\n3.5,1,no", { kind: "features", target: "failed", positive: "yes", scores: [] }],
    ["x,y\n1.5,2.5\n2.5,3.5\n", undefined],
  ])("%j", async (content, wanted) => expect(await roles(content)).toEqual(wanted));

  test("in natural order, numbers written differently being one; the positive is the one called so, else the rarer", async () => {
    const { table: { columns: [column] } } = await read("x,y\n10,1\n9,1\n1.0,1\n1,1\n?,1\n");
    expect(classesOf(column!)).toMatchObject({ names: ["1", "9", "10"], counts: [2, 1, 1], labels: Int32Array.of(2, 1, 0, 0, -1) });
    const of = (...classes: readonly [string, number][]): number => positiveOf(classes.map(([name, rows]) => ({ name, rows })));
    expect([of(["0", 1], ["1", 9]), of(["ham", 9], ["x", 90]), of(["a", 9], ["b", 3]), of(["a", 3], ["b", 0], ["c", 2])]).toEqual([1, 1, 1, 2]);
  });
  test.each(EXAMPLES.filter((name) => name !== "million"))("the example %s is always the same file, and is read as it is meant", async (name) => {
    const [one, two] = [await exampleFile(name, quiet.pause), await exampleFile(name, quiet.pause)];
    expect(await one.text()).toBe(await two.text());
    const { columns } = summarize(await readCsv(one, quiet)), found = guessRoles(columns)!;
    expect([found.kind, columns[found.target]!.name, found.scores.length]).toEqual({
      detector: ["scores", "object", 1], screening: ["scores", "ill", 1], animals: ["scores", "animal", 3], machines: ["features", "failed", 0],
    }[name]);
  });
});
