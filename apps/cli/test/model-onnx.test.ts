import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encode, featureCount, loadDataset, prepare, readTable, type DataOptions } from "../src/data/index.ts";
import { readModel, score, writeModel, type SavedModel } from "../src/model/index.ts";
import { file, pathOf } from "./data-files.ts";
import { randomLayers, runOnnx, small } from "./model-files.ts";

const bundled = (name: string) => `${import.meta.dirname}/../../../examples/data/${name}.csv.gz`;

/** Largest difference between the ONNX file run by onnxruntime and the plain forward pass, over all rows and classes. */
async function difference(model: SavedModel, table: Awaited<ReturnType<typeof readTable>>): Promise<number> {
  const path = pathOf("model.onnx");
  await writeModel(path, model);
  const onnx = await runOnnx(readFileSync(path), model, table);
  const { x, rows } = encode(model.encoding, table);
  const plain = score(await readModel(path), x, rows);
  expect(onnx.probabilities.length).toBe(rows * model.classes.length);
  const gap = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((most, d) => Math.max(most, d), 0);
  return Math.max(gap(onnx.probabilities, plain.probabilities), gap(onnx.raw, plain.raw));
}

describe("ONNX equals the plain forward pass to 1e-5: float32 sums in another order, over three layers", () => {
  const sets: readonly (readonly [string, DataOptions])[] = [
    ["shuttle", { files: [bundled("shuttle")], target: "Class", split: "split" }],
    ["thyroid", { files: [bundled("thyroid")], target: "class" }],
    ["bird strikes", { files: [bundled("birdstrikes")], target: "Effect Amount of damage", positive: "Substantial", drop: ["Cost Other", "Cost Repair", "Cost Total $"] }],
  ];
  test.each(sets)("on every row of %s", async (_, options) => {
    const dataset = await loadDataset(options);
    const { encoding } = prepare(dataset, 1);
    const { classes, name: target } = dataset.target;
    const gamma = 2;
    const alpha = classes.map((_name, k) => 0.5 + k);
    const model: SavedModel = {
      ...small, target, classes, encoding,
      layers: randomLayers([featureCount(encoding), 64, 32, classes.length === 2 ? 1 : classes.length], 5, 0.3),
      calibration: [{ kind: "posterior", gamma, alpha }, { kind: "temperature", temperature: 1.4 }],
      decision: alpha,
    };
    expect(await difference(model, dataset.table)).toBeLessThan(1e-5);
  });

  const table = () => readTable([file("odd.csv", "a,c\n1,p\n,q\ninf,\n2.5,never\n1e300,NA\n-3e38,P\n4,q\n")]);
  const steps: readonly (readonly [string, SavedModel["calibration"]])[] = [
    ["none", []],
    ["γ = 0 with α", [{ kind: "posterior", gamma: 0, alpha: 0.25 }]],
    ["γ = 0.5", [{ kind: "posterior", gamma: 0.5 }]],
    ["γ = 5", [{ kind: "posterior", gamma: 5, alpha: [0.1, 2] }]],
    ["γ per class", [{ kind: "posterior", gamma: [1, 3], alpha: { uniform: 0.25 } }]],
    ["temperature", [{ kind: "temperature", temperature: 0.5 }]],
  ];
  test.each(steps)("missing, infinite and unseen values; calibration: %s", async (_, calibration) => {
    expect(await difference({ ...small, calibration }, await table())).toBeLessThan(1e-5);
  });
  test.each([1, 10, 100, 1000])("logits up to about ±%d", async (scale) => {
    const one = { ...small, layers: [{ inputs: 5, outputs: 1, weight: Float32Array.of(0, 0, scale, -scale, scale / 7), bias: Float32Array.of(0) }] };
    expect(await difference(one, await table())).toBeLessThan(1e-5);
    const three: SavedModel = {
      ...small, classes: ["a", "b", "c"], decision: [1, 1, 1], calibration: [{ kind: "posterior", gamma: 2 }],
      layers: randomLayers([5, 3], 9, scale),
    };
    expect(await difference(three, await readTable([file("plain.csv", "a,c\n1,p\n2,q\n,p\n3,z\n")]))).toBeLessThan(1e-5);
  });
  test("a class of weight 0, which the loss never taught", async () => {
    const calibration: SavedModel["calibration"] = [{ kind: "posterior", gamma: 2, alpha: [1, 0] }];
    expect(await difference({ ...small, calibration }, await readTable([file("few.csv", "a,c\n1,p\n2,q\n,p\n")]))).toBeLessThan(1e-5);
  });
  test("a large mean costs no digits", async () => {
    const encoding = { numeric: [{ name: "a", mean: 1_700_000_123.4, sd: 250.7, missing: false }], categorical: [] };
    const stamps = await readTable([file("stamps.csv", `a\n${Array.from({ length: 50 }, (_, i) => 1_700_000_000 + 37 * i).join("\n")}\n`)]);
    expect(await difference({ ...small, encoding, layers: randomLayers([1, 8, 1], 2) }, stamps)).toBeLessThan(1e-5);
  });
  test("column names that the graph uses itself, and names beyond ASCII", async () => {
    const names = ["probabilities", "raw", "/Sub_3", "column:x", "größe 体重"];
    const encoding = { numeric: names.map((name) => ({ name, mean: 0, sd: 1, missing: false })), categorical: [] };
    const named = await readTable([file("names.csv", `${names.join(",")}\n1,2,3,4,5\n5,4,3,2,1\n`)]);
    expect(await difference({ ...small, encoding, layers: randomLayers([5, 1], 2) }, named)).toBeLessThan(1e-5);
  });
});
