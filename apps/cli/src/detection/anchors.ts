import type { Level, Objects } from "focal-loss/detect";
import { randomNumbers } from "focal-loss/train";

type Size = readonly [width: number, height: number];

/** The coarsest levels that a small network has, and the least of an object that its cells must show, in cells. */
const STRIDES = [8, 16, 32] as const;
const EACH = 4;

export interface Anchors {
  readonly levels: readonly Level[];
  /** Mean over the boxes of the IoU with the best anchor size, both centred. */
  readonly fit: number;
  /** The share of boxes that some anchor size meets with an IoU of at least one half. */
  readonly met: number;
}

/**
 * Anchor sizes for the boxes of a data set: k-means over widths and heights, by IoU instead of distance.
 *
 * Four sizes to a level, small ones to the fine levels. The stride of 8 is always there; 16 and 32 are added where the larger half, or
 * the largest eighth, of the boxes is so large that a fine level would look at them through a keyhole.
 *
 * @param objects - boxes in pixels of the size at which training will see them
 *
 * @see Redmon, Farhadi: YOLO9000, 2017, section 2
 */
export function chooseAnchors(objects: readonly Objects[], seed = 0): Anchors {
  const sizes = objects.flatMap(({ boxes, crowd }) => Array.from({ length: boxes.length / 4 }, (_, b): Size => [boxes[4 * b + 2]! - boxes[4 * b]!, boxes[4 * b + 3]! - boxes[4 * b + 1]!])
    .filter(([w, h], b) => w > 0 && h > 0 && !crowd?.[b]));
  const sides = sizes.map(([w, h]) => Math.sqrt(w * h)).sort((a, b) => a - b);
  const sideAt = (share: number): number => sides[Math.floor(share * (sides.length - 1))] ?? 0;
  const strides = STRIDES.slice(0, sideAt(0.875) > 64 && sideAt(0.95) > 96 ? 3 : sideAt(0.875) > 20 ? 2 : 1);
  const centres = cluster(sizes, EACH * strides.length, seed).sort((a, b) => a[0] * a[1] - b[0] * b[1]);
  const overlaps = sizes.map((size) => Math.max(...centres.map((centre) => overlap(size, centre))));
  return {
    levels: strides.map((stride, level) => ({ stride, sizes: centres.slice(EACH * level, EACH * (level + 1)).map(([w, h]): Size => [rounded(w), rounded(h)]) })),
    fit: overlaps.reduce((a, b) => a + b, 0) / overlaps.length, met: overlaps.filter((best) => best >= 0.5).length / overlaps.length,
  };
}

const rounded = (pixels: number): number => Math.max(2, Math.round(pixels * 2) / 2);

/** IoU of two boxes with the same centre. */
function overlap([w, h]: Size, [v, g]: Size): number {
  const shared = Math.min(w, v) * Math.min(h, g);
  return shared / (w * h + v * g - shared);
}

/** k-means with first centres far from each other (k-means++), by 1 − IoU; the centre is the mean of logarithms. Fewer different boxes than centres are spread a little. */
function cluster(sizes: readonly Size[], k: number, seed: number): Size[] {
  const random = randomNumbers(seed);
  const sample = sizes.length > 5000 ? Array.from({ length: 5000 }, () => sizes[Math.floor(random() * sizes.length)]!) : sizes;
  const centres: Size[] = [sample[Math.floor(random() * sample.length)]!];
  while (centres.length < k) {
    const far = sample.map((size) => Math.min(...centres.map((centre) => 1 - overlap(size, centre))) ** 2);
    let at = random() * far.reduce((a, b) => a + b, 0);
    if (at === 0) centres.push(centres.at(-1)!.map((side) => side * 1.25) as unknown as Size);
    else centres.push(sample[Math.max(0, far.findIndex((weight) => (at -= weight) < 0))]!);
  }
  for (let round = 0; round < 50; round++) {
    const sums = centres.map(() => [0, 0, 0]);
    for (const size of sample) {
      let best = 0, most = -1;
      centres.forEach((centre, c) => {
        const here = overlap(size, centre);
        if (here > most) [best, most] = [c, here];
      });
      const sum = sums[best]!;
      sum[0]! += Math.log(size[0]);
      sum[1]! += Math.log(size[1]);
      sum[2]!++;
    }
    sums.forEach(([w, h, n], c) => { if (n! > 0) centres[c] = [Math.exp(w! / n!), Math.exp(h! / n!)]; });
  }
  return centres;
}
