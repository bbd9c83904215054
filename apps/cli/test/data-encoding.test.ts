import { describe, expect, test } from "vitest";
import { encode, featureCount, leakWarnings, readTable, textColumnsOf, type Encoding } from "../src/data/index.ts";
import { fitEncoding } from "../src/data/fit.ts";
import { loadDataset, prepare } from "../src/data/index.ts";
import { singleColumnAuc } from "../src/data/leak.ts";
import { file, numbers, sentence } from "./data-files.ts";

const all = (rows: number) => Uint32Array.from({ length: rows }, (_, i) => i);
const fit = async (content: string, trainRows?: Uint32Array) => {
  const table = await readTable([file("fit.csv", content)]);
  return { table, ...fitEncoding(table, trainRows ?? all(table.rows), new Map([["y", "target"]])) };
};
const csv = (header: string, rows: number, line: (i: number) => string) => `${header}\n${Array.from({ length: rows }, (_, i) => line(i)).join("\n")}\n`;
const rowsOf = (x: Float32Array, features: number) => Array.from({ length: x.length / features }, (_, i) => [...x.subarray(i * features, (i + 1) * features)]);

describe("numeric columns", () => {
  test("are standardised by training rows alone, missing ones 0 with an indicator", async () => {
    const { table, encoding } = await fit("a,b\n1,10\n3,\n5,30\n100,40\n,50\n", all(3));
    expect(encoding.numeric).toEqual([
      { name: "a", mean: 3, sd: Math.sqrt(8 / 3), missing: false },
      { name: "b", mean: 20, sd: 10, missing: true },
    ]);
    const { x, features } = encode(encoding, table);
    const third = Math.fround(2 / Math.sqrt(8 / 3));
    expect(features).toBe(3);
    expect(rowsOf(x, features)).toEqual([[-third, -1, 0], [0, 0, 1], [third, 1, 0], [Math.fround(97 / Math.sqrt(8 / 3)), 2, 0], [0, 3, 0]]);
  });
  test("a number that float32 cannot hold counts as missing", async () => {
    const { encoding, table } = await fit("a\n1\n2\n1e300\n3\n");
    expect(encoding.numeric[0]).toMatchObject({ mean: 2, missing: true });
    expect(rowsOf(encode(encoding, table).x, 2)[2]).toEqual([0, 1]);
  });
});

test("a column with a value more than ten standard deviations out is drawn in by asinh before it is standardised", async () => {
  const bulk = (i: number): number => (i % 7) - 3;
  const { encoding, table, columns } = await fit(csv("even,heavy", 1001, (i) => `${bulk(i)},${i === 1000 ? 1e6 : bulk(i)}`));
  const [even, heavy] = encoding.numeric;
  expect(even!.tail).toBeUndefined();
  expect(heavy!.tail).toEqual({ center: 0, scale: 4 / 1.349 }); // quartiles −2 and 2
  expect(columns.map(({ note }) => note)).toEqual([undefined, "heavy tails, drawn in by asinh"]);
  const { x } = encode(encoding, table);
  const column = Array.from({ length: 1001 }, (_, row) => x[2 * row + 1]!);
  expect(column.reduce((a, b) => a + b) / 1001).toBeCloseTo(0, 6);
  // Standardised as it is, −3 and 3 would lie 0.0002 apart.
  expect(column[6]! - column[0]!).toBeGreaterThan(2);
  expect(column[1000]!).toBeGreaterThan(10);
});

test("where more than half of such a column is one value, the others' distance from it is its scale", async () => {
  const { encoding } = await fit(csv("a", 1001, (i) => `${i === 1000 ? 1e6 : i % 10 === 0 ? -2 : i % 10 === 1 ? 2 : 0}`));
  expect(encoding.numeric[0]!.tail).toEqual({ center: 0, scale: 2 });
});

test("a wild value in a new file is held at a million standard deviations, which float32 survives", async () => {
  const { encoding } = await fit("a\n1\n2\n");
  const table = await readTable([file("wild.csv", "a\n3e38\n-3e38\n")]);
  expect([...encode(encoding, table).x]).toEqual([1e6, -1e6]);
});

