import { describe, expectKnown, FocalError } from "./errors.ts";
import type { Form } from "./forms.ts";
import type { Head } from "./heads/job.ts";
import type { Layout } from "./heads/targets.ts";
import { checkParameters, classWeights as readWeights } from "./inputs.ts";
import type { ClassWeights } from "./inputs.ts";
import type { Labels } from "./losses/derive.ts";
import type { AnyLoss, SoftRule } from "./losses/loss.ts";
import type { From } from "./scores.ts";

/**
 * What becomes of the examples' losses: their mean over the examples that are not ignored, their sum,
 * nothing ("none"), the sum ÷ max(1, targets above 0), as dense detectors divide, or Σ wℓ ÷ Σ w.
 */
export type Reduction = "mean" | "sum" | "none" | "positives" | "weightedMean";
/**
 * Where the loss runs. JavaScript computes in float64, WebAssembly SIMD ("wasm") in float32, the same bits on every
 * machine; only losses of a whole batch may differ in the last bit of a power of their sums.
 * "relaxed" is SIMD whose sigmoid head may fuse products into sums where the machine can, which is faster; bits then depend on it.
 */
export type Engine = "js" | "wasm" | "relaxed";

/** How a criterion reads logits and targets, and what it makes of the losses. */
export interface CriterionOptions<R extends Reduction = Reduction> {
  /** "sigmoid" (default): each logit a yes-or-no question. "softmax": rows of `classes` logits, one label each. */
  readonly head?: Head;
  /** Default "mean". */
  readonly reduction?: R;
  /** Logits per row: required by softmax; with sigmoid, the columns that per-class settings and labels refer to. */
  readonly classes?: number;
  /** Distance between the classes of one example: 1 (default) for rows and NHWC, height × width for NCHW planes. */
  readonly inner?: number;
  /** Targets of this value count for nothing: no loss, no gradient, no part in the mean. */
  readonly ignoreIndex?: number;
  /**
   * Sigmoid head with one label per row: the label that names no class, so that every column is a negative. With a single
   * class, whose label is 0, it also says that targets are labels.
   */
  readonly background?: number;
  /** How the sigmoid head reads targets between 0 and 1. Default: as the loss was published, mostly "interpolate". */
  readonly soft?: SoftRule;
  /** Label smoothing s in [0, 1), default 0: t becomes t(1 − s) + s/2, a softmax label's share 1 − s + s/classes. */
  readonly smoothing?: number;
  /**
   * What the scores are. Default "logits"; said, it ends the warning about logits that all look like probabilities. Gradients are by
   * what was given; rows of probabilities are normalised.
   */
  readonly from?: From;
  /** One more factor per class: by column (sigmoid with `classes`) or by label (softmax). */
  readonly classWeights?: readonly number[];
  /** Default: SIMD for float32 logits where it is available and worth it, else JavaScript. */
  readonly engine?: Engine;
  /** Also refuse NaN and infinite logits, naming the index. Default false: NaN in, NaN out. */
  readonly check?: boolean;
}

/** A loss and a criterion's options, read and checked. */
export interface Plan extends Layout {
  /** The loss, with its class weights left open where the criterion adds its own. */
  readonly loss: AnyLoss;
  readonly form: Form;
  readonly head: Head;
  readonly reduction: Reduction;
  /** Whether `classes` was given, so that settings are per column. */
  readonly perColumn: boolean;
  readonly from: From;
  /** Whether the caller said what the scores are. */
  readonly fromSaid: boolean;
  readonly engine: Engine | undefined;
  readonly check: boolean;
  readonly alpha: ClassWeights;
  readonly offsets: Float64Array;
  /** How targets between 0 and 1 are read. */
  readonly soft: Labels;
}

/** The options a criterion has. */
export const optionNames = ["head", "reduction", "classes", "inner", "ignoreIndex", "background", "soft", "smoothing", "from", "classWeights", "engine", "check"];
const choices = {
  head: ["sigmoid", "softmax"], reduction: ["mean", "sum", "none", "positives", "weightedMean"], soft: ["interpolate", "mixture", "quality"],
  from: ["logits", "probabilities", "logProbabilities"], engine: ["js", "wasm", "relaxed"],
} as const;

