import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FocalError } from "focal-loss";
import { anchorGrid, decodeBoxes, detect, suppress, tinyWidths, trainDetector, type DetectorModel, type DetectorSpec, type Picture, type Scene } from "focal-loss/detect";
import { randomNumbers } from "focal-loss/train";
import * as ort from "onnxruntime-web";
import { recipeOf } from "../src/detection/losses.ts";
import { readDetector, writeDetector } from "../src/detection/model/file.ts";
import { detectorOnnx } from "../src/detection/model/onnx.ts";
import type { SavedDetector } from "../src/detection/model/saved.ts";

const folder = mkdtempSync(join(tmpdir(), "focal detector "));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const spec: DetectorSpec = {
  classes: ["dark", "bright"], channels: 3, width: 64, height: 64, widths: { ...tinyWidths, subnet: [16] },
  levels: [{ stride: 8, sizes: [[12, 12], [16, 10]] }, { stride: 16, sizes: [[24, 24], [32, 20]] }],
};

/** Dark and bright squares on grain. */
function scenes(count: number, width: number, height: number): Scene[] {
  const random = randomNumbers(5);
  return Array.from({ length: count }, (_, n): Scene => {
    const data = Uint8Array.from({ length: 3 * width * height }, () => 110 + 30 * random());
    const boxes: number[] = [], labels: number[] = [];
    for (let k = 0; k < 3; k++) {
      const side = k === 0 ? 24 : 12, x0 = Math.floor(random() * (width - side)), y0 = Math.floor(random() * (height - side)), label = random() < 0.5 ? 0 : 1;
      for (let y = y0; y < y0 + side; y++) for (let x = x0; x < x0 + side; x++) for (let c = 0; c < 3; c++) data[3 * (y * width + x) + c] = label === 0 ? 20 : 230;
      boxes.push(x0, y0, x0 + side, y0 + side);
      labels.push(label);
    }
    return { name: `scene ${n}`, picture: { width, height, channels: 3, data }, boxes: Float32Array.from(boxes), labels: Int32Array.from(labels) };
  });
}

let trained: Promise<DetectorModel> | undefined;
const model = (): Promise<DetectorModel> => (trained ??= trainDetector(scenes(8, 64, 64), spec, { loss: { hardNegatives: 3 }, steps: 40, batch: 4, seed: 1 }).then((result) => result.model));
const saved = async (): Promise<SavedDetector> => ({ library: "0.1.0", data: "squares", scaling: { longSide: 64 }, recipe: recipeOf("focal"), steps: 40, model: await model() });

/** Channels first, numbers from 0 to 255. */
function tensorOf({ width, height, channels, data }: Picture): ort.Tensor {
  const values = new Float32Array(data.length);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < channels; c++) values[c * width * height + i] = data[i * channels + c]!;
  return new ort.Tensor("float32", values, [1, channels, height, width]);
}

