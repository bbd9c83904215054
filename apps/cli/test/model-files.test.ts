import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { readTable } from "../src/data/index.ts";
import { predictFiles, readModel, replaceFile, writeModel, writePredictions, writeWhole, type SavedModel } from "../src/model/index.ts";
import { file, pathOf, sentence } from "./data-files.ts";
import { small } from "./model-files.ts";

describe("a saved model", () => {
  test.each(["model.json", "model.onnx"])("%s comes back as it was, to the last bit of every weight", async (name) => {
    await writeModel(pathOf(name), small);
    expect(await readModel(pathOf(name))).toEqual(small);
  });
  test("which of the two it is, its content says", async () => {
    await writeModel(pathOf("a.onnx"), small);
    await writeModel(pathOf("b.json"), small);
    expect(await readModel(file("onnx.bin", readFileSync(pathOf("a.onnx"))))).toEqual(small);
    expect(await readModel(file("json.bin", readFileSync(pathOf("b.json"))))).toEqual(small);
  });
  test("nothing temporary is left beside it, and a failed write leaves the old file", async () => {
    await writeModel(pathOf("kept.json"), small);
    expect(await sentence(() => writeWhole(pathOf("no/such/folder.json"), "x"))).toMatch(/^data: cannot write .*folder\.json": its folder does not exist$/);
    await sentence(() => replaceFile(pathOf("kept.json"), async (temporary) => {
      await writeFile(temporary, "half");
      throw new Error("interrupted");
    }));
    expect(await readModel(pathOf("kept.json"))).toEqual(small);
    expect(readdirSync(pathOf("")).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

describe("a model file that cannot be used is refused in one sentence", () => {
  const damaged = async (change: (model: Record<string, any>) => unknown) => {
    await writeModel(pathOf("whole.json"), small);
    const model = JSON.parse(readFileSync(pathOf("whole.json"), "utf8"));
    change(model);
    return sentence(() => readModel(file("m.json", JSON.stringify(model))));
  };
  const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString("base64");
  test.each<[string, (model: Record<string, any>) => unknown, string]>([
    ["another format", (m) => (m.format = "other"), '"m.json" is no model of this program, expected the format "focal-loss model"'],
    ["another version", (m) => (m.version = 2), '"m.json" has model format version 2, this program reads version 1'],
    ["a field missing", (m) => delete m.classes, '"m.json" is damaged: classes must be a list, got nothing'],
    ["a field too many", (m) => (m.extra = 1), '"m.json" is damaged: extra must be absent, got 1'],
    ["a wrong type", (m) => (m.encoding.numeric[0].mean = "2"), '"m.json" is damaged: encoding.numeric[0].mean must be a finite number, got "2"'],
    ["sd 0", (m) => (m.encoding.numeric[0].sd = 0), '"m.json" is damaged: encoding.numeric[0].sd must be a number > 0, got 0'],
    ["one class", (m) => (m.classes = ["no"]), '"m.json" is damaged: classes must be two or more different names, got ["no"]'],
    ["equal classes", (m) => (m.classes = ["no", "no"]), '"m.json" is damaged: classes must be two or more different names, got ["no","no"]'],
    ["three classes, one output", (m) => m.classes.push("maybe"), '"m.json" is damaged: the outputs of the last layer must be 3, got 1'],
    ["a feature too many", (m) => m.encoding.categorical[0].levels.push("r"), '"m.json" is damaged: layers[0].inputs must be 6, got 5'],
    ["layers that do not meet", (m) => (m.layers[1].inputs = 3), '"m.json" is damaged: layers[1].inputs must be 4, got 3'],
    ["a weight too few", (m) => (m.layers[1].weight = floats(1, 2, 3)), '"m.json" is damaged: the length of layers[1].weight must be 4, got 3'],
    ["a weight that is no number", (m) => (m.layers[1].weight = floats(1, 2, 3, NaN)), '"m.json" is damaged: layers[1].weight must hold finite numbers only'],
    ["half a weight", (m) => (m.layers[1].bias = "AAA="), '"m.json" is damaged: layers[1].bias must be base64 of float32 numbers, got "AAA="'],
    ["no layers", (m) => (m.layers = []), '"m.json" is damaged: layers must hold at least one layer, got none'],
    ["a negative γ", (m) => (m.calibration[0].gamma = -1), '"m.json" is damaged: calibration[0].gamma must be a number ≥ 0, got -1'],
    ["an unknown step", (m) => (m.calibration[0].kind = "platt"), '"m.json" is damaged: each step of calibration must be of kind "posterior" or "temperature", got "platt"'],
    ["weights for other classes", (m) => (m.calibration[0].alpha = [1, 2, 3]), '"m.json" is damaged: the length of calibration[0].alpha must be 2, got 3'],
    ["a decision for other classes", (m) => (m.decision = [1]), '"m.json" is damaged: the length of decision must be 2, got 1'],
  ])("%s", async (_, change, message) => {
    expect(await damaged(change)).toBe(`model: ${message}`);
  });
  test("JSON or ONNX cut at any of twenty places", async () => {
    for (const name of ["cut.json", "cut.onnx"]) {
      await writeModel(pathOf(name), small);
      const whole = readFileSync(pathOf(name));
      for (let i = 1; i <= 20; i++) {
        file(name, whole.subarray(0, Math.floor((whole.length * i) / 21)));
        expect(await sentence(() => readModel(pathOf(name)))).toMatch(/^model: "cut\.\w+" is (no whole model file: |neither a whole ONNX file|an ONNX file that this program did not write, or its end is missing$)/);
      }
    }
  });
  test("no file, an empty one, a text, an array, a table", async () => {
    expect(await sentence(() => readModel(pathOf("nope.onnx")))).toBe('model: no such model file: "nope.onnx"');
    expect(await sentence(() => readModel(file("e.onnx", "")))).toBe('model: "e.onnx" is empty');
    expect(await sentence(() => readModel(file("a.json", "[1]")))).toBe('model: "a.json" is no model of this program, expected the format "focal-loss model"');
    expect(await sentence(() => readModel(file("t.csv", "a,b\n1,2\n")))).toBe('model: "t.csv" is neither a whole ONNX file nor a model.json');
  });
});

describe("predictions", () => {
  const predict = async (content: string, model: SavedModel = small) => {
    await writeModel(pathOf("p.onnx"), model);
    return predictFiles(pathOf("p.onnx"), [file("rows.csv", content)]);
  };
  const content = "c,extra,a,y\np,1,2,yes\nq,2,,no\n<i>,3,3,other\n";
  test("probabilities sum to 1, labels are the model's classes, unknown ones −1", async () => {
    const { probabilities, raw, labels, predicted } = await predict(content);
    for (const values of [probabilities, raw]) for (let row = 0; row < 3; row++) expect(values[2 * row]! + values[2 * row + 1]!).toBeCloseTo(1, 6);
    expect([...labels!]).toEqual([1, 0, -1]);
    expect([...predicted]).toEqual([0, 1, 2].map((row) => Number(probabilities[2 * row + 1]! >= 0.3)));
    expect((await predict("a,c\n1,p\n")).labels).toBeNull();
  });
  test("against the rest, every other class is the first one", async () => {
    const { labels } = await predict(content, { ...small, classes: ["not yes", "yes"], againstRest: true });
    expect([...labels!]).toEqual([1, 0, 0]);
  });
  test.each(["out.csv", "out.tsv", "out.parquet", "out.json", "out.jsonl", "out.csv.gz"])("%s holds every row and column", async (name) => {
    const predictions = await predict(content);
    await writePredictions(pathOf(name), predictions);
    const { rows, columns } = await readTable([pathOf(name)]);
    expect(rows).toBe(3);
    expect(columns.map((column) => column.name)).toEqual(["row", "label", "predicted", "predicted_argmax", "p_no", "p_yes", "raw_no", "raw_yes"]);
    expect(columns[0]).toMatchObject({ values: Float64Array.of(1, 2, 3) });
    expect(columns[1]).toMatchObject({ levels: ["yes", "no"], codes: Int32Array.of(0, 1, -1) });
    const written = columns[5]!;
    expect(written.kind === "number" && [...written.values]).toEqual([1, 3, 5].map((i) => predictions.probabilities[i]));
  });
  test("classes that differ only in case, or hold quotes, have columns of their own", async () => {
    const predictions = await predict(content, { ...small, classes: ["A", 'a"'], target: "none" });
    await writePredictions(pathOf("odd.parquet"), predictions);
    expect((await readTable([pathOf("odd.parquet")])).columns.map(({ name }) => name)).toEqual(["row", "predicted", "predicted_argmax", "p_A", 'p_a"', "raw_A", 'raw_a"']);
    await writePredictions(pathOf("case.parquet"), { ...predictions, model: { ...small, classes: ["A", "a"] } });
    expect((await readTable([pathOf("case.parquet")])).columns.map(({ name }) => name)).toContain("p_a_2");
  });
  test("more rows than one chunk of the writer", async () => {
    const predictions = await predict(`a,c\n${Array.from({ length: 5000 }, (_, i) => `${i},p`).join("\n")}\n`);
    await writePredictions(pathOf("many.parquet"), predictions);
    const [row] = (await readTable([pathOf("many.parquet")])).columns;
    expect(row).toMatchObject({ values: Float64Array.from({ length: 5000 }, (_, i) => i + 1) });
  });
  test("without a path, CSV on the standard output", async () => {
    const predictions = await predict("a,c\n1,p\n2,q\n");
    let written = "";
    const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
      written += String(chunk);
      return true;
    });
    await writePredictions(undefined, predictions).finally(() => write.mockRestore());
    const lines = written.split("\n");
    expect(lines[0]).toBe("row,predicted,predicted_argmax,p_no,p_yes,raw_no,raw_yes");
    expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual(["1", "2", ""]);
  });
  test("an output of unknown format is refused", async () => {
    const predictions = await predict(content);
    expect(await sentence(() => writePredictions(pathOf("out.xlsx"), predictions))).toBe('data: cannot tell the format of "out.xlsx", expected .csv, .tsv, .parquet, .json or .jsonl');
  });
});
