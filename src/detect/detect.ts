import { jit, numpy as np } from "@jax-js/jax";
import { describe, expectKnown, FocalError } from "../errors.ts";
import { pauses } from "../train/pause.ts";
import { anchorGrid } from "./anchors.ts";
import { decodeBoxes } from "./codec.ts";
import { graphOf } from "./graph.ts";
import { run } from "./network.ts";
import { layoutOf } from "./parameters.ts";
import type { Layout } from "./parameters.ts";
import { patchesOf, patchSize } from "./sceneBatches.ts";
import type { DetectorSpec } from "./spec.ts";
import { byScore, suppress } from "./suppress.ts";
import type { SuppressionOptions } from "./suppress.ts";
import type { DetectorModel } from "./trainingOptions.ts";
import type { Detections, Picture } from "./types.ts";

/** What counts as a detection. */
export interface DetectOptions extends SuppressionOptions {
  /** Scores at or below it are passed over, default 0.05. */
  readonly threshold?: number;
}

/** Of so many answers at most a picture's boxes are compared, as RetinaNet has it. */
const candidates = 1000;

/**
 * Finds objects on pictures of any size.
 *
 * Pictures are filled up with zeros to multiples of the largest stride; one program is compiled for each size, and kept for the model's spec. Every anchor's classes of a
 * score above the threshold become boxes, at most the 1000 surest, of which non-maximum suppression keeps one per object.
 *
 * @param model - of `trainDetector`
 * @param pictures - of the model's channels
 * @param options - `threshold` (default .05), `iou` (default .5), `limit` per picture (default 100)
 * @returns for each picture its detections, surest first
 * @throws FocalError `shape` for pictures of other channels, `model` for parameters that do not fit the spec
 *
 * @example
 * const [found] = await detect(model, [picture], { threshold: 0.3 });
 * found.boxes;   // Float32Array, x0 y0 x1 y1 of each
 */
export async function detect(model: DetectorModel, pictures: readonly Picture[], options: DetectOptions = {}): Promise<Detections[]> {
  expectKnown("detect", options, ["threshold", "iou", "limit"]);
  const { threshold = 0.05, ...suppression } = options, { spec, parameters } = model;
  if (!(threshold >= 0 && threshold <= 1)) throw new FocalError("argument", `threshold must be in [0, 1], got ${describe(threshold)}`);
  const wrong = pictures.find(({ channels }) => channels !== spec.channels);
  if (wrong) throw new FocalError("shape", `the model sees pictures of ${spec.channels} channels, got ${wrong.channels}`);
  const { layout, answer } = compiled(spec), classes = spec.classes.length, stride = spec.levels.at(-1)!.stride;
  if (parameters.length !== layout.size) throw new FocalError("model", `the model's spec has ${layout.size} parameters, got ${parameters.length}`);
  const blocks = layout.blocks.map(({ start, size }) => np.array(parameters.slice(start, start + size)));
  const pause = pauses(undefined), found: Detections[] = [];
  try {
    for (const picture of pictures) {
      const [width, height] = [picture.width, picture.height].map((size) => Math.ceil(size / stride) * stride) as [number, number];
      const patches = np.array(patchesOf([picture], width, height), { shape: [height / 2, 1, width / 2, patchSize(spec.channels)] });
      const [logits, deltas] = await Promise.all(answer(blocks.map((block) => block.ref), patches).map((array) => array.data() as Promise<Float32Array>));
      const boxes = decodeBoxes(anchorGrid(spec.levels, width, height), deltas!, picture.width, picture.height);
      found.push(suppress(surest(logits!, boxes, classes, threshold), suppression));
      await pause();
    }
  } finally {
    for (const block of blocks) block.dispose();
  }
  return found;
}

interface Compiled {
  readonly layout: Layout;
  readonly answer: (blocks: np.Array[], patches: np.Array) => [logits: np.Array, deltas: np.Array];
}

/** Compiling takes longer than looking at a picture: the programs, one for each size of picture, live as long as their model's spec. */
const programs = new WeakMap<DetectorSpec, Compiled>();

function compiled(spec: DetectorSpec): Compiled {
  const known = programs.get(spec);
  if (known) return known;
  const graph = graphOf(spec), layout = layoutOf(graph);
  const answer = jit((blocks: np.Array[], patches: np.Array): [np.Array, np.Array] => {
    const { logits, deltas } = run(graph, layout, spec.classes.length, blocks, patches);
    return [logits, deltas];
  });
  const made = { layout, answer };
  programs.set(spec, made);
  return made;
}

/** Every class of every anchor whose probability is above the threshold, at most the 1000 surest of them. */
function surest(logits: Float32Array, boxes: Float32Array, classes: number, threshold: number): Detections {
  const above = threshold > 0 ? Math.log(threshold / (1 - threshold)) : -Infinity, all: number[] = [];
  for (let i = 0; i < logits.length; i++) if (logits[i]! > above) all.push(i);
  const kept = Array.from(byScore(all.map((i) => logits[i]!)).subarray(0, candidates), (place) => all[place]!);
  return {
    boxes: Float32Array.from(kept.flatMap((i) => [...boxes.subarray(4 * Math.floor(i / classes), 4 * Math.floor(i / classes) + 4)])),
    labels: Int32Array.from(kept, (i) => i % classes),
    scores: Float32Array.from(kept, (i) => 1 / (1 + Math.exp(-logits[i]!))),
  };
}
