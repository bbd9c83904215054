import { criterion } from "../criterion.ts";
import type { Logits } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import { expectNumbers, toFloats } from "../inputs.ts";
import { crossEntropy } from "../losses/crossEntropy.ts";
import { logitsFrom } from "../scores.ts";
import type { From } from "../scores.ts";

/** The head that logits are for, in the words of the criterion. */
export interface HeadOptions {
  readonly head: "sigmoid" | "softmax";
  /** Logits per row of a softmax. */
  readonly classes?: number;
}

/** Examples that count, each with its class and its margin: p_t = σ(margin). */
export interface Examples {
  readonly options: HeadOptions;
  /** `width` of them per example. */
  readonly logits: Float64Array;
  readonly width: number;
  readonly labels: Int32Array;
  readonly margins: Float64Array;
  /** How many classes there can be: 2 for the sigmoid head. */
  readonly classes: number;
  readonly ignored: number;
}

/** Checks scores and targets, leaves out what is ignored and computes margins. */
export function readExamples(scores: Logits, targets: ArrayLike<number>, options: HeadOptions, from: From, ignoreIndex: number | undefined): Examples {
  const softmax = options.head === "softmax", width = softmax ? options.classes! : 1, classes = softmax ? options.classes! : 2;
  criterion(crossEntropy(), { ...options, from }); // refuses impossible options in the words that users know
  if (!softmax && options.classes !== undefined) throw new FocalError("argument", `with the sigmoid head every logit has two classes: classes must be left out, got ${options.classes}`);
  const given = logitsFrom(toFloats(from === "logits" ? "logits" : from, scores), from, options.head);
  expectNumbers("targets", targets);
  if (targets.length === 0) throw new FocalError("shape", "targets must hold at least one value, got none");
  if (given.length !== targets.length * width) {
    throw new FocalError("shape", `there must be ${softmax ? `${width} logits` : "one logit"} per target: expected ${targets.length * width}, got ${given.length}`);
  }
  const counted = Uint32Array.from({ length: targets.length }, (_, row) => row).filter((row) => targets[row] !== ignoreIndex);
  const labels = new Int32Array(counted.length), logits = new Float64Array(counted.length * width);
  counted.forEach((row, i) => {
    const target = targets[row]!;
    if (!(Number.isInteger(target) && target >= 0 && target < classes)) throw unfit(row, target, softmax, classes);
    labels[i] = target;
    for (let j = 0; j < width; j++) {
      const logit = (logits[i * width + j] = given[row * width + j]!);
      if (!Number.isFinite(logit)) throw new FocalError("argument", `logits[${row * width + j}] must be a finite number, got ${logit}`);
    }
  });
  const examples = { options, logits, width, labels, classes, ignored: targets.length - counted.length };
  const margins = new Float64Array(counted.length);
  if (!softmax) logits.forEach((logit, i) => { margins[i] = labels[i] === 1 ? logit : -logit; });
  const crossEntropies = criterion(crossEntropy(), { ...options, reduction: "none" });
  if (softmax) for (const { start, block, of } of blocks(examples)) crossEntropies.value(block, of).forEach((loss, i) => { margins[start + i] = marginAt(loss); });
  return { ...examples, margins };
}

/** Gradients of all logits of a large softmax at once would not fit into memory. */
const BLOCK = 1 << 15;

/** The examples some at a time, to be given to a criterion. */
export function* blocks({ logits, width, labels }: Pick<Examples, "logits" | "width" | "labels">): Iterable<{ start: number; block: Float64Array; of: Int32Array }> {
  for (let start = 0; start < labels.length; start += BLOCK) {
    yield { start, block: logits.subarray(start * width, (start + BLOCK) * width), of: labels.subarray(start, start + BLOCK) };
  }
}

/** The margin u of a cross-entropy log(1 + e^−u); beyond 700 they are each other's negative to the last digit. */
const marginAt = (loss: number): number => (loss > 700 ? -loss : -Math.log(Math.max(Math.expm1(loss), Number.MIN_VALUE)));

function unfit(row: number, target: number, softmax: boolean, classes: number): FocalError {
  return softmax
    ? new FocalError("label", `targets[${row}] must be a class from 0 to ${classes - 1}, got ${target}`)
    : new FocalError("target", `targets[${row}] must be 0 or 1, to count as one of two classes, got ${target}`);
}
