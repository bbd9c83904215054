import { readFile } from "node:fs/promises";
import { FocalError } from "focal-loss";
import { namedParameters, type BoxLoss, type DetectorSpec, type Level, type Widths } from "focal-loss/detect";
import { families, type FamilyName } from "../../experiment/families.ts";
import { quote } from "../../data/near.ts";
import { depending, list, Misfit, number, optional, record, size, text, type Check } from "../../model/checks.ts";
import { reason, writeWhole } from "../../model/write.ts";
import type { Scaling } from "../fit.ts";
import { BOX_LOSSES, type Recipe } from "../losses.ts";
import type { SavedDetector } from "./saved.ts";

/** The first line of the file, with its version. After it: the length of the header, the header as JSON, the parameters as float32, all little-endian. */
const MAGIC = "focal-loss detector 2\n";
/** A header names classes and anchors; a longer one is none. */
const LONGEST = 1 << 22;

/** Writes a detector: one file, whole or not at all. */
export async function writeDetector(path: string, saved: SavedDetector): Promise<void> {
  const { model, ...rest } = saved;
  const header = Buffer.from(JSON.stringify({ ...rest, spec: model.spec, parameters: model.parameters.length }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const { buffer, byteOffset, byteLength } = model.parameters;
  await writeWhole(path, Buffer.concat([Buffer.from(MAGIC), length, header, new Uint8Array(buffer, byteOffset, byteLength)]));
}

/**
 * Reads what `writeDetector` wrote, field by field: nothing in it is trusted or run.
 *
 * @throws FocalError `model` where there is none, it is cut off, damaged, or not of this program
 */
export async function readDetector(path: string): Promise<SavedDetector> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new FocalError("model", (error as NodeJS.ErrnoException).code === "ENOENT" ? `no such model file: ${quote(path)}` : `cannot read ${quote(path)}: ${reason(error)}`);
  });
  const start = bytes.subarray(0, MAGIC.length).toString("latin1");
  if (start !== MAGIC) {
    const isOlder = start.startsWith("focal-loss detector ");
    throw new FocalError("model", `${quote(path)} is ${isOlder ? "a detector of another version of this program" : "no detector of this program: expected the file model.focal of focal detect train"}`);
  }
  const headerAt = MAGIC.length + 4, length = bytes.length < headerAt ? -1 : bytes.readUInt32LE(MAGIC.length);
  if (length < 0 || length > LONGEST || bytes.length < headerAt + length) throw new FocalError("model", `${quote(path)} is cut off or damaged: its header is not whole`);
  try {
    const { spec, parameters: count, ...rest } = header(parse(bytes.subarray(headerAt, headerAt + length).toString("utf8")), "");
    const body = bytes.subarray(headerAt + length);
    if (body.length !== 4 * count) throw new Misfit(`${count} parameters must be ${4 * count} bytes, got ${body.length}`);
    const parameters = new Float32Array(new Uint8Array(body).buffer);
    if (!parameters.every(Number.isFinite)) throw new Misfit("parameters must be finite numbers");
    const model = { spec, parameters };
    namedParameters(model); // refuses what is no network, and parameters of another
    return { ...rest, model };
  } catch (error) {
    if (error instanceof Misfit || error instanceof FocalError) throw new FocalError("model", `${quote(path)} is damaged: ${error.message}`);
    throw error;
  }
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new Misfit("its header is no JSON");
  }
}

const whole = number("a whole number ≥ 0", (value) => Number.isInteger(value) && value >= 0);
const positive = number("a number > 0", (value) => value > 0);
const finite = number();
/** More than this is no network for a laptop: a damaged file must not ask for all memory. */
const width = number("a whole number from 1 to 4096", (value) => Number.isInteger(value) && value >= 1 && value <= 4096);

const channels = number("1 or 3", (value) => value === 1 || value === 3) as Check<1 | 3>;
const anchorSize: Check<readonly [number, number]> = (value, path) => {
  const sides = list(positive)(value, path);
  if (sides.length !== 2) throw new Misfit(`${path} must be a width and a height, got ${sides.length} numbers`);
  return sides as [number, number];
};
const spec = record<DetectorSpec>({
  classes: list(text), channels, width: size, height: size,
  levels: list(record<Level>({ stride: width, sizes: list(anchorSize) })),
  widths: record<Widths>({ backbone: list(list(width)), pyramid: width, head: list(width), subnet: list(width) }),
});
const family: Check<FamilyName> = (value, path) => {
  const name = text(value, path);
  if (!Object.hasOwn(families, name)) throw new Misfit(`${path} must be a loss of this program, got ${quote(name)}`);
  return name as FamilyName;
};
const boxLoss: Check<BoxLoss> = (value, path) => {
  const known = BOX_LOSSES.find((name) => name === value);
  if (known === undefined) throw new Misfit(`${path} must be ${BOX_LOSSES.join(" or ")}, got ${JSON.stringify(value)}`);
  return known;
};
const recipe = record<Recipe>({
  name: text, formula: text, family, gamma: optional(finite) as Check<number>, alpha: optional(finite) as Check<number>,
  prior: depending<number | false>((value) => (value === false ? () => false : positive)), hardNegatives: optional(positive) as Check<number>, boxWeight: finite, boxLoss: optional(boxLoss) as Check<BoxLoss>,
});
const scaling = record<Scaling>({ longSide: depending<number | null>((value) => (value === null ? () => null : size)) });

const header = record<Omit<SavedDetector, "model"> & { spec: DetectorSpec; parameters: number }>({ library: text, data: text, scaling, recipe, steps: whole, spec, parameters: whole });
