/** Tables that are larger than the memory they may take. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classCounts } from "focal-loss/train";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadDataset, partsOf, prepareAll, readTable, removeScratch, splitRows, trainingCounts } from "../src/data/index.ts";
import type { Results } from "../src/results.ts";
import { blobs, focal, interrupt } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "focal larger "));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const rows = 20_000;
/** A table of 20 000 × 4 values counts as 1.9 MB; of this one about 5200 rows are held. */
const memory = 0.002 * 1e9 * 0.9;
const settings = ["--target", "verdict", "--epochs", "2", "--hidden", "8", "--repeats", "1"];

beforeAll(() => writeFileSync(at("data.csv"), blobs(rows)));

const results = (name: string): Results => JSON.parse(readFileSync(join(at(name), "metrics.json"), "utf8")) as Results;
const timeless = ({ losses }: Results): unknown => JSON.parse(JSON.stringify(losses, (key, value: unknown) => (key === "seconds" ? 0 : value)));

test("each row is in one place: held, or encoded as it would be there, in one of the files", async () => {
  const dataset = await loadDataset({ files: [at("data.csv")], target: "verdict", memory });
  const held = dataset.table.rows;
  expect(held).toBeGreaterThan(4000);
  expect(held).toBeLessThan(6500);
  expect(dataset.rest).toMatchObject({ rows });
  const whole = await loadDataset({ files: [at("data.csv")], target: "verdict" });
  // The sample is what it says it is.
  expect(dataset.rest!.sample.every((row, i) => whole.target.labels[row] === dataset.target.labels[i])).toBe(true);

  const prepared = await prepareAll(dataset, splitRows(dataset, 3), { folder: at("scratch"), onProgress: () => {} });
  const more = prepared.more!, parts = partsOf(prepared.train, more);
  expect(more.parts.reduce((a, b) => a + b)).toBe(rows - held);
  expect(parts.rows).toBe(rows - prepared.validation.rows - prepared.test.rows);
  expect(parts.counts).toEqual(trainingCounts(prepared));
  expect(trainingCounts(prepared).map((count, k) => count + classCounts(prepared.validation)[k]! + classCounts(prepared.test)[k]!)).toEqual(whole.target.counts);

  // Every row of the files is a row of the table, encoded, and none is there twice: the widths, which hardly repeat, tell.
  const { mean, sd } = prepared.encoding.numeric.find(({ name }) => name === "width")!;
  const widths = (await readTable([at("data.csv")])).columns.find(({ name }) => name === "width")!;
  if (widths.kind !== "number") throw new Error("width holds numbers");
  const sample = new Set(dataset.rest!.sample), expected = new Map<number, number>(), found = new Map<number, number>();
  widths.values.forEach((value, row) => {
    const key = Number.isNaN(value) ? 0 : Math.fround((Math.fround(value) - mean) / sd);
    if (!sample.has(row)) expected.set(key, (expected.get(key) ?? 0) + 1);
  });
  for (let part = 1; part < parts.parts.length; part++) {
    const { x, y } = await parts.read(part);
    expect(y).toHaveLength(parts.parts[part]!);
    for (let i = 0; i < y.length; i++) found.set(x[i * parts.features]!, (found.get(x[i * parts.features]!) ?? 0) + 1);
  }
  expect(found).toEqual(expected);
  removeScratch(more.folder);
  expect(existsSync(at("scratch"))).toBe(false);
});

test("focal train says what it did, twice the same, and leaves no scratch files", async () => {
  for (const out of ["first", "second"]) expect(await focal("train", at("data.csv"), ...settings, "--memory", "0.0018", "--out", at(out))).toMatchObject({ code: 0, err: "" });
  const { notes, data } = results("first");
  expect(notes.join("\n")).toMatch(/^The table's 20000 rows take more than --memory: \d+ of them, drawn at random, were held, and validation and test rows are among these\.\nAll other rows were trained on, read from disk part by part\./m);
  expect(data.rows).toBe(rows);
  expect(data.classes.map(({ count }) => count)).toEqual([18_000, 2000]);
  expect(timeless(results("first"))).toEqual(timeless(results("second")));
  expect(existsSync(join(at("first"), "scratch"))).toBe(false);
});

test("predictions carry the rows' numbers in the whole table", async () => {
  const saved = await readTable([join(at("first"), "predictions.parquet")]);
  const column = saved.columns.find(({ name }) => name === "row")!, labels = saved.columns.find(({ name }) => name === "label")!;
  if (column.kind !== "number" || labels.kind !== "text") throw new Error("row holds numbers, label text");
  expect(Math.max(...column.values)).toBeGreaterThan(0.99 * rows);
  column.values.forEach((row, i) => expect(labels.levels[labels.codes[i]!] === "no").toBe(row % 10 !== 1)); // rows are counted from 1
});

test("interrupted, it goes on to the same end", async () => {
  const out = at("interrupted"), args = ["train", at("data.csv"), ...settings, "--epochs", "40", "--memory", "0.0018", "--jobs", "1"];
  const stopped = await interrupt([...args, "--out", out], join(out, "scratch", "0", "part-0"), "SIGINT");
  expect(stopped).toMatchObject({ code: 130 });
  expect(existsSync(join(out, "scratch"))).toBe(false);
  expect((await focal(...args, "--out", out, "--resume")).code).toBe(0);
  expect((await focal(...args, "--out", at("through"))).code).toBe(0);
  expect(timeless(results("interrupted"))).toEqual(timeless(results("through")));
});

test("what needs the whole table in memory says so", async () => {
  const error = async (...more: string[]): Promise<string> => (await focal("train", at("data.csv"), "--target", "verdict", "--memory", "0.0018", "--out", at("none"), ...more)).err;
  const enough = "needs the whole table in memory, and 20000 rows are more than --memory allows: give more of it";
  expect(await error("--split", "width")).toBe(`focal: --split ${enough}`);
  expect(await error("--test", at("data.csv"))).toBe(`focal: --test ${enough}`);
  expect(await error("--hidden", "none")).toBe(`focal: a linear model, which focal fit can fit in a database, ${enough}`);
  expect(await error("--memory", "-1")).toBe("focal: memory must be a number of gigabytes > 0, got \"-1\"");
});

test("focal tune goes by the sample and says so", async () => {
  expect((await focal("tune", at("data.csv"), "--target", "verdict", "--memory", "0.0018", "--gamma", "2", "--alpha", "none", "--folds", "2", "--repeats", "1", "--epochs", "1", "--hidden", "4", "--out", at("tuned"))).code).toBe(0);
  expect((JSON.parse(readFileSync(join(at("tuned"), "tune.json"), "utf8")) as { notes: string[] }).notes).toContain("The other rows were not used.");
});
