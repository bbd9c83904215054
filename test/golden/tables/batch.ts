/** Losses of a batch: small ones, of which some are easy, some hard, some without a positive. */
import type { Settings } from "../definitions/margin.ts";
import type { Entry } from "../entry.ts";

const sets: readonly (readonly [string, Settings])[] = [
  ["normalizedFocal", {}], ["normalizedFocal", { gamma: 0 }], ["normalizedFocal", { gamma: 0.5 }], ["normalizedFocal", { gamma: 5 }],
  ["focalTversky", {}], ["focalTversky", { gamma: 1, delta: 0.5 }], ["focalTversky", { gamma: 2, delta: 0.25, smooth: 0.5 }],
  ["unifiedFocal", {}], ["unifiedFocal", { weight: 0.25, delta: 0.75, gamma: 0.25 }], ["unifiedFocal", { weight: 1 }], ["unifiedFocal", { weight: 0, gamma: 0 }],
  ["asymmetricUnifiedFocal", {}], ["asymmetricUnifiedFocal", { weight: 0.25, delta: 0.75, gamma: 0.25 }], ["asymmetricUnifiedFocal", { weight: 1 }],
];

const questions = [
  { logits: [2, -1, 0.5, -3, 4, -0.25], targets: [1, 0, 1, 0, 0, 1] },
  { logits: [20, -15, 10, -30, -12], targets: [1, 0, 1, 0, 1] },
  { logits: [-2, 1, -4], targets: [0, 0, 0] },
];
const rows = [
  { classes: 3, logits: [2, 0, -1, 0, 1, 3, -2, 0.5, 0.25, 1, 1, -3], targets: [0, 2, 1, 1] },
  { classes: 3, logits: [15, 0, -10, 0, -1, 20], targets: [0, 1] },
  { classes: 2, logits: [1, 2, -3, 0.5, 4, 0], targets: [1, 1, 0] },
];

export const sigmoid: Entry[] = [
  ...sets.flatMap(([loss, settings]) => questions.map((batch): Entry => ({ loss, settings, head: "sigmoid", ...batch }))),
  ...[0.25, [2, 3]].map((alpha): Entry => ({ loss: "normalizedFocal", settings: { alpha }, head: "sigmoid", ...questions[0]! })),
  { loss: "focalTversky", settings: {}, head: "sigmoid", classes: 2, ...questions[0]! },
  { loss: "focalTversky", settings: {}, head: "sigmoid", logits: [2, -1, 0.5, -3], targets: [0.9, 0, 0.4, 0.25].map(Math.fround) },
];
export const softmax: Entry[] = [
  ...sets.flatMap(([loss, settings]) => rows.map((batch): Entry => ({ loss, settings, head: "softmax", ...batch }))),
  { loss: "normalizedFocal", settings: { alpha: [0.25, 0.5, 0.75] }, head: "softmax", ...rows[0]! },
];
