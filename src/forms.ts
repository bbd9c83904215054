import { FocalError } from "./errors.ts";
import { symbolsOf } from "./expr/expr.ts";
import { batchHead } from "./heads/batch.ts";
import type { Head, Job, NumberArray } from "./heads/job.ts";
import { mixtureHead } from "./heads/mixture.ts";
import { pairHead } from "./heads/pair.ts";
import { sigmoidHead } from "./heads/sigmoid.ts";
import { softmaxHead } from "./heads/softmax.ts";
import { readSigmoidTargets, readSoftmaxTargets } from "./heads/targets.ts";
import type { Reader, Targets } from "./heads/targets.ts";
import { supports, wasm } from "./kernels/wasm.ts";
import { supportsBatch, wasmBatch } from "./kernels/wasmBatch.ts";
import { supportsMixture, wasmMixture } from "./kernels/wasmMixture.ts";
import { supportsPair, wasmPair } from "./kernels/wasmPair.ts";
import { supportsSoftmax, wasmSoftmax } from "./kernels/wasmSoftmax.ts";
import { isWeighted } from "./losses/batch.ts";
import type { AnyLoss, BatchLoss, Loss, PairLoss, SoftRule } from "./losses/loss.ts";

/** What a loss is asked for that not every loss has. */
export interface Wishes {
  readonly soft?: SoftRule | undefined;
  readonly reduction: string;
  readonly smoothing: number;
  readonly classes?: number | undefined;
  readonly classWeights?: readonly number[] | undefined;
}

/**
 * A kind of loss over a kind of head: what it is defined for, how its targets are read, and the kernels that run it.
 *
 * A program that names its form carries no other.
 */
export interface Form {
  readonly head: Head;
  /** Refuses what the loss is not defined for. */
  refuse(loss: AnyLoss, wishes: Wishes): void;
  readTargets(reader: Reader, length: number, given: NumberArray, ahead: boolean): Targets;
  /** In plain JavaScript, float64 arithmetic whatever the arrays hold: everything, everywhere. */
  js(job: Job<AnyLoss>, mixed: boolean): number;
  /** In WebAssembly SIMD, float32 arithmetic: what it supports. */
  readonly simd?: {
    supports(loss: AnyLoss, settings: Pick<Job, "alpha" | "offsets" | "inner" | "classes">): boolean;
    /** Whether it takes shares of every class of a softmax row. */
    mixes?(loss: AnyLoss, settings: Pick<Job, "offsets" | "classes">): boolean;
    run(job: Job<AnyLoss>): number;
  };
}

const refuse = ({ name }: AnyLoss, why: string): never => {
  throw new FocalError("argument", `${name} ${why}`);
};

/** Yes-or-no logits, for losses of one margin, or of p and t. */
export const sigmoidForm: Form = {
  head: "sigmoid",
  refuse(loss, wishes) {
    const { margins, offsets, formula, labels } = loss as Loss, mentioned = symbolsOf(formula), { classes = 1 } = wishes;
    refuseSoftRule(loss as Loss, wishes);
    if (mentioned.has("own") || labels === "between") refuse(loss, `is written over rows of classes: it needs head "softmax", got "sigmoid"`);
    if (classes > 1 && (margins ?? offsets)) refuse(loss, `with the sigmoid head has two classes, no and yes: classes must be left out, got ${classes}; softmax takes more`);
    refuseLengths(loss as Loss, 2);
  },
  readTargets: readSigmoidTargets,
  js: (job) => sigmoidHead(job as Job<Loss>),
  simd: { supports, run: (job) => wasm(job as Job<Loss>) },
};

