import { iou } from "focal-loss/detect";
import type { PlainBoxes } from "./results.ts";

export interface Judgement {
  /** Detections by their number. */
  readonly right: readonly number[];
  readonly wrong: readonly number[];
  /** Objects by their number. */
  readonly missed: readonly number[];
}

/** Which detections of at least a score meet an object of their class with an IoU of one half, the surest first. Crowds are neither. */
export function judge(truth: PlainBoxes & { readonly crowd: readonly number[] }, { boxes, labels, scores }: PlainBoxes, threshold: number): Judgement {
  const taken = new Set<number>(), right: number[] = [], wrong: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if ((scores?.[i] ?? 1) < threshold) continue;
    let best = -1, most = 0.5, inCrowd = false;
    for (let t = 0; t < truth.labels.length; t++) {
      if (truth.labels[t] !== labels[i]) continue;
      const overlap = iou(boxes, i, truth.boxes, t);
      if (truth.crowd[t]) inCrowd ||= overlap > 0;
      else if (!taken.has(t) && overlap >= most) [best, most] = [t, overlap];
    }
    if (best >= 0) {
      taken.add(best);
      right.push(i);
    } else if (!inCrowd) wrong.push(i);
  }
  return { right, wrong, missed: [...truth.labels.keys()].filter((t) => !taken.has(t) && !truth.crowd[t]) };
}