/**
 * Reads what a loss is bound with; refuses what it cannot be bound with.
 *
 * @param formOf - the form of a loss over a head: any, or the only one there is
 */
export function readOptions(loss: AnyLoss, options: CriterionOptions, formOf: (loss: AnyLoss, head: Head) => Form): Plan {
  expectKnown("criterion", options, optionNames);
  for (const [name, value] of Object.entries(options)) {
    const allowed: readonly unknown[] | undefined = choices[name as keyof typeof choices];
    if (allowed && value !== undefined && !allowed.includes(value)) throw new FocalError("argument", `${name} must be ${oneOf(allowed)}, got ${JSON.stringify(value)}`);
  }
  const { head = "sigmoid", reduction = "mean", classes, inner = 1, ignoreIndex, background, smoothing = 0, from = "logits", engine, check = false } = options;
  if (head === "softmax" || classes !== undefined) expectWhole("classes", classes, head === "softmax" ? 2 : 1);
  expectWhole("inner", inner, 1);
  if (!(typeof smoothing === "number" && smoothing >= 0 && smoothing < 1)) throw new FocalError("argument", `smoothing must be in [0, 1), got ${describe(smoothing)}`);
  if (background !== undefined && (head === "softmax" || classes === undefined)) throw new FocalError("argument", "background needs the sigmoid head with classes, whose labels may name none of them; a softmax background is a class like the others");
  if (background !== undefined && !(Number.isInteger(background) && !(background >= 0 && background < classes!))) throw new FocalError("argument", `background must be a whole number that is none of the classes 0 to ${classes! - 1}, got ${describe(background)}`);
  if (ignoreIndex !== undefined && typeof ignoreIndex !== "number") throw new FocalError("argument", `ignoreIndex must be a number, got ${describe(ignoreIndex)}`);
  if (reduction === "positives" && head === "softmax") throw new FocalError("argument", `reduction "positives" needs the sigmoid head: a softmax row has a label, not a positive`);
  if (options.soft !== undefined && head === "softmax") throw new FocalError("argument", `${loss.name} cannot take soft: ${JSON.stringify(options.soft)} with the softmax head, where shares always mix; it is for the sigmoid head`);
  const form = formOf(loss, head);
  form.refuse(loss, { ...options, reduction, smoothing });
  checkParameters(loss, head, classes);
  const alpha = readWeights(loss, head, classes, options.classWeights);
  return {
    loss: options.classWeights ? { ...loss, alpha: [...alpha.positive] } : loss,
    form, head, reduction, classes: classes ?? 1, perColumn: classes !== undefined, inner, ignoreIndex, background, smoothing, from, fromSaid: options.from !== undefined, engine, check,
    alpha, offsets: offsetsOf(loss, head, classes), soft: softLabels(loss, options.soft),
  };
}

/** "a", "b" or "c" */
const oneOf = (choices: readonly unknown[]): string => choices.map((choice) => JSON.stringify(choice)).join(", ").replace(/, ([^,]*)$/, " or $1");

const softLabels = (loss: AnyLoss, soft: SoftRule | undefined): Labels =>
  loss.kind === "margin" ? soft ?? loss.soft : "score";

/** What is added to logits: per class under softmax; with the sigmoid head the yes's minus the no's. */
function offsetsOf(loss: AnyLoss, head: Head, classes: number | undefined): Float64Array {
  const offsets = loss.kind === "margin" ? loss.offsets : undefined;
  if (head === "softmax") return offsets ? Float64Array.from(offsets) : new Float64Array(classes!);
  return Float64Array.of(offsets ? offsets[1]! - offsets[0]! : 0);
}

function expectWhole(name: string, value: number | undefined, least: number): void {
  if (!(Number.isInteger(value) && value! >= least)) throw new FocalError("argument", `${name} must be a whole number ≥ ${least}, got ${describe(value)}`);
}
