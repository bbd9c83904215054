/** Scenes seen anew: boxes go with their objects. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { augment, boxArea } from "focal-loss/detect";
import type { AugmentOptions, Scene } from "focal-loss/detect";
import { stream } from "../src/random.ts";
import { anyBox } from "./detect/arbitraries.ts";

const WIDTH = 48, HEIGHT = 40;
const still: Required<AugmentOptions> = { flip: 0, scale: [1, 1], crop: 0, brightness: 0, contrast: 0 };

/** White rectangles on black, each with its box. */
function sceneOf(boxes: readonly (readonly number[])[], channels: 1 | 3 = 1): Scene {
  const data = new Uint8Array(WIDTH * HEIGHT * channels);
  for (const [x0, y0, x1, y1] of boxes as readonly [number, number, number, number][]) {
    for (let y = y0; y < y1; y++) data.fill(255, (y * WIDTH + x0) * channels, (y * WIDTH + x1) * channels);
  }
  return { name: "rectangles", picture: { width: WIDTH, height: HEIGHT, channels, data }, boxes: Float32Array.from(boxes.flat()), labels: Int32Array.from(boxes, (_, i) => i) };
}

const rectangle = fc.tuple(fc.nat(WIDTH - 6), fc.nat(HEIGHT - 6), fc.integer({ min: 5, max: 30 }), fc.integer({ min: 5, max: 30 }))
  .map(([x, y, w, h]) => [x, y, Math.min(x + w, WIDTH), Math.min(y + h, HEIGHT)]);
const moves = fc.record({ flip: fc.constantFrom(0, 0.5, 1), scale: fc.constantFrom<[number, number]>([1, 1], [0.5, 1], [0.8, 1.25], [1.5, 2.5]), crop: fc.constantFrom(0, 0.1, 0.4), seed: fc.nat(1e6) });

test("asked for nothing it changes nothing, in grey and in colour", () => {
  for (const channels of [1, 3] as const) {
    const scene = sceneOf([[3, 4, 20, 30], [30, 2, 47, 9]], channels);
    expect(augment(scene, still, stream(1, "augment"))).toEqual(scene);
  }
});

test("mirrored twice it is what it was; once, columns are the other way round, and boxes", () => {
  const scene = sceneOf([[3, 4, 20, 30], [30, 2, 47, 9]], 3), flip = { ...still, flip: 1 };
  const once = augment(scene, flip, stream(1, "augment"));
  expect(once.boxes).toEqual(Float32Array.of(28, 4, 45, 30, 1, 2, 18, 9));
  for (let x = 0; x < WIDTH; x++) expect(once.picture.data[(5 * WIDTH + x) * 3 + 1]).toBe(scene.picture.data[(5 * WIDTH + WIDTH - 1 - x) * 3 + 1]);
  expect(augment(once, flip, stream(1, "augment"))).toEqual(scene);
});

test("a box holds its ink and ends where it ends, within 3 pixels: so far a pixel enlarged 2.5 times fades", () => {
  fc.assert(fc.property(rectangle, moves, (box, { seed, ...options }) => {
    const { boxes, labels, picture } = augment(sceneOf([box]), { ...still, ...options }, stream(seed, "augment"));
    if (labels.length === 0) return;
    const [x0, y0, x1, y1] = boxes as unknown as [number, number, number, number];
    // The ground is as bright as the mean where the picture ends: ink is what is brighter than half-way from there to white.
    const ground = sceneOf([box]).picture.data.reduce((a, b) => a + b, 0) / (WIDTH * HEIGHT);
    const bright: [number, number][] = [];
    picture.data.forEach((value, at) => {
      if (value > (255 + ground) / 2) bright.push([at % WIDTH, Math.floor(at / WIDTH)]);
    });
    for (const [x, y] of bright) expect(x + 1 > x0 - 1 && x < x1 + 1 && y + 1 > y0 - 1 && y < y1 + 1).toBe(true);
    if (x1 - x0 > 6 && y1 - y0 > 6) {
      expect(Math.abs(Math.min(...bright.map(([x]) => x)) - x0)).toBeLessThanOrEqual(3);
      expect(Math.abs(Math.max(...bright.map(([x]) => x)) + 1 - x1)).toBeLessThanOrEqual(3);
      expect(Math.abs(Math.min(...bright.map(([, y]) => y)) - y0)).toBeLessThanOrEqual(3);
      expect(Math.abs(Math.max(...bright.map(([, y]) => y)) + 1 - y1)).toBeLessThanOrEqual(3);
    }
  }), { numRuns: 300 });
});