describe("a detector as ONNX, run by onnxruntime", () => {
  const pictures = [[64, 64], [96, 48]].map(([width, height]) => scenes(1, width!, height!)[0]!.picture);
  // All of jax-js's work comes first: after onnxruntime-web has set up its own memory, this one's modules do not link in the same thread.
  const seen = (async () => detect(await model(), pictures, { threshold: 0.2 }))();
  // Float32 sums in another order: deltas of size 1 differ in their sixth digit, boxes of up to 100 pixels in their fourth after the point.
  test.each([0, 1])("on pictures of two sizes (%i) it gives the boxes of detect within 0.01 pixels and scores within 1e-4", async (which) => {
    const detector = await model(), picture = pictures[which]!, { width, height } = picture, ours = (await seen)[which];
    const session = await ort.InferenceSession.create(detectorOnnx(detector, "{}"));
    const { boxes, scores, deltas, logits } = await session.run({ picture: tensorOf(picture) });
    const anchors = anchorGrid(spec.levels, width, height);
    expect(boxes!.dims).toEqual([1, anchors.length / 4, 4]);
    expect(logits!.dims).toEqual([1, anchors.length / 4, 2]);
    const decoded = decodeBoxes(anchors, deltas!.data as Float32Array, width, height);
    (boxes!.data as Float32Array).forEach((edge, i) => expect(Math.abs(edge - decoded[i]!)).toBeLessThan(1e-3));
    // What is left to do outside: a threshold and non-maximum suppression.
    const p = scores!.data as Float32Array, kept = [...p.keys()].filter((i) => p[i]! > 0.2);
    const outside = suppress({ boxes: Float32Array.from(kept.flatMap((i) => Array.from((boxes!.data as Float32Array).subarray(4 * (i >> 1), 4 * (i >> 1) + 4)))), labels: Int32Array.from(kept, (i) => i % 2), scores: Float32Array.from(kept, (i) => p[i]!) });
    expect(ours!.labels.length).toBeGreaterThan(0);
    expect([...outside.labels]).toEqual([...ours!.labels]);
    ours!.boxes.forEach((edge, i) => expect(Math.abs(edge - outside.boxes[i]!)).toBeLessThan(0.01));
    ours!.scores.forEach((score, i) => expect(Math.abs(score - outside.scores[i]!)).toBeLessThan(1e-4));
  });
});

describe("the program's own file of a detector", () => {
  test("gives back what was written, to the last bit", async () => {
    await writeDetector(at("model.focal"), await saved());
    expect(await readDetector(at("model.focal"))).toEqual(await saved());
  });

  const bytes = async (): Promise<Buffer> => { await writeDetector(at("whole.focal"), await saved()); return readFileSync(at("whole.focal")); };
  const header = (whole: Buffer, change: (text: string) => string): Buffer => {
    const start = whole.indexOf("\n") + 1, length = whole.readUInt32LE(start), text = Buffer.from(change(whole.subarray(start + 4, start + 4 + length).toString()));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    return Buffer.concat([whole.subarray(0, start), size, text, whole.subarray(start + 4 + length)]);
  };
  test.each<[string, (whole: Buffer) => Buffer, string]>([
    ["empty", () => Buffer.alloc(0), "no detector of this program"],
    ["a picture", () => Buffer.from("\x89PNG\r\n\x1a\n and so on, long enough to be read"), "no detector of this program"],
    ["of a later version", (whole) => Buffer.from(whole.toString("latin1").replace("detector 2", "detector 3"), "latin1"), "another version"],
    ["cut off in the header", (whole) => whole.subarray(0, 60), "header is not whole"],
    ["with an endless header", (whole) => { whole.writeUInt32LE(0xffffffff, whole.indexOf("\n") + 1); return whole; }, "header is not whole"],
    ["cut off in the parameters", (whole) => whole.subarray(0, whole.length - 3), "bytes, got"],
    ["with NaN", (whole) => { whole.writeFloatLE(NaN, whole.length - 8); return whole; }, "finite"],
    ["of another network", (whole) => header(whole, (text) => text.replace('"pyramid":24', '"pyramid":32')), "parameters, got"],
    ["of no network", (whole) => header(whole, (text) => text.replace('"stride":16', '"stride":24')), "stride"],
    ["with a huge network", (whole) => header(whole, (text) => text.replace('"pyramid":24', '"pyramid":1e9')), "4096"],
    ["without classes", (whole) => header(whole, (text) => text.replace('["dark","bright"]', "7")), "must be a list"],
    ["with an unknown loss", (whole) => header(whole, (text) => text.replace('"family":"focal"', '"family":"constructor"')), "loss of this program"],
    ["with more than is known", (whole) => header(whole, (text) => text.replace('"steps"', '"run":"me","steps"')), "absent"],
  ])("%s: one sentence", async (_name, damage, words) => {
    writeFileSync(at("damaged.focal"), damage(await bytes()));
    const error: unknown = await readDetector(at("damaged.focal")).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FocalError);
    expect((error as Error).message).toContain(words);
  });
});
