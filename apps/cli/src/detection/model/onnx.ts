import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, NodeProtoSchema, TensorProto_DataType as Type, ValueInfoProtoSchema } from "onnx-buf";
import type { DetectorModel } from "focal-loss/detect";
import { version } from "../../version.ts";
import { OnnxGraph } from "../../model/onnx/graph.ts";
import { addBoxes } from "./onnxBoxes.ts";
import { addNetwork } from "./onnxNetwork.ts";

/** What an ONNX file of a detector gives; `boxes` and `scores` are before non-maximum suppression. */
export const OUTPUTS = ["logits", "deltas", "scores", "boxes"] as const;

type Dimension = string | number;

/**
 * A detector as ONNX: from pixels to a score per class and a box for every anchor.
 *
 * Input `picture`, N × channels × height × width: float32 from 0 to 255, both sides multiples of the largest stride. Outputs, a row for
 * every anchor: `logits` and `scores` (their sigmoid), N × anchors × classes; `deltas` as the network says them and `boxes`, x0 y0 x1 y1
 * in pixels, cut at the edges, N × anchors × 4. `about`, a text, travels in the metadata.
 */
export function detectorOnnx(model: DetectorModel, about: string): Uint8Array {
  const { spec } = model, { classes, channels } = spec;
  const graph = new OnnxGraph();
  const { logits, deltas } = addNetwork(graph, model, "picture");
  const values = { logits, deltas, scores: graph.node("Sigmoid", [logits]), boxes: addBoxes(graph, spec, "picture", deltas) };
  const built = graph.build("detector");
  built.input.push(valueInfo("picture", ["N", channels, "height", "width"]));
  for (const name of OUTPUTS) {
    built.node.push(create(NodeProtoSchema, { opType: "Identity", name, input: [values[name]], output: [name] }));
    built.output.push(valueInfo(name, ["N", "anchors", name === "logits" || name === "scores" ? classes.length : 4]));
  }
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, {
    irVersion: 8n, opsetImport: [{ domain: "", version: 17n }], producerName: "focal-loss", producerVersion: version,
    docString: `Detects ${classes.join(", ")}.`, metadataProps: [{ key: "focal-loss", value: about }], graph: built,
  }));
}

function valueInfo(name: string, dims: readonly Dimension[]) {
  const dim = dims.map((size) => ({ value: typeof size === "string" ? { case: "dimParam" as const, value: size } : { case: "dimValue" as const, value: BigInt(size) } }));
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: { elemType: Type.FLOAT, shape: { dim } } } } });
}
