/** Cross-entropy and focal loss with moved logits. */
import type { Transform } from "../definitions/transform.ts";
import type { Entry } from "../entry.ts";
import { coarse, cross, fewRows, labelled, mixed, softTargets, sparse } from "./grids.ts";

const losses = [{ loss: "crossEntropy", settings: { alpha: 0.25 } }, { loss: "focal", settings: { gamma: 2 } }, { loss: "focal", settings: { gamma: 0.5 } }];
const unweighted = losses.map(({ loss, settings }) => ({ loss, settings: loss === "focal" ? settings : {} }));

const pairs: readonly Transform[] = [
  { name: "ldam", counts: [900, 100] }, { name: "ldam", counts: [50, 5000], options: { maxMargin: 0.25 } },
  { name: "logitAdjusted", counts: [900, 100] }, { name: "logitAdjusted", counts: [50, 5000], options: { tau: 1.5 } },
];
const triples: readonly Transform[] = pairs.map((transform) => ({ ...transform, counts: [...transform.counts, 12] }));

export const sigmoid: Entry[] = pairs.flatMap((transform) => [
  ...losses.map((of): Entry => ({ ...of, transform, head: "sigmoid", ...cross([0, 1], coarse) })),
  ...losses.map((of): Entry => ({ ...of, transform, head: "sigmoid", options: { soft: "mixture" }, ...cross(softTargets, sparse) })),
]);

export const softmax: Entry[] = triples.flatMap((transform) => [
  ...unweighted.map((of): Entry => ({ ...of, transform, head: "softmax", ...labelled(fewRows) })),
  { ...unweighted[1]!, transform, head: "softmax", ...mixed(fewRows, [0.25, 0.125, 0.625]) },
]);