test("whatever boxes come: those that stay have area, lie on the picture and keep their label and crowd; pixels stay bytes", () => {
  fc.assert(fc.property(fc.array(anyBox, { maxLength: 5 }), moves, (boxes, { seed, ...options }) => {
    const scene = { ...sceneOf([]), boxes: Float32Array.from(boxes.flatMap((b) => [...b])), labels: Int32Array.from(boxes, (_, i) => 10 + i), crowd: Uint8Array.from(boxes, (_, i) => i % 2) };
    const seen = augment(scene, options, stream(seed, "augment"));
    expect(seen.boxes).toHaveLength(4 * seen.labels.length);
    expect(seen.crowd).toEqual(Uint8Array.from(seen.labels, (label) => (label - 10) % 2));
    seen.labels.forEach((_, i) => {
      expect(boxArea(seen.boxes, i)).toBeGreaterThan(0);
      const [x0, y0, x1, y1] = seen.boxes.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
      expect(x0 >= 0 && y0 >= 0 && x1 <= WIDTH && y1 <= HEIGHT).toBe(true);
    });
  }));
});

test("an object that keeps 30 % of its area stays, one that keeps less goes", () => {
  // Nothing but its place is drawn: 40 % of the width to the right, so the left 19.2 columns are cut off.
  const toTheRight = (): number => 1 - Number.EPSILON;
  const moved = (box: number[]) => augment({ ...sceneOf([]), boxes: Float32Array.from(box), labels: Int32Array.of(7) }, { ...still, crop: 0.4 }, toTheRight);
  // The window starts at 19.2 × 16: of 10 columns from 12 on 2.8 are left, of those from 13 on 3.8.
  expect(moved([12, 20, 22, 30]).labels).toEqual(Int32Array.of());
  const { boxes, labels } = moved([13, 20, 23, 30]);
  expect(labels).toEqual(Int32Array.of(7));
  [0, 4, 3.8, 14].forEach((value, k) => expect(boxes[k]).toBeCloseTo(value, 5));
});

test("brightness adds, contrast stretches around the mean; boxes stay", () => {
  const scene = sceneOf([[0, 0, 24, 40]]);
  const lightest = augment({ ...scene, picture: { ...scene.picture, data: scene.picture.data.map((v) => v / 2) } }, { ...still, brightness: 0.2 }, () => 1 - 2 ** -40);
  expect([...new Set(lightest.picture.data)].sort((a, b) => a - b)).toEqual([51, 127 + 51]);
  const flattest = augment(scene, { ...still, contrast: 0.5 }, () => 0);
  expect([...new Set(flattest.picture.data)].sort((a, b) => a - b)).toEqual([Math.round(127.5 - 63.75), Math.round(127.5 + 63.75)]);
  expect(flattest.boxes).toEqual(scene.boxes);
});

test("the same numbers give the same scene, six are drawn whatever the options, and the scene that came stays as it was", () => {
  const scene = sceneOf([[3, 4, 20, 30]]), before = structuredClone(scene);
  expect(augment(scene, {}, stream(5, "augment"))).toEqual(augment(scene, {}, stream(5, "augment")));
  expect(augment(scene, {}, stream(5, "augment"))).not.toEqual(augment(scene, {}, stream(6, "augment")));
  expect(scene).toEqual(before);
  for (const options of [{}, still]) {
    let drawn = 0;
    augment(scene, options, () => (drawn++, 0.5));
    expect(drawn).toBe(6);
  }
});

test("options out of range are refused", () => {
  const scene = sceneOf([]);
  expect(() => augment(scene, { flip: 2 }, Math.random)).toThrow("flip must be in [0, 1], got 2");
  expect(() => augment(scene, { scale: [2, 1] }, Math.random)).toThrow("scale must be two numbers above 0, the lower one first, got 2 and 1");
  expect(() => augment(scene, { colour: 1 } as never, Math.random)).toThrow("augment has no option colour");
});
