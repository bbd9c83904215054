import { mean, Reduction, reshape } from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { describe, expectKnown, FocalError } from "../../errors.ts";
import type { FocalSettings } from "../../focalLoss.ts";
import { focal } from "../../losses/focal.ts";
import type { AnyLoss } from "../../losses/loss.ts";
import { bindTensors, optionNames } from "./bind.ts";
import type { TfjsOptions } from "./bind.ts";
import { byHead, kindOf } from "./kinds.ts";
import type { KindOf } from "./kinds.ts";

/** What a layers loss is bound with; `from` is "probabilities" unless said. */
export type LayersOptions = Omit<TfjsOptions, "reduction">;

/** A loss as plain data: its name, its parameters, what it is bound with. */
export interface LayersLossData {
  readonly loss: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly options: LayersOptions;
}

/** What `model.compile({ loss })` takes: one loss per example, so that class weights multiply it. */
export interface LayersLoss {
  (labels: Tensor, scores: Tensor): Tensor;
  /** For JSON, e.g. in a model's `userDefinedMetadata`; `layersLossFrom` reads it. */
  toJSON(): LayersLossData;
}

/** Makes a loss of its settings, as `focal` and what `defineLoss` returns do. */
type Family = (settings: never) => AnyLoss;

/**
 * Any loss of the family for `model.compile({ loss })` of TensorFlow.js layers.
 *
 * Scores are probabilities unless said, as in Keras. The gradient is better by logits: a model whose last layer has no
 * activation, and `from: "logits"`; a probability that has become 1 has nothing left to learn from.
 *
 * @param loss - e.g. `varifocal()`
 * @param options - from (default "probabilities"), head (default "sigmoid"; "softmax" for classes that compete, with one-hot
 *   rows or class indices as labels), labelSmoothing, soft, classes
 * @returns a function of labels and scores: the mean of each example's losses, so that `fit`'s classWeight applies (not to
 *   losses of a whole batch, which are one number). Models are saved without it; keep `JSON.stringify(loss)` beside them
 * @throws FocalError `argument` for impossible options
 *
 * @example
 * model.compile({ optimizer: "adam", loss: layersLoss(varifocal(), { from: "logits" }) });
 */
export function layersLoss(loss: AnyLoss, options: LayersOptions = {}): LayersLoss {
  if (!loss?.formula) throw new FocalError("argument", `layersLoss takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  expectKnown("layersLoss", options, optionNames.filter((name) => name !== "reduction"));
  return perExample(loss, options, kindOf);
}

/** The loss that layers calls. */
function perExample(loss: AnyLoss, options: LayersOptions, kinds: KindOf): LayersLoss {
  const settings = { from: "probabilities", ...options } as const;
  const losses = bindTensors(loss, { ...settings, reduction: Reduction.NONE }, kinds);
  const compute = (labels: Tensor, scores: Tensor): Tensor => {
    const each = losses(labels, scores);
    return each.rank < 2 ? each : mean(reshape(each, [each.shape[0]!, -1]), 1);
  };
  const data = (): LayersLossData => ({ loss: loss.name, settings: { ...loss.parameters, ...(loss.alpha !== undefined && { alpha: loss.alpha }) }, options: settings });
  // Not enumerable: layers takes enumerable properties of a loss for the names of outputs.
  return Object.defineProperties(compute, { name: { value: loss.name }, toJSON: { value: data } }) as LayersLoss;
}

/**
 * Focal loss for `model.compile({ loss })` of TensorFlow.js layers.
 *
 * @param options - gamma (default 2), alpha (default none; a number weighs positives by α, negatives by 1 − α), and as of
 *   `layersLoss`: from (default "probabilities"), head, labelSmoothing, soft, classes
 * @throws FocalError `argument` for impossible settings
 *
 * @example
 * model.compile({ optimizer: "adam", loss: focalLoss({ gamma: 2, alpha: 0.25 }), metrics: [averagePrecision, recallAt(0.5)] });
 *
 * @see https://arxiv.org/abs/1708.02002
 */
export function focalLoss(options: FocalSettings & LayersOptions = {}): LayersLoss {
  expectKnown("focalLoss", options, ["gamma", "alpha", ...optionNames.filter((name) => name !== "reduction")]);
  const { gamma, alpha, ...rest } = options;
  return perExample(focal({ ...(gamma !== undefined && { gamma }), ...(alpha !== undefined && { alpha }) }), rest, byHead);
}

/**
 * The loss that `JSON.stringify` of a layers loss describes.
 *
 * @param data - the text, or what JSON.parse made of it
 * @param families - what its name may mean, e.g. `{ focal, varifocal }`; default focal loss alone
 * @throws FocalError `argument` for anything else
 *
 * @example
 * model.setUserDefinedMetadata({ loss: JSON.stringify(focalLoss({ gamma: 1 })) });   // before model.save
 * model.compile({ optimizer, loss: layersLossFrom(model.getUserDefinedMetadata().loss) });   // after loading
 */
export function layersLossFrom(data: string | LayersLossData, families: Readonly<Record<string, Family>> = { focal }): LayersLoss {
  let read: unknown = data;
  try {
    if (typeof data === "string") read = JSON.parse(data);
  } catch {
    // Said below.
  }
  const { loss, settings, options } = (read ?? {}) as Partial<LayersLossData>;
  if (typeof loss !== "string" || typeof settings !== "object") throw new FocalError("argument", `layersLossFrom takes what JSON.stringify makes of a layers loss, got ${describe(data)}`);
  const family = Object.hasOwn(families, loss) ? families[loss] : undefined;
  if (!family) throw new FocalError("argument", `the families must name ${loss}, as { ${loss} }; got ${Object.keys(families).join(", ")}`);
  return layersLoss(family(settings as never), options);
}
