/** The losses with their own reading of a target. */
import type { Settings } from "../definitions/margin.ts";
import type { Entry } from "../entry.ts";
import { coarse, cross, fewRows, labelled, softTargets, sparse } from "./grids.ts";

const sets: readonly (readonly [string, Settings])[] = [
  ["asymmetric", {}], ["asymmetric", { gammaPos: 0, gammaNeg: 2, shift: 0 }], ["asymmetric", { gammaPos: 0.5, gammaNeg: 1, shift: 0.25 }],
  ["qualityFocal", {}], ["qualityFocal", { beta: 0 }], ["qualityFocal", { beta: 0.5 }], ["qualityFocal", { beta: 5 }],
  ["varifocal", {}], ["varifocal", { gamma: 0, negativeWeight: 1 }], ["varifocal", { gamma: 0.5 }],
  ["gaussianFocal", {}], ["gaussianFocal", { gamma: 0, beta: 0 }], ["gaussianFocal", { gamma: 0.5, beta: 2.5 }],
];

export const hard: Entry[] = sets.map(([loss, settings]) => ({ loss, settings: { ...settings, alpha: 0.25 }, head: "sigmoid", ...cross([0, 1], coarse) }));
export const soft: Entry[] = [
  ...sets.map(([loss, settings]): Entry => ({ loss, settings, head: "sigmoid", ...cross(softTargets, sparse) })),
  ...["asymmetric", "qualityFocal", "varifocal", "gaussianFocal"].map((loss): Entry => ({ loss, settings: { alpha: 0.25 }, head: "sigmoid", ...cross(softTargets, sparse) })),
  ...["asymmetric", "varifocal"].map((loss): Entry => ({ loss, settings: { alpha: 0.25 }, head: "sigmoid", options: { smoothing: 0.125 }, ...cross([0, 1], sparse) })),
];

/** The losses of a whole row. */
export const row: Entry[] = [
  ...[{}, { gamma: 0 }, { gamma: 0.5 }, { gamma: 5 }].map((settings): Entry => ({ loss: "dualFocal", settings: { ...settings, alpha: [0.25, 0.5, 0.75] }, head: "softmax", ...labelled(fewRows) })),
  ...[0, 0.125, 0.5, 1, 1.75, 2].map((y): Entry => ({ loss: "distributionFocal", settings: {}, head: "softmax", classes: 3, logits: fewRows.flat(), targets: fewRows.map(() => y) })),
  ...[0, 0.1].flatMap((smoothing) => [{}, { gammaPos: 1, gammaNeg: 0.5 }, { gammaPos: 0, gammaNeg: 0 }].map((settings): Entry =>
    ({ loss: "asymmetricSingleLabel", settings, head: "softmax", options: { smoothing }, ...labelled(fewRows) }))),
];
