import { FocalError } from "focal-loss";
import { type Calibration } from "focal-loss/evaluate";
import type { Layer } from "focal-loss/train";
import { featureCount, type Encoding, type NumericEncoding, type Tail } from "../data/index.ts";
import { quote } from "../data/near.ts";
import { depending, dictionary, flag, floats, list, listOrOne, Misfit, number, optional, record, size, text, type Check } from "./checks.ts";
import type { SavedModel } from "./saved.ts";

const FORMAT = "focal-loss model";
const VERSION = 1;

/** model.json: the model as text, weights in base64 of float32 (little-endian). */
export function toText(model: SavedModel): string {
  const layers = model.layers.map(({ inputs, outputs, weight, bias }) => ({ inputs, outputs, weight: base64(weight), bias: base64(bias) }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...model, layers }, null, 1)}\n`;
}

/**
 * Reads model.json, field by field: nothing in it is trusted, since a wrong weight would give wrong answers in silence.
 *
 * @param file named in errors
 * @throws FocalError "model" for text that is cut off, of another format or version, or whose parts do not fit together
 */
export function fromText(source: string, file: string): SavedModel {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new FocalError("model", `${quote(file)} is no whole model file: ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
  const { format, version } = (value ?? {}) as Record<string, unknown>;
  if (format !== FORMAT) throw new FocalError("model", `${quote(file)} is no model of this program, expected the format "${FORMAT}"`);
  if (version !== VERSION) throw new FocalError("model", `${quote(file)} has model format version ${String(version)}, this program reads version ${VERSION}`);
  try {
    const { format: _format, version: _version, ...model } = saved(value, "");
    fitTogether(model);
    return model;
  } catch (error) {
    if (error instanceof Misfit) throw new FocalError("model", `${quote(file)} is damaged: ${error.message}`);
    throw error;
  }
}

const finite = number();
const positive = number("a number > 0", (value) => value > 0);
const notNegative = number("a number ≥ 0", (value) => value >= 0);
const uniform = record<{ uniform: number }>({ uniform: notNegative });
const alpha = depending<number | number[] | { uniform: number }>((value) => (
  typeof value === "object" && value !== null && !Array.isArray(value) ? uniform : listOrOne(notNegative)
));

const encoding = record<Encoding>({
  numeric: list(record({ name: text, tail: optional(record<Tail>({ center: finite, scale: positive })), mean: finite, sd: positive, missing: flag, markers: optional(list(text)) }) as Check<NumericEncoding>),
  categorical: list(record({ name: text, levels: list(text), other: flag, missing: flag })),
});
const layer = record<Layer>({ inputs: size, outputs: size, weight: floats, bias: floats });
const recovery = record({ kind: text, gamma: listOrOne(notNegative), alpha: optional(alpha) }) as Check<Calibration>;
const temperature = record({ kind: text, temperature: positive }) as Check<Calibration>;
const calibration = depending<Calibration>((value) => {
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (kind === "posterior") return recovery;
  if (kind === "temperature") return temperature;
  throw new Misfit(`each step of calibration must be of kind "posterior" or "temperature", got ${JSON.stringify(kind) ?? "nothing"}`);
});

const saved = record<SavedModel & { format: string; version: number }>({
  format: text,
  version: finite,
  library: text,
  target: text,
  classes: list(text),
  againstRest: flag,
  encoding,
  layers: list(layer),
  loss: record({ name: text, parameters: dictionary(listOrOne(finite)), alpha: optional(alpha) }) as Check<SavedModel["loss"]>,
  calibration: list(calibration),
  decision: listOrOne(notNegative),
});

/** Sizes that must agree with each other. */
function fitTogether({ classes, encoding, layers, calibration, decision }: SavedModel): void {
  const expect = (what: string, found: number, wanted: number) => {
    if (found !== wanted) throw new Misfit(`${what} must be ${wanted}, got ${found}`);
  };
  if (classes.length < 2 || new Set(classes).size < classes.length) throw new Misfit(`classes must be two or more different names, got ${JSON.stringify(classes)}`);
  if (layers.length === 0) throw new Misfit("layers must hold at least one layer, got none");
  let width = featureCount(encoding);
  layers.forEach(({ inputs, outputs, weight, bias }, i) => {
    expect(`layers[${i}].inputs`, inputs, width);
    expect(`the length of layers[${i}].weight`, weight.length, inputs * outputs);
    expect(`the length of layers[${i}].bias`, bias.length, outputs);
    width = outputs;
  });
  if (!(width === 1 && classes.length === 2)) expect("the outputs of the last layer", width, classes.length);
  if (typeof decision !== "number") expect("the length of decision", decision.length, classes.length);
  else if (classes.length > 2) throw new Misfit(`decision must be a multiplier for each of ${classes.length} classes, got the number ${decision}`);
  calibration.forEach((step, i) => {
    if (step.kind === "temperature") return;
    if (typeof step.gamma !== "number") expect(`the length of calibration[${i}].gamma`, step.gamma.length, classes.length);
    if (Array.isArray(step.alpha)) expect(`the length of calibration[${i}].alpha`, step.alpha.length, classes.length);
    if (typeof step.alpha === "number") expect(`the number of classes for a single calibration[${i}].alpha`, classes.length, 2);
  });
}

function base64(numbers: Float32Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");
}
