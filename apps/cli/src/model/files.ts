import { readFile } from "node:fs/promises";
import { FocalError } from "focal-loss";
import { quote } from "../data/near.ts";
import { textFromOnnx, toOnnx } from "./onnx/file.ts";
import type { SavedModel } from "./saved.ts";
import { fromText, toText } from "./schema.ts";
import { writeWhole } from "./write.ts";

/** Writes a model as ONNX when the path ends in `.onnx`, else as JSON. Both can be read back. */
export async function writeModel(path: string, model: SavedModel): Promise<void> {
  const text = toText(model);
  await writeWhole(path, /\.onnx$/i.test(path) ? toOnnx(model, text) : text);
}

/**
 * Reads a model from model.json or model.onnx; which of the two is seen from the content.
 *
 * @throws FocalError "model" when there is no such file, or it is cut off, damaged, or not of this program
 */
export async function readModel(path: string): Promise<SavedModel> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new FocalError("model", error.code === "ENOENT" ? `no such model file: ${quote(path)}` : `cannot read ${quote(path)}: ${error.message}`);
  });
  if (bytes.length === 0) throw new FocalError("model", `${quote(path)} is empty`);
  const isText = /^\s*[{[]/.test(bytes.subarray(0, 64).toString("latin1"));
  return fromText(isText ? bytes.toString("utf8") : onnxText(bytes, path), path);
}

function onnxText(bytes: Uint8Array, path: string): string {
  let text: string | null;
  try {
    text = textFromOnnx(bytes);
  } catch {
    throw new FocalError("model", `${quote(path)} is neither a whole ONNX file nor a model.json`);
  }
  if (text === null) throw new FocalError("model", `${quote(path)} is an ONNX file that this program did not write, or its end is missing`);
  return text;
}
