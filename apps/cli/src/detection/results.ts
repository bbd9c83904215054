import type { Reproduce } from "../results.ts";
import type { Recipe } from "./losses.ts";

/** Numbers of a run on held-out pictures. All but seconds are better when higher, and NaN where there is nothing to judge. */
export const METRICS = {
  ap50: { name: "AP50", title: "average precision at an IoU of 0.5", digits: 3 },
  ap: { name: "AP", title: "average precision, mean over IoU 0.5 to 0.95", digits: 3 },
  ap75: { name: "AP75", title: "average precision at an IoU of 0.75", digits: 3 },
  small: { name: "small", title: "AP of boxes below 32² pixels", digits: 3 },
  medium: { name: "medium", title: "AP of boxes from 32² to 96² pixels", digits: 3 },
  large: { name: "large", title: "AP of boxes above 96² pixels", digits: 3 },
  recall: { name: "recall", title: "mean over IoU 0.5 to 0.95 of what at most 100 detections a picture find", digits: 3 },
  seconds: { name: "seconds", title: "of training", digits: 0 },
} as const;
export type Metric = keyof typeof METRICS;

export interface Point {
  readonly recall: number;
  readonly precision: number;
}

/** One moment of training. */
export interface Moment {
  readonly step: number;
  readonly loss: number;
  readonly classLoss: number;
  readonly boxLoss: number;
  /** The share of the class loss that comes from background anchors with p below 0.1. */
  readonly easy: number;
}

/** Boxes as plain numbers, for files and pages. */
export interface PlainBoxes {
  readonly boxes: readonly number[];
  readonly labels: readonly number[];
  readonly scores?: readonly number[];
}

/** One loss, trained and judged once. */
export interface Run {
  readonly metrics: Readonly<Record<Metric, number>>;
  readonly perClass: readonly { readonly ap: number; readonly ap50: number; readonly truths: number }[];
  /** At most 200 moments. */
  readonly history: readonly Moment[];
  /** Share of the class loss from easy background over the last tenth of training. */
  readonly easy: number;
  /** Precision over recall at an IoU of 0.5, by class; of the first repeat. */
  readonly curves?: readonly (readonly Point[])[];
  /** What was found on the examples; of the first repeat. */
  readonly found?: readonly PlainBoxes[];
}

export interface Spread {
  readonly mean: number;
  readonly sd: number;
  /** To the reference, on the same data and seeds, with an interval where there are repeats enough. */
  readonly difference?: { readonly mean: number; readonly low?: number; readonly high?: number };
}

export interface LossResult {
  readonly recipe: Recipe;
  readonly runs: readonly Run[];
  readonly summary: Readonly<Record<Metric, Spread>>;
}

/** A held-out picture for the report: what stands on it, and the picture itself as the address of a JPEG. */
export interface Example extends PlainBoxes {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly crowd: readonly number[];
  readonly picture: string;
}

/** What a training or a comparison of detectors found out: metrics.json, the report, the terminal. */
export interface DetectResults {
  readonly format: 1;
  readonly headline: string;
  readonly advice: string;
  readonly notes: readonly string[];
  readonly data: {
    readonly name: string;
    readonly classes: readonly { readonly name: string; readonly boxes: number }[];
    readonly pictures: { readonly train: number; readonly test: number };
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3;
    readonly about: { readonly split: string; readonly size: string; readonly anchors: string };
  };
  readonly anchors: {
    readonly levels: readonly { readonly stride: number; readonly sizes: readonly (readonly [number, number])[] }[];
    /** Of one picture. */
    readonly count: number;
    /** Means over the training pictures. */
    readonly positives: number;
    readonly ignored: number;
    readonly background: number;
  };
  readonly training: {
    readonly steps: number;
    readonly batch: number;
    readonly repeats: number;
    readonly parameters: number;
    readonly network: string;
    readonly augmentation: string;
  };
  /** The reference first. */
  readonly losses: readonly LossResult[];
  readonly examples: readonly Example[];
  readonly reproduce: Reproduce;
}
