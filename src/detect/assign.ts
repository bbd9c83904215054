import { expectKnown, FocalError } from "../errors.ts";
import { boxArea, countBoxes, intersection, iou } from "./boxes.ts";
import type { Objects } from "./types.ts";

/** The class of an anchor on nothing. */
export const BACKGROUND = -1;
/** The class of an anchor that is neither: it takes no part in the loss. */
export const IGNORED = -2;

/** From which overlap an anchor belongs to a box. */
export interface AssignmentRules {
  /** IoU from which an anchor is the box's; default 0.5. */
  readonly positive?: number;
  /** IoU below which it is background; default 0.4. Between the two it is ignored. */
  readonly negative?: number;
  /** IoU from which a box's best anchor is its own even where that is too little otherwise; default 0.25. */
  readonly force?: number;
}

/** What every anchor has to answer. */
export interface Assignment {
  /** The class of its object, −1 for background, −2 where it is ignored. */
  readonly classes: Int32Array;
  /** Which box it belongs to, −1 for none. */
  readonly matched: Int32Array;
}

/**
 * Says of every anchor which object it has to find, if any: the labels of a dense detector.
 *
 * An anchor belongs to the box with which its IoU is highest, if that is ≥ `positive`, and is background below `negative`. The best anchor
 * of every box is the box's in any case from `force` on, so that no object goes without; where two boxes have the same
 * best anchor it is that of the higher IoU. Of equals the first box and the first anchor are taken. Boxes without
 * area are passed over. Crowds are nobody's object: an anchor with at least `positive` of its area in one is ignored, not background.
 *
 * @param anchors - of {@link anchorGrid}
 * @param objects - boxes and labels of a picture; there may be none
 * @throws FocalError `shape` for arrays of different lengths, `argument` for thresholds outside 0 ≤ negative ≤ positive ≤ 1
 *
 * @example
 * assign(Float32Array.of(0, 0, 8, 8, 8, 0, 16, 8), { boxes: Float32Array.of(0, 0, 8, 6), labels: Int32Array.of(3) });
 * // { classes: Int32Array [3, -1], matched: Int32Array [0, -1] }
 *
 * @see Lin, Goyal, Girshick, He, Dollár: Focal Loss for Dense Object Detection, 2017, section 4
 */
export function assign(anchors: Float32Array, objects: Objects, rules: AssignmentRules = {}): Assignment {
  expectKnown("assign", rules, ["positive", "negative", "force"]);
  const { positive = 0.5, negative = 0.4, force = 0.25 } = rules;
  if (!(negative >= 0 && negative <= positive && positive <= 1)) {
    throw new FocalError("argument", `thresholds must be 0 ≤ negative ≤ positive ≤ 1, got negative ${negative} and positive ${positive}`);
  }
  if (!(force >= 0)) throw new FocalError("argument", `force must be ≥ 0, got ${force}`);
  const { boxes, labels, crowd } = objects;
  const anchorCount = countBoxes("anchors", anchors), boxCount = countBoxes("boxes", boxes);
  if (labels.length !== boxCount) throw new FocalError("shape", `there must be one label for each of ${boxCount} boxes, got ${labels.length}`);
  const classes = new Int32Array(anchorCount).fill(BACKGROUND), matched = new Int32Array(anchorCount).fill(-1);
  const best = new Float64Array(anchorCount);
  const favourites: { readonly anchor: number; readonly box: number; readonly overlap: number }[] = [];
  for (let box = 0; box < boxCount; box++) {
    if (crowd?.[box] || boxArea(boxes, box) === 0) continue;
    let anchor = -1, overlap = 0;
    const near = nearBy(anchors, boxes, box);
    for (let i = near(0); i < anchorCount; i = near(i + 1)) {
      const here = iou(anchors, i, boxes, box);
      if (here > best[i]!) {
        best[i] = here;
        matched[i] = box;
      }
      if (here > overlap) {
        overlap = here;
        anchor = i;
      }
    }
    if (anchor >= 0 && overlap >= force) favourites.push({ anchor, box, overlap });
  }
  for (let i = 0; i < anchorCount; i++) {
    if (best[i]! >= positive && matched[i]! >= 0) classes[i] = labels[matched[i]!]!;
    else {
      matched[i] = -1;
      if (best[i]! >= negative && best[i]! > 0) classes[i] = IGNORED;
    }
  }
  if (crowd) ignoreCrowds(anchors, boxes, crowd, positive, classes);
  // Lowest IoU first, so that the highest has the last word; of equals the first box comes last.
  favourites.sort((a, b) => a.overlap - b.overlap || b.box - a.box);
  for (const { anchor, box } of favourites) {
    classes[anchor] = labels[box]!;
    matched[anchor] = box;
  }
  return { classes, matched };
}

/** Finds the next anchor that touches a box: most are nowhere near, and four comparisons say so. */
function nearBy(anchors: Float32Array, boxes: Float32Array, box: number): (from: number) => number {
  const [x0, y0, x1, y1] = boxes.subarray(4 * box, 4 * box + 4) as unknown as readonly [number, number, number, number];
  return (from) => {
    let at = 4 * from;
    while (at < anchors.length && (anchors[at + 1]! >= y1 || anchors[at + 3]! <= y0 || anchors[at]! >= x1 || anchors[at + 2]! <= x0)) at += 4;
    return at / 4;
  };
}

function ignoreCrowds(anchors: Float32Array, boxes: Float32Array, crowd: Uint8Array, share: number, classes: Int32Array): void {
  for (let box = 0; box < crowd.length; box++) {
    if (!crowd[box]) continue;
    for (let i = 0; i < classes.length; i++) {
      const inside = intersection(anchors, i, boxes, box);
      if (classes[i] === BACKGROUND && inside > 0 && inside >= share * boxArea(anchors, i)) classes[i] = IGNORED;
    }
  }
}
