import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, type ModelProto } from "onnx-buf";
import type { SavedModel } from "../saved.ts";
import { addCalibration } from "./calibration.ts";
import { OnnxGraph } from "./graph.ts";
import { addNetwork } from "./network.ts";
import { addEncoding, OUTPUTS } from "./preprocess.ts";

/** The metadata entry that holds the text of model.json. */
const METADATA = "focal-loss";

/**
 * The model as an ONNX file: from raw columns to probabilities.
 *
 * Inputs are the table's columns by name, each N × 1: float32 (NaN where missing) for numbers, strings (empty where missing) for
 * categories. Outputs, N × classes: `probabilities`, recovered and calibrated, and `raw`, the network's own sigmoid or softmax.
 * `text`, the model.json, travels in the metadata.
 */
export function toOnnx(model: SavedModel, text: string): Uint8Array {
  const graph = new OnnxGraph();
  const classes = model.classes.length;
  const logits = addNetwork(graph, addEncoding(graph, model.encoding), model.layers);
  const softmax = (value: string) => graph.node("Softmax", [value], { axis: 1n });
  graph.output(OUTPUTS.probabilities, softmax(addCalibration(graph, logits, classes, model.calibration)), classes);
  graph.output(OUTPUTS.raw, softmax(logits), classes);
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: "", version: 17n }, { domain: "ai.onnx.ml", version: 3n }],
    producerName: "focal-loss",
    producerVersion: model.library,
    docString: `Predicts "${model.target}": ${model.classes.join(", ")}.`,
    metadataProps: [{ key: METADATA, value: text }],
    graph: graph.build("focal"),
  }));
}

/** The text of model.json inside an ONNX file; null when this program did not write it, an error when the bytes are not ONNX. */
export function textFromOnnx(bytes: Uint8Array): string | null {
  const model: ModelProto = fromBinary(ModelProtoSchema, bytes);
  return model.metadataProps.find(({ key }) => key === METADATA)?.value ?? null;
}
