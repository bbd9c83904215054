import { describe, expect, test } from "vitest";
import { describeSplit, encode, loadDataset, prepare, readTable, splitRows, type DataOptions } from "../src/data/index.ts";
import { file, numbers, sentence } from "./data-files.ts";

const bundled = (name: string) => `${import.meta.dirname}/../../../examples/data/${name}.csv.gz`;
const load = (content: string, options: Partial<DataOptions> = {}) => loadDataset({ files: [file("data.csv", content)], target: "y", ...options });
const refused = (content: string, options: Partial<DataOptions> = {}) => sentence(() => load(content, options));
const table = (...labels: (string | number)[]) => `x,y\n${labels.map((label, i) => `${i / 2},${label}`).join("\n")}\n`;
const times = (label: string, n: number) => Array.from({ length: n }, () => label);

describe("classes", () => {
  test("of two, the rarer is the positive one, which stands second; on a tie the later name", async () => {
    expect((await load(table("b", "a", "b", "b"))).target).toMatchObject({ classes: ["b", "a"], counts: [3, 1] });
    expect((await load(table(1, 0, 0, 0))).target.classes).toEqual(["0", "1"]);
    expect((await load(table("yes", "no"))).target.classes).toEqual(["no", "yes"]);
  });
  test("of more, in natural order", async () => {
    expect((await load(table("c10", "c2", "c1", "c2"))).target).toMatchObject({ classes: ["c1", "c2", "c10"], counts: [1, 2, 1], missing: 0 });
  });
  test("a named positive class stands second, and against the rest when there are more", async () => {
    expect((await load(table("b", "a", "b", "b"), { positive: "b" })).target.classes).toEqual(["a", "b"]);
    const { target } = await load(table("b", "a", "c", ""), { positive: "c" });
    expect(target).toMatchObject({ classes: ["not c", "c"], againstRest: true, counts: [2, 1], missing: 1 });
    expect([...target.labels]).toEqual([0, 0, 1, -1]);
  });
  test("rows without a target are left out, with a note", async () => {
    const { target, notes } = await load("x,y\n1,a\n2,\n3,b\n4,NA\n");
    expect([...target.labels]).toEqual([0, -1, 1, -1]);
    expect(notes).toEqual([expect.stringMatching(/^2 of 4 rows of .*data\.csv have no value of "y" and were left out\.$/)]);
  });
  test("labels with HTML stay what they are", async () => {
    expect((await load(table("<b>a</b>", "<i>", "<i>"))).target.classes).toEqual(["<i>", "<b>a</b>"]);
  });
});

describe("targets that cannot be learned are refused in one sentence", () => {
  test("an unknown name, with the near ones", async () => {
    expect(await refused("age,Class\n1,2\n", { target: "clas" })).toBe('data: no column "clas" in data.csv (target): did you mean "Class"?');
    expect(await refused("age,size\n1,2\n", { target: "species" })).toBe('data: no column "species" in data.csv (target): there are "age", "size"');
  });
  test("one class, no value, a quantity, a date, too many names", async () => {
    expect(await refused(table("a", "a"))).toBe('data: target "y" has one class only ("a"), nothing to tell apart');
    expect(await refused("x,y\n1,a\n")).toBe('data: target "y" has one class only ("a"), nothing to tell apart');
    expect(await refused("x,y\n1,\n2,\n")).toBe('data: target "y" is missing in every row of data.csv');
    expect(await refused(table(...Array.from({ length: 101 }, (_, i) => i * 1.5)))).toBe(
      'data: target "y" has 101 different numbers and looks like a quantity (regression), expected at most 100 classes');
    expect(await refused("x,y\n1,2020-01-01\n2,2021-01-01\n")).toBe('data: target "y" of data.csv is a DATE, expected classes: text or a few numbers');
    expect(await refused(table(...Array.from({ length: 101 }, (_, i) => `n${i}`)))).toBe('data: target "y" has 101 different values, expected at most 100 classes');
  });
  test("an unknown positive class", async () => {
    expect(await refused(table("yes", "no"), { positive: "Yes" })).toBe('data: no class "Yes" in target "y": did you mean "yes"?');
  });
  test("dropping the target, or a column that is not there", async () => {
    expect(await refused(table("a", "b"), { drop: ["y"] })).toBe('data: cannot drop "y", it is the target');
    expect(await refused(table("a", "b"), { drop: ["xx"] })).toBe('data: no column "xx" in data.csv (to drop): did you mean "x"?');
  });
});

