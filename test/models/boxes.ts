/** Detection's geometry, suppression, assignment and average precision against counting by hand. */
import fc from "fast-check";
import { anchorGrid, anchorSizes, assign, boxArea, clipBoxes, decodeBoxes, encodeBoxes, evaluateDetections, iou, suppress } from "focal-loss/detect";
import type { Detections, Objects } from "focal-loss/detect";
import { anyBox, properBox } from "../detect/arbitraries.ts";
import { wild, wildNumbers } from "./arbitraries.ts";
import { model, must, near, refusable } from "./model.ts";

const joined = (boxes: readonly Float32Array[]): Float32Array => Float32Array.from(boxes.flatMap((box) => [...box]));
const share = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const both = Math.max(0, Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!)) * Math.max(0, Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!));
  const area = (box: ArrayLike<number>): number => (box[2]! - box[0]!) * (box[3]! - box[1]!);
  return both / (area(a) + area(b) - both);
};

const geometry = model("boxes: overlap is the shared area over the joint one, clipping stays inside, coding goes back and forth", 30, fc.tuple(properBox, properBox), ([a, b]) => {
  near(iou(a, 0, b, 0), share(a, b), 1e-6, 0, "iou");
  near(boxArea(a, 0), (a[2]! - a[0]!) * (a[3]! - a[1]!), 1e-6, 0, "area");
  const clipped = clipBoxes(Float32Array.from(a), 50, 40);
  clipped.forEach((edge, i) => must(edge >= 0 && edge <= (i % 2 === 0 ? 50 : 40), "outside"));
  const back = decodeBoxes(a, encodeBoxes(a, b, Int32Array.of(0)), 1000, 1000), want = clipBoxes(Float32Array.from(b), 1000, 1000);
  // A hundredth of a pixel: codes are float32, and sizes go through a logarithm.
  const ratio = Math.max((b[2]! - b[0]!) / (a[2]! - a[0]!), (b[3]! - b[1]!) / (a[3]! - a[1]!));
  if (ratio < 60) back.forEach((edge, i) => near(edge, want[i]!, 1e-4, 0.01, `decoded ${i}`));
});

const seen = (box: fc.Arbitrary<Float32Array>) => fc.array(fc.record({ box, label: fc.nat(2), score: fc.integer({ min: 0, max: 20 }).map((k) => k / 20) }), { maxLength: 12 });
const detectionsOf = (list: readonly { box: Float32Array; label: number; score: number }[]): Detections =>
  ({ boxes: joined(list.map(({ box }) => box)), labels: Int32Array.from(list, ({ label }) => label), scores: Float32Array.from(list, ({ score }) => score) });

const suppression = model("boxes: suppression keeps what no surer box of its class overlaps by more", 20, fc.tuple(seen(properBox), fc.constantFrom(0.3, 0.5, 0.7)), ([list, limit]) => {
  const order = list.map((_, i) => i).sort((a, b) => list[b]!.score - list[a]!.score || a - b), kept: number[] = [];
  for (const i of order) if (!kept.some((k) => list[k]!.label === list[i]!.label && iou(list[k]!.box, 0, list[i]!.box, 0) > limit)) kept.push(i);
  const got = suppress(detectionsOf(list), { iou: limit, limit: 1000 });
  must(JSON.stringify([[...got.labels], [...got.boxes]]) === JSON.stringify([kept.map((i) => list[i]!.label), kept.flatMap((i) => [...list[i]!.box])]), `kept ${got.labels.length} of ${kept.length}`);
});

const truths = fc.array(fc.record({ box: properBox, label: fc.nat(1) }), { minLength: 1, maxLength: 6 });
const objectsOf = (list: readonly { box: Float32Array; label: number }[]): Objects => ({ boxes: joined(list.map(({ box }) => box)), labels: Int32Array.from(list, ({ label }) => label) });