/** Rows of competing logits, for losses of one margin. */
export const softmaxForm: Form = {
  head: "softmax",
  refuse(loss, wishes) {
    if (loss.kind === "score") refuse(loss, `is written over one probability and its target: it needs head "sigmoid", got "softmax"`);
    refuseSoftRule(loss as Loss, wishes);
    if ((loss as Loss).labels === "between" && wishes.smoothing !== 0) refuse(loss, "spreads its labels over two classes itself: leave smoothing out");
    refuseLengths(loss as Loss, wishes.classes!);
  },
  readTargets: readSoftmaxTargets,
  js: (job, mixed) => (mixed ? mixtureHead : softmaxHead)(job as Job<Loss>),
  simd: {
    supports: (loss, settings) => supportsSoftmax(loss, settings) || supportsMixture(loss, settings),
    mixes: supportsMixture,
    run: (job) => (job.targets.length === job.logits.length ? wasmMixture : wasmSoftmax)(job as Job<Loss>),
  },
};

/** Rows of competing logits, for losses of two margins. */
export const pairForm: Form = {
  head: "softmax",
  refuse(loss, { smoothing }) {
    if (smoothing !== 0) refuse(loss, "is defined for one label per row: leave smoothing out");
  },
  // Its kernel does not look at labels itself.
  readTargets: (reader, length, given) => readSoftmaxTargets(reader, length, given, true),
  js: (job) => pairHead(job as Job<PairLoss>),
  simd: { supports: supportsPair, run: (job) => wasmPair(job as Job<PairLoss>) },
};

/** Losses that are one number for a whole batch. */
export const batchForm = (head: Head): Form => ({
  head,
  refuse(loss, { reduction, soft, smoothing, classes = 1, classWeights }) {
    const { per, binary } = loss as BatchLoss;
    if (reduction !== "mean") refuse(loss, `is one number for the whole batch: reduction must be left out, got ${JSON.stringify(reduction)}`);
    if (soft !== undefined) refuse(loss, "reads soft targets by its own formula: leave soft out");
    if (!isWeighted(loss as BatchLoss) && (loss.alpha !== undefined || classWeights !== undefined)) refuse(loss, "has no class weights: alpha and classWeights must be left out");
    if (per === "batch" && smoothing !== 0) refuse(loss, "is defined for hard targets: leave smoothing out");
    if (binary === "both" && per === "class" && head === "sigmoid" && classes > 1) refuse(loss, `with the sigmoid head tells one foreground from the background: classes must be 1, got ${classes}; softmax takes more`);
  },
  // Its kernels do not look at targets themselves.
  readTargets: (reader, length, given) => (head === "sigmoid" ? readSigmoidTargets : readSoftmaxTargets)(reader, length, given, true),
  js: (job) => batchHead(head, job as Job<BatchLoss>),
  simd: { supports: supportsBatch, mixes: () => true, run: (job) => wasmBatch(head, job as Job<BatchLoss>) },
});

/** The form of any loss over a head. */
export function formOf(loss: AnyLoss, head: Head): Form {
  if (loss.kind === "batch") return batchForm(head);
  if (loss.kind !== "pair") return head === "sigmoid" ? sigmoidForm : softmaxForm;
  if (head !== "softmax") refuse(loss, `compares classes: it needs head "softmax", got "sigmoid"`);
  return pairForm;
}

/** A rule for soft targets needs a loss, and a head, that leaves them open. */
function refuseSoftRule(loss: Loss, { soft }: Wishes): void {
  if (soft === undefined) return;
  if (loss.kind === "score") refuse(loss, "reads soft targets by its own formula: leave soft out");
  if (soft !== "mixture" && (symbolsOf(loss.formula).has("xt") || loss.margins)) refuse(loss, `is written over the margin, which a soft target has on both sides: soft must be "mixture", got ${JSON.stringify(soft)}`);
}

/** Margins and offsets are one per class. */
function refuseLengths(loss: Loss, classes: number): void {
  for (const name of ["margins", "offsets"] as const) {
    if (loss[name] && loss[name].length !== classes) refuse(loss, `has ${name} for ${loss[name].length} classes, but there are ${classes}`);
  }
}