describe("columns of no use are dropped with the reason", () => {
  test.each<[why: string, name: string, rows: number, value: (i: number) => string, note: string]>([
    ["constant", "a", 2, () => "7", "constant (7)"],
    ["constant text", "a", 2, () => "q", 'constant ("q")'],
    ["empty", "a", 2, () => "", "no value in any training row"],
    ["row numbers in any order", "a", 100, (i) => `${(i * 7) % 101}`, "looks like a row number or identifier"],
    ["identifiers by name", "customer_id", 12, (i) => `${i * 1_000_003}`, "looks like a row number or identifier"],
    ["identifiers as text", "a", 12, (i) => `k${i}`, "every value is different: an identifier or free text"],
    ["free text", "a", 40, (i) => `text ${i % 30}`, "no value stands in 10 or more training rows: identifiers or free text"],
    ["dates", "a", 2, (i) => `202${i}-01-01`, "DATE: rows to come lie outside its range"],
  ])("%s", async (_, name, rows, value, note) => {
    const { columns } = await fit(csv(`${name},kept`, rows, (i) => `${value(i)},${i % 2}.5`));
    expect(columns).toEqual([{ name, kind: "dropped", missing: value(0) === "" ? rows : 0, note }, { name: "kept", kind: "numeric", missing: 0 }]);
  });
  test("integers that repeat, or spread widely, stay", async () => {
    const wide = numbers(11);
    const { columns } = await fit(csv("few,wide", 200, (i) => `${i % 50},${Math.floor(wide() * 1e9)}`));
    expect(columns.map(({ kind }) => kind)).toEqual(["numeric", "numeric"]);
  });
  test("nothing left is an error", async () => {
    expect(await sentence(() => fit("a,y\n7,1\n7,2\n"))).toBe('data: no usable column is left in fit.csv: "a" constant (7)');
  });
});

