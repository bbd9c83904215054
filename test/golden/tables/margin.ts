/** The margin losses under both heads. */
import type { Settings } from "../definitions/margin.ts";
import type { Entry } from "../entry.ts";
import { coarse, cross, fewRows, labelled, mixed, softTargets, sparse } from "./grids.ts";

type Set = readonly [loss: string, settings: Settings];
const byGamma = (loss: string, gammas: readonly number[], more: Settings = {}): Set[] => gammas.map((gamma) => [loss, { gamma, ...more }]);

/** Each with its defaults and, where a parameter changes the formula, others. */
const sets: readonly Set[] = [
  ["crossEntropy", {}],
  ["focal", {}], ...byGamma("focal", [0, 0.5, 5]),
  ["focalStar", {}], ["focalStar", { gamma: 4, beta: 0 }], ["focalStar", { gamma: 0.5, beta: -1 }],
  ["poly1Focal", {}], ...byGamma("poly1Focal", [0, 0.5, 5], { epsilon: -0.5 }),
  ["inverseFocal", {}], ...byGamma("inverseFocal", [0, 0.5, 5]),
  ["reducedFocal", {}], ...byGamma("reducedFocal", [0.5, 5], { threshold: 0.3 }),
  ["reducedFocalContinuous", {}], ...byGamma("reducedFocalContinuous", [0.5, 5], { threshold: 0.3 }),
  ["flsd53", {}], ["flsd53", { hard: 2, easy: 0.5, threshold: 0.3 }],
  ["equalizedFocal", {}], ["equalizedFocal", { gamma: 5, base: 2 }], ["equalizedFocal", { gamma: 0.5, base: 1 }],
  ["cyclicalFocal", {}], ["cyclicalFocal", { share: 0.25, gammaHigh: 2, gammaLow: 5 }], ["cyclicalFocal", { share: 0, gammaLow: 0.5 }],
  ["classBalancedFocal", { counts: [900, 100] }], ["classBalancedFocal", { counts: [9, 1000], beta: 0.99, gamma: 0.5 }],
];

/** Reads the margin, which a target between the classes has none of. */
const readsTheMargin = (loss: string): boolean => loss === "focalStar";
const own = (loss: string): boolean => loss === "classBalancedFocal";
const weighted = ([loss, settings]: Set, alpha: unknown): { loss: string; settings: Settings } =>
  ({ loss, settings: own(loss) ? settings : { ...settings, alpha } });

export const hard: Entry[] = [
  ...sets.map((set): Entry => ({ ...weighted(set, 0.25), head: "sigmoid", ...cross([0, 1], coarse) })),
  ...["focal", "equalizedFocal"].map((loss): Entry => ({ loss, settings: { gamma: [0.5, 3] }, head: "sigmoid", ...cross([0, 1], coarse) })),
  { loss: "focal", settings: { gamma: [0.5, 3], alpha: [0.25, 0.9] }, head: "sigmoid", classes: 2, ...cross([0, 1], coarse) },
  ...[[2, 3], { uniform: 0.25 }].map((alpha): Entry => ({ loss: "focal", settings: { alpha }, head: "sigmoid", ...cross([0, 1], sparse) })),
];

const soft = (rule: "interpolate" | "mixture" | "quality", only: readonly Set[]): Entry[] =>
  only.map((set) => ({ ...weighted(set, 0.25), head: "sigmoid", options: { soft: rule }, ...cross(softTargets, sparse) }));

export const interpolate = soft("interpolate", sets.filter(([loss]) => !readsTheMargin(loss)));
export const mixture = soft("mixture", sets);
export const quality = soft("quality", sets.filter(([loss]) => !readsTheMargin(loss)));

const alpha = [0.25, 0.5, 0.75];
const counted = ([loss, settings]: Set): Set => (own(loss) ? [loss, { ...settings, counts: [...(settings["counts"] as number[]), 50] }] : [loss, settings]);

export const softmax: Entry[] = [
  ...sets.map((set): Entry => ({ ...weighted(counted(set), alpha), head: "softmax", ...labelled(fewRows) })),
  ...["focal", "equalizedFocal"].map((loss): Entry => ({ loss, settings: { gamma: [0.5, 3, 1] }, head: "softmax", ...labelled(fewRows) })),
];

/** Targets between the classes: given as rows, or made by label smoothing. */
const spread: readonly Set[] = sets.filter(([loss], i) => sets.findIndex(([other]) => other === loss) === i);

export const smoothed: Entry[] = [
  ...spread.map((set): Entry => ({ ...weighted(counted(set), alpha), head: "softmax", ...mixed(fewRows, [0.25, 0.125, 0.625]) })),
  ...spread.map((set): Entry => ({ ...weighted(counted(set), alpha), head: "softmax", options: { smoothing: 0.125 }, ...labelled(fewRows) })),
  ...spread.filter(([loss]) => !readsTheMargin(loss)).map((set): Entry =>
    ({ ...weighted(set, 0.25), head: "sigmoid", options: { smoothing: 0.125 }, ...cross([0, 1], sparse) })),
  { ...weighted(["focal", {}], 0.25), head: "sigmoid", options: { smoothing: 0.125, soft: "mixture" }, ...cross([0, 1, softTargets[1]!], sparse) },
];
