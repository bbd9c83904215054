import type { Logits } from "../criterion.ts";
import { describe, expectKnown, FocalError } from "../errors.ts";
import { crossEntropy } from "../losses/crossEntropy.ts";
import type { AnyLoss } from "../losses/loss.ts";
import type { From } from "../scores.ts";
import { readExamples } from "./examples.ts";
import type { Examples } from "./examples.ts";
import { placesOf, profile } from "./profile.ts";
import type { LossProfile } from "./profile.ts";
import { LOST, verdict } from "./verdict.ts";
import type { LossVerdict } from "./verdict.ts";

/** How `diagnose` reads scores and labels, and what it looks for. */
export interface DiagnoseOptions {
  /** "sigmoid" (default): one logit per target. "softmax": rows of `classes` logits. */
  readonly head?: "sigmoid" | "softmax";
  /** Logits per row: required by softmax, left out with sigmoid. */
  readonly classes?: number;
  /** What the scores are, default "logits". */
  readonly from?: From;
  /** Targets of this value are left out. */
  readonly ignoreIndex?: number;
  /** Losses to profile beside the given one; default cross-entropy alone. */
  readonly against?: readonly AnyLoss[];
  /** What the reasons call the classes; default "the negatives" and "the positives" (sigmoid), "class 0", "class 1", … (softmax). */
  readonly names?: readonly string[];
  /** At most so many points on each curve, ≥ 3; default 100. */
  readonly points?: number;
}

/** What a loss does with labelled scores: plain data. Shares lie between 0 and 1. */
export interface Diagnosis {
  /** How many examples counted, and how many were ignored. */
  readonly examples: number;
  readonly ignored: number;
  /** Examples of the largest class for each of the smallest that occurs. */
  readonly imbalance: number;
  /** Classes that occur, in order: 0 and 1 are the sigmoid head's negatives and positives. */
  readonly classes: readonly {
    readonly class: number;
    readonly examples: number;
    /** Of all examples: the base rate. */
    readonly share: number;
    /** The median p_t. */
    readonly median: number;
  }[];
  /** Shares of examples whose score has run into an end. */
  readonly saturation: {
    /** p_t > 0.999: learned, nothing left to teach. */
    readonly right: number;
    /** p_t < 0.001: wrong with certainty; often wrong labels. */
    readonly wrong: number;
    /** p_t within 1e-7 of 0 or 1: a loss that clips probabilities there, as many do, has no gradient left, even where all is wrong. */
    readonly clipped: number;
  };
  /** The given loss first, then those it is held against. */
  readonly losses: readonly LossProfile[];
  readonly verdict: LossVerdict;
}

/**
 * Where a loss spends itself on given scores: on which class, on how hard an example, and what γ and α that suggests.
 *
 * Focal loss's claim is that the mass of easy examples drowns the hard ones under cross-entropy. Whether that is so
 * depends on the data and on how far training has come; this counts it. An example's gradient g is |dL/du| by its
 * margin u, the one number through which a loss of p_t = σ(u) sees it.
 *
 * share of class k = Σ_{i∈k} |g_i| / Σ_i |g_i|,   effective examples = (Σ|g_i|)² / Σ g_i²
 *
 * @param scores - logits, or what `from` says: one per target (sigmoid) or rows of `classes` (softmax), finite
 * @param targets - 0 or 1 (sigmoid), a class index (softmax), or `ignoreIndex`
 * @param loss - with its γ and class weights; need not be the one the scores were trained with
 * @returns profiles of the losses, and a verdict by the rules that its reasons name. Time grows as n log n
 * @throws FocalError `shape`, `target` or `label` for unfit arrays, `argument` for logits that are not finite and for impossible options
 *
 * @example
 * const { losses: [profile] } = diagnose([2, -3, -4, 1], [1, 0, 0, 0], focal({ gamma: 2 }));
 * profile.classes.map((k) => k.gradient);   // [0.9937…, 0.0062…]
 *
 * @see Lin et al., section 5.1 and figure 4, https://arxiv.org/abs/1708.02002
 */