describe("categorical columns", () => {
  test("one feature a level; rare levels pooled, missing a level of its own", async () => {
    const content = csv("c", 40, (i) => (i < 12 ? "b" : i < 24 ? "a10" : i < 36 ? "a2" : i < 39 ? `rare${i}` : "?"));
    const { table, encoding, columns } = await fit(content);
    expect(encoding.categorical).toEqual([{ name: "c", levels: ["a2", "a10", "b"], other: true, missing: true }]);
    expect(columns[0]).toEqual({ name: "c", kind: "categorical", missing: 1, levels: 3, note: '3 rare levels pooled as "(other)"' });
    const rows = rowsOf(encode(encoding, table).x, 5);
    expect([rows[0], rows[12], rows[24], rows[36], rows[39]]).toEqual([[0, 0, 1, 0, 0], [0, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]);
  });
  test("at most 50 levels, the commonest", async () => {
    const { encoding } = await fit(csv("c", 60 * 20, (i) => `L${i % 60 < 5 && i >= 600 ? 59 : i % 60}`));
    expect(encoding.categorical[0]).toMatchObject({ other: true });
    expect(encoding.categorical[0]!.levels).toHaveLength(50);
    expect(encoding.categorical[0]!.levels).toContain("L59");
  });
  test("an unseen level joins the rare ones, or is all zeros and counted when there are none", async () => {
    const { encoding } = await fit(csv("c,d", 30, (i) => `${i % 2 ? "a" : "b"},${i % 2 ? "a" : i < 3 ? "rare" : "b"}`));
    const { x, notes } = encode(encoding, await readTable([file("new.csv", "d,c\nnew,new\n,\n")]));
    expect(rowsOf(x, 5)).toEqual([[0, 0, 0, 0, 1], [0, 0, 0, 0, 0]]);
    expect(notes).toEqual(['Column "c": 1 row holds a value that training never saw.']);
  });
  test("a column of numbers with a few odd words is named in a note", async () => {
    const { columns } = await fit(csv("a", 60, (i) => (i === 7 ? "unknown" : `${i % 3}.5`)));
    expect(columns[0]!.note).toBe('numbers but for "unknown" (1 row), so taken as categories; 1 rare level pooled as "(other)"');
  });
});

describe("new files", () => {
  const encoding: Encoding = {
    numeric: [{ name: "age", mean: 0, sd: 1, missing: false }],
    categorical: [{ name: "größe", levels: ["1", "2"], other: false, missing: false }],
  };
  const apply = async (content: string) => encode(encoding, await readTable([file("new.csv", content)], textColumnsOf(encoding)));
  test("columns are found by name; numbers are read as the categories they were", async () => {
    expect(rowsOf((await apply("extra,größe,age\nx,2,3\ny,1,4\n")).x, 3)).toEqual([[3, 0, 1], [4, 1, 0]]);
    expect(featureCount(encoding)).toBe(3);
  });
  test("numbers kept as text are numbers still, in JSON for one", async () => {
    const table = await readTable([file("new.json", '[{"age":"3","größe":1},{"age":" 4.5 ","größe":2}]')], textColumnsOf(encoding));
    expect(rowsOf(encode(encoding, table).x, 3)).toEqual([[3, 1, 0], [4.5, 0, 1]]);
  });
  test("what is missing is named", async () => {
    expect(await sentence(() => apply("Age,x\n1,2\n"))).toBe('data: new.csv lacks columns the model needs: "age", "größe"; is "Age" meant for "age"?');
    expect(await sentence(() => apply("age,x\n1,2\n"))).toBe('data: new.csv lacks a column the model needs: "größe"');
  });
  test("a word where a number must be is shown with its row", async () => {
    expect(await sentence(() => apply("age,größe\n1,1\nold,2\n"))).toBe('data: column "age" of new.csv must be numeric, got "old" in row 2');
    expect(await sentence(() => apply("age,größe\n2020-01-01,1\n"))).toBe('data: column "age" of new.csv must be numeric, got DATE');
  });
});

describe("a column that gives the answer away", () => {
  const make = async (leak: (label: number, noise: number) => string, classes = 2, rows = 3000) => {
    const random = numbers(17);
    const content = csv("leak,honest,y", rows, (i) => {
      const label = i % 20 < classes - 1 ? (i % 20) + 1 : 0;
      return `${leak(label, random())},${(random() + label / classes).toFixed(5)},c${label}`;
    });
    const dataset = await loadDataset({ files: [file("leak.csv", content)], target: "y" });
    const { train, columns } = prepare(dataset, 1);
    return { dataset, train, warnings: leakWarnings(dataset, train.rowNumbers, columns) };
  };
  test.each<[string, (label: number, noise: number) => string, number]>([
    ["a number above a threshold", (label, noise) => `${label + noise * 0.9}`, 2],
    ["codes of three classes in no order", (label) => `${[5, 9, 1][label]}`, 3],
    ["words", (label) => ["no", "maybe", "yes"][label]!, 3],
    ["missing only for one class", (label, noise) => (label ? "" : `${noise}`), 2],
  ])("%s", async (_, leak, classes) => {
    expect((await make(leak, classes)).warnings).toEqual([expect.stringMatching(/^Column "leak" alone predicts "y" almost perfectly \(AUC (1|\.9+\d*)\): is it known when the prediction is made\?$/)]);
  });
  test("noise, and a good clue, are no leak", async () => {
    expect((await make((_, noise) => `${noise}`)).warnings).toEqual([]);
    expect((await make((label, noise) => `${label * 0.9 + noise}`)).warnings).toEqual([]);
    expect((await make((_, noise) => `w${Math.floor(noise * 40)}`)).warnings).toEqual([]);
  });
  test("the score of one column is the area under its ROC curve", async () => {
    const column = { kind: "number" as const, name: "x", values: Float64Array.of(0.1, 0.4, 0.35, 0.8) };
    expect(singleColumnAuc(column, Int32Array.of(0, 0, 1, 1), 2, all(4))).toBe(0.75);
  });
});