describe("random splits", () => {
  const labels = [...times("common", 100), ...times("rare", 10), ...times("least", 3)];
  test("60/20/20 of every class, each row once, every class everywhere", async () => {
    const dataset = await load(table(...labels));
    const { train, validation, test: held } = splitRows(dataset, 7);
    const count = (rows: Uint32Array, label: number) => rows.filter((row) => dataset.target.labels[row] === label).length;
    expect(dataset.target.classes).toEqual(["common", "least", "rare"]);
    expect([0, 1, 2].map((label) => [train, validation, held].map((rows) => count(rows, label)))).toEqual([[60, 20, 20], [1, 1, 1], [6, 2, 2]]);
    expect([...train, ...validation, ...held].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
  });
  test("the seed decides", async () => {
    const dataset = await load(table(...labels));
    expect(splitRows(dataset, 3)).toEqual(splitRows(dataset, 3));
    expect(splitRows(dataset, 4).test).not.toEqual(splitRows(dataset, 3).test);
    const held = (row: number) => Array.from({ length: 400 }, (_, seed) => splitRows(dataset, seed).test.includes(row)).filter(Boolean).length;
    // 400 draws at 20 %: mean 80, standard deviation 8; five of those each way.
    for (const row of [0, 50, 99]) expect(Math.abs(held(row) - 80)).toBeLessThan(40);
  });
  test("a class with fewer than three rows is named", async () => {
    const dataset = await load(table(...times("a", 9), "b", "b"));
    expect(await sentence(() => splitRows(dataset, 1))).toBe('data: class "b" of "y" has 2 rows in all, expected at least 3: every part needs each class');
  });
});

describe("splits that come with the data", () => {
  const rows = (part: string, label: string, n: number) => times(`1,${label},${part}`, n);
  const official = (...lines: string[][]) => `x,y,part\n${lines.flat().join("\n")}\n`;
  test("the test part is fixed, validation is a fifth of the training part", async () => {
    const dataset = await load(official(rows("train", "a", 20), rows("Test", "a", 4), rows("train", "b", 10), rows("test", "b", 2)), { split: "part" });
    const [one, two] = [splitRows(dataset, 1), splitRows(dataset, 2)];
    expect([one.train.length, one.validation.length, one.test.length]).toEqual([24, 6, 6]);
    expect([...one.test]).toEqual([20, 21, 22, 23, 34, 35]);
    expect(two.test).toEqual(one.test);
    expect(two.validation).not.toEqual(one.validation);
    expect(describeSplit(dataset)).toBe('official split (column "part"), validation a stratified 20 % of its training part');
  });
  test("validation rows that are named are used", async () => {
    const dataset = await load(official(...["train", "val", "test"].flatMap((part) => [rows(part, "a", 2), rows(part, "b", 1)])), { split: "part" });
    expect(splitRows(dataset, 1)).toEqual({ train: Uint32Array.of(0, 1, 2), validation: Uint32Array.of(3, 4, 5), test: Uint32Array.of(6, 7, 8) });
  });
  test("Shuttle: 43 500 rows for training, 14 500 for the test", async () => {
    const dataset = await loadDataset({ files: [bundled("shuttle")], target: "Class", split: "split" });
    const { train, validation, test: held } = splitRows(dataset, 1);
    expect([train.length + validation.length, held.length]).toEqual([43_500, 14_500]);
    expect([held[0], held.length - 1 + held[0]!]).toEqual([43_500, 57_999]);
    expect(dataset.target.counts).toEqual([10, 13, 3267, 50, 171, 8903, 45_586]);
  });
  test("a split column that is not asked for is no feature, and named in a note", async () => {
    const dataset = await loadDataset({ files: [bundled("thyroid")], target: "class" });
    expect(dataset.notes).toEqual(['Column "split" names training and test rows and was not used; choose that split with --split split.']);
    expect(prepare(dataset, 1).columns.find(({ name }) => name === "split")).toMatchObject({ kind: "dropped" });
  });
  test("thyroid: 41 test rows are copies of training rows, counted against the whole training part", async () => {
    const dataset = await loadDataset({ files: [bundled("thyroid")], target: "class", split: "split" });
    const whole = { ...dataset, official: { ...dataset.official!, hasValidation: true, parts: dataset.official!.parts.slice() } };
    // One row of each class moves to validation, so that the training part is complete but for three rows.
    for (const label of [0, 1, 2]) whole.official.parts[dataset.target.labels.indexOf(label)] = 1;
    const { duplicateRows } = prepare(whole, 1);
    expect(duplicateRows).toBeGreaterThanOrEqual(38);
    expect(duplicateRows).toBeLessThanOrEqual(41);
  });
  test("a test file: joined by column name, its rows are the test part", async () => {
    const test = file("test.csv", "extra,y,color,x\n,b,green,7\n,a,red,8\n");
    const dataset = await load("x,color,y\n1,red,a\n2,blue,b\n3,red,a\n4,blue,b\n", { test: [test] });
    expect(dataset.table.columns.map(({ name }) => name)).toEqual(["x", "color", "y"]);
    expect(dataset.table.columns[1]).toMatchObject({ levels: ["red", "blue", "green"], codes: Int32Array.of(0, 1, 0, 1, 2, 0) });
    expect([...splitRows(dataset, 1).test]).toEqual([4, 5]);
  });
  test("what does not fit is refused", async () => {
    const content = official(rows("train", "a", 4), rows("test", "a", 2), rows("train", "b", 1), rows("test", "b", 1));
    const dataset = await load(content, { split: "part" });
    expect(await sentence(() => splitRows(dataset, 1))).toBe('data: class "b" of "y" has 1 row in the training part of column "part", expected at least 2: every part needs each class');
    const noTest = await load(official(rows("train", "a", 4), rows("train", "b", 4), rows("test", "a", 1)), { split: "part" });
    expect(await sentence(() => splitRows(noTest, 1))).toBe('data: class "b" of "y" has 0 rows in the test part of column "part", expected at least 1: every part needs each class');
    expect(await refused(content, { split: "x" })).toBe('data: split column "x" holds no text, expected the words train, test and perhaps validation');
    expect(await refused(content.replace("train", "other"), { split: "part" })).toBe('data: split column "part" holds "other", expected train, test or validation');
    expect(await refused(content.replace("train", ""), { split: "part" })).toBe('data: split column "part" is empty in row 1 of data.csv, expected train, test or validation');
    expect(await refused(content.replaceAll("test", "train"), { split: "part" })).toBe('data: split column "part" marks no row as test');
    expect(await refused(content, { split: "part", test: ["t.csv"] })).toBe("data: give a split column or a test file, not both");
  });
  test("a test file that does not match is refused", async () => {
    const base = "amount,y\n1,a\n2,b\n";
    expect(await refused(base, { test: [file("lacks.csv", "Amount,y\n1,a\n")] })).toBe('data: lacks.csv lacks column "amount" of data.csv: did you mean "Amount"?');
    expect(await refused(base, { test: [file("text.csv", "amount,y\nmany,a\n")] })).toBe('data: column "amount" holds numbers (1) in data.csv but text ("many") in text.csv');
    const empty = await load(base, { test: [file("nothing.csv", "amount,y\n,a\n,b\n")] });
    expect(empty.table.columns[0]).toMatchObject({ kind: "number", values: Float64Array.of(1, 2, NaN, NaN) });
  });
});

test("copies of training rows in the test part are counted, labels aside", async () => {
  const random = numbers(5);
  const lines = Array.from({ length: 60 }, (_, i) => `${random()},${i % 2 ? "a" : "b"}`);
  const content = `x,y,part\n${lines.map((line, i) => `${line},${i < 40 ? "train" : i < 50 ? "validation" : "test"}`).join("\n")}\n`;
  const copy = lines.slice(0, 3).map((line) => `${line.replace(/[ab]$/, "b")},test`).join("\n");
  expect(prepare(await load(content, { split: "part" }), 1).duplicateRows).toBe(0);
  expect(prepare(await load(`${content}${copy}\n`, { split: "part" }), 1).duplicateRows).toBe(3);
});

describe("numbers with markers of missing values", () => {
  /** A column of numbers with a word in every seventh row. */
  const marked = (words: readonly string[], value = (i: number) => String(i / 4), rows = 70) =>
    `x,y\n${Array.from({ length: rows }, (_, i) => `${i % 7 === 3 ? words[(i / 7 | 0) % words.length] : value(i)},${"ab"[i % 2]}`).join("\n")}\n`;
  const columnOf = async (content: string) => (await load(content)).table.columns[0]!;

  test.each([["-"], ["."], ["err"], ["--", "err", "unknown"]])("%j are read as missing, and a note names column, marker and rows", async (...words) => {
    const { table, notes } = await load(marked(words));
    const column = table.columns[0]!;
    if (column.kind !== "number") throw new Error("expected numbers");
    column.values.forEach((value, i) => expect(value).toBe(i % 7 === 3 ? NaN : i / 4));
    if (words.length === 1) expect(notes).toEqual([`Column "x" holds numbers but for "${words[0]}" (10 rows): read as numbers, that as missing.`]);
    else expect(notes).toEqual(['Column "x" holds numbers but for "--" (4 rows), "err" (3 rows), "unknown" (3 rows): read as numbers, those as missing.']);
  });
  test("words with digits, letters beside a scale, more than three words and words in half of the rows stay categories, and a target is none's", async () => {
    for (const content of [marked(["3+"]), marked(["<5"]), marked(["J", "Q", "K"], (i) => String(2 + (i % 9))), marked(["a", "b", "c", "d"]), marked(["-"], (i) => (i % 2 ? "-" : "1"))]) {
      expect((await columnOf(content)).kind).toBe("text");
      expect((await load(content)).notes).toEqual([]);
    }
    expect((await load(marked(["-"], (i) => String(i % 2)), { target: "x" })).target.classes).toEqual(["-", "0", "1"]);
    expect((await columnOf(marked(["-"], (i) => String(i % 2)))).kind).toBe("number");
  });
  test("a test file may hold markers where the training file holds none, and the other way round", async () => {
    const plain = `x,y\n${Array.from({ length: 20 }, (_, i) => `${i},${"ab"[i % 2]}`).join("\n")}\n`;
    for (const [first, second] of [[plain, marked(["-"])], [marked(["-"]), plain]] as const) {
      const { table } = await loadDataset({ files: [file("first.csv", first)], target: "y", test: [file("second.csv", second)] });
      const column = table.columns[0]!;
      expect(column.kind === "number" && column.values.filter(Number.isNaN).length).toBe(10);
    }
  });
  test("the model knows its markers, so new files may hold them; another word is refused by row", async () => {
    const { encoding, columns } = prepare(await load(marked(["-"], undefined, 700)), 0);
    expect(encoding.numeric[0]!.markers).toEqual(["-"]);
    expect(columns[0]!.note).toBe('"-" read as missing');
    const apply = async (cell: string) => encode(encoding, await readTable([file("new.csv", `x\n${cell}\n1.5\n`)])).x;
    expect((await apply("-"))[1]).toBe(1);
    expect(await sentence(() => apply("err"))).toBe('data: column "x" of new.csv must be numeric, got "err" in row 1');
  });
});