/** COCO's AP at one overlap: in order of score each detection takes the best truth left; precision, made to fall, at 101 recalls. */
function apAt(truth: readonly { box: Float32Array }[], list: readonly { box: Float32Array; score: number }[], overlap: number): number {
  const taken = new Set<number>(), hits = [...list].sort((a, b) => b.score - a.score).map(({ box }) => {
    let best = -1, most = overlap;
    truth.forEach((object, t) => { if (!taken.has(t) && iou(box, 0, object.box, 0) >= most) [best, most] = [t, iou(box, 0, object.box, 0)]; });
    if (best >= 0) taken.add(best);
    return best >= 0;
  });
  let right = 0;
  const points = hits.map((hit, i) => ({ recall: (right += Number(hit)) / truth.length, precision: right / (i + 1) }));
  let sum = 0;
  for (let k = 0; k <= 100; k++) sum += Math.max(0, ...points.filter(({ recall }) => recall >= k / 100 - 1e-12).map(({ precision }) => precision));
  return sum / 101;
}
const precision = model("boxes: average precision is COCO's, counted for each class by hand", 12, fc.tuple(truths, fc.uniqueArray(fc.record({ box: properBox, label: fc.nat(1), score: fc.nat(1000).map((k) => Math.fround(k / 1000)) }), { maxLength: 8, selector: ({ score }) => score })), ([truth, list]) => {
  const { perClass } = evaluateDetections([objectsOf(truth)], [detectionsOf(list)], 2);
  perClass.forEach(({ ap50, truths: count }, label) => {
    const own = truth.filter((object) => object.label === label);
    must(count === own.length, "truths");
    if (own.length > 0) near(ap50, apAt(own, list.filter((one) => one.label === label), 0.5), 1e-9, 0, `class ${label}`);
  });
});

const grid = anchorGrid([{ stride: 16, sizes: [[16, 16], [32, 24]] }], 64, 48);
const assignment = model("boxes: every anchor is an object's, background or neither, and what is assigned overlaps as it should", 10, truths, (list) => {
  const { classes, matched } = assign(grid, objectsOf(list), { positive: 0.5, negative: 0.4 });
  classes.forEach((label, a) => {
    const most = Math.max(...list.map(({ box }) => iou(grid, a, box, 0)));
    if (label >= 0) must(list[matched[a]!]!.label === label, "another object's class");
    else if (label === -1) must(most < 0.4 + 1e-6, `background overlaps by ${most}`);
    else must(most < 0.5 + 1e-6, `ignored, but overlaps by ${most}`);
  });
});

const wildObjects = fc.record({
  boxes: fc.array(anyBox, { maxLength: 4 }).map(joined), labels: wildNumbers(4).map((values) => Int32Array.from(values)), scores: wildNumbers(4).map((values) => Float32Array.from(values)),
  crowd: wildNumbers(4).map((values) => Uint8Array.from(values)),
});
const hostile = model("boxes: wild boxes, labels, scores and options are answered without NaN in a box, or refused in a sentence", 15, fc.tuple(wildObjects, wildObjects, wild, wild, wild), ([truth, seen, one, two, three]) => {
  const { crowd: _, ...detections } = seen, { scores: __, ...objects } = truth;
  const kept = refusable(() => suppress(detections, { iou: one, limit: two }));
  must(kept === undefined || [...kept.boxes].every(Number.isFinite), "a kept box is none");
  refusable(() => assign(grid, objects, { positive: one, negative: two, force: three }));
  refusable(() => anchorSizes({ size: one, scales: [two], ratios: [three] }));
  const scores = refusable(() => evaluateDetections([objects], [detections], 3));
  must(scores === undefined || !(scores.ap < 0 || scores.ap > 1), "an average precision outside [0, 1]");
  const clipped = refusable(() => clipBoxes(truth.boxes, one, two));
  must(clipped === undefined || clipped.length === truth.boxes.length, "boxes were lost");
});

export const boxes = [geometry, suppression, precision, assignment, hostile];