export function diagnose(scores: Logits, targets: ArrayLike<number>, loss: AnyLoss, options: DiagnoseOptions = {}): Diagnosis {
  expectKnown("diagnose", options, ["head", "classes", "from", "ignoreIndex", "against", "names", "points"]);
  const { head = "sigmoid", classes, from = "logits", ignoreIndex, against = [crossEntropy()], points = 100 } = options;
  if (!loss?.formula) throw new FocalError("argument", `diagnose takes a loss, like focal({ gamma: 2 }), got ${describe(loss)}`);
  if (!Array.isArray(against)) throw new FocalError("argument", `against must be an array of losses, like [crossEntropy()], got ${describe(against)}`);
  const stray = against.findIndex((each: AnyLoss | undefined) => !each?.formula);
  if (stray >= 0) throw new FocalError("argument", `against[${stray}] must be a loss, like crossEntropy(), got ${describe(against[stray])}`);
  if (options.names !== undefined && !Array.isArray(options.names)) throw new FocalError("argument", `names must be an array of names, got ${describe(options.names)}`);
  if (!(Number.isInteger(points) && points >= 3)) throw new FocalError("argument", `points must be a whole number ≥ 3, got ${describe(points)}`);
  const losses: readonly AnyLoss[] = [loss, ...against], whole = losses.find((each) => each.kind === "batch");
  if (whole) throw new FocalError("argument", `diagnose takes losses of single examples, but ${whole.name} is one number for a whole batch`);
  const examples = readExamples(scores, targets, { head, ...(classes !== undefined && { classes }) }, from, ignoreIndex);
  const names = namesOf(examples, options.names);
  if (examples.labels.length === 0) throw new FocalError("shape", `at least one target must count, but all ${targets.length} are ignored`);
  const sorted = sortedMargins(examples);
  const present = sorted.flatMap((margins, k) => (margins.length === 0 ? [] : [{ class: k, examples: margins.length }]));
  const sizes = present.map((size) => size.examples);
  const places = placesOf(examples, sorted, points);
  const saturation = saturationOf(examples.margins);
  return {
    examples: examples.labels.length, ignored: examples.ignored, imbalance: Math.max(...sizes) / Math.min(...sizes),
    classes: present.map((size) => ({ ...size, share: size.examples / examples.labels.length, median: 1 / (1 + Math.exp(-middle(sorted[size.class]!))) })),
    saturation,
    losses: losses.map((each) => profile(each, examples, places)),
    verdict: verdict(examples, present.map((size) => ({ ...size, name: names[size.class]! })), saturation.wrong),
  };
}

function namesOf({ options: { head }, classes }: Examples, names: readonly string[] | undefined): readonly string[] {
  if (names === undefined) return head === "sigmoid" ? ["the negatives", "the positives"] : Array.from({ length: classes }, (_, k) => `class ${k}`);
  if (names.length !== classes) throw new FocalError("argument", `names must have one name per class: expected ${classes}, got ${names.length}`);
  return names.map((name) => `“${name}”`);
}

function sortedMargins({ labels, margins, classes }: Examples): Float64Array[] {
  const sizes = new Uint32Array(classes);
  for (const label of labels) sizes[label]!++;
  const sorted = Array.from(sizes, (size) => new Float64Array(size));
  const filled = new Uint32Array(classes);
  margins.forEach((margin, i) => { sorted[labels[i]!]![filled[labels[i]!]!++] = margin; });
  return sorted.map((own) => own.sort());
}

const middle = (sorted: Float64Array): number => (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;

function saturationOf(margins: Float64Array): Diagnosis["saturation"] {
  const logit = (p: number): number => Math.log(p / (1 - p));
  const shareOf = (within: (margin: number) => boolean): number => margins.reduce((n, margin) => n + (within(margin) ? 1 : 0), 0) / margins.length;
  return { right: shareOf((u) => u > -logit(LOST)), wrong: shareOf((u) => u < logit(LOST)), clipped: shareOf((u) => Math.abs(u) > -logit(1e-7)) };
}
