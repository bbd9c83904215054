import * as ort from "onnxruntime-web";
import type { Layer } from "focal-loss/train";
import type { Table } from "../src/data/index.ts";
import type { SavedModel } from "../src/model/index.ts";
import { inputName } from "../src/model/onnx/preprocess.ts";
import { numbers } from "./data-files.ts";

ort.env.wasm.numThreads = 1;

/** Layers with random weights, scaled as a trained network's are. */
export function randomLayers(widths: readonly number[], seed: number, scale = 1): Layer[] {
  const random = numbers(seed);
  const draw = (length: number, bound: number) => Float32Array.from({ length }, () => bound * (2 * random() - 1));
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i]!;
    return { inputs, outputs, weight: draw(inputs * outputs, scale * Math.sqrt(6 / inputs)), bias: draw(outputs, scale) };
  });
}

/** A model of two inputs, `a` numeric and `c` categorical, for two classes. */
export const small: SavedModel = {
  library: "0.0.0",
  target: "y",
  classes: ["no", "yes"],
  againstRest: false,
  encoding: { numeric: [{ name: "a", mean: 2, sd: 0.5, missing: true }], categorical: [{ name: "c", levels: ["p", "q"], other: true, missing: false }] },
  layers: randomLayers([5, 4, 1], 3),
  loss: { name: "focal", parameters: { gamma: 2 }, alpha: 0.25 },
  calibration: [{ kind: "posterior", gamma: 2, alpha: 0.25 }, { kind: "temperature", temperature: 1.3 }],
  decision: 0.3,
};

/** Runs the bytes of an ONNX model on a table's raw columns by onnxruntime. */
export async function runOnnx(bytes: Uint8Array, { encoding }: SavedModel, table: Table): Promise<{ probabilities: Float32Array; raw: Float32Array }> {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const column = (name: string) => table.columns.find((candidate) => candidate.name === name)!;
  const feeds: Record<string, ort.Tensor> = {};
  for (const { name } of encoding.numeric) {
    const source = column(name);
    feeds[inputName(name)] = new ort.Tensor("float32", Float32Array.from(source.kind === "number" ? source.values : []), [table.rows, 1]);
  }
  for (const { name } of encoding.categorical) {
    const source = column(name);
    const texts = source.kind === "text" ? Array.from(source.codes, (code) => (code < 0 ? "" : source.levels[code]!)) : [];
    feeds[inputName(name)] = new ort.Tensor("string", texts, [table.rows, 1]);
  }
  const { probabilities, raw } = await session.run(feeds);
  await session.release();
  return { probabilities: probabilities!.data as Float32Array, raw: raw!.data as Float32Array };
}
