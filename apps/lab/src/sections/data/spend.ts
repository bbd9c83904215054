import { criterion, crossEntropy, focal } from "focal-loss";
import type { Loss } from "focal-loss";
import type { Scored } from "./scores.ts";

/** Ranges of p_t that the figure tells apart, the hardest first: [from, to). */
export const DIFFICULTIES = [{ name: "wrong", to: 0.5 }, { name: "unsure", to: 0.9 }, { name: "easy", to: 1 }] as const;
/** Two classes: negatives and positives. More: classes larger than the mean, and the others. */
export const SIDES = 2;

/** Shares of the whole: by side, then by difficulty, `SIDES × DIFFICULTIES` of them. */
export interface Spending {
  readonly loss: readonly number[];
  readonly gradient: readonly number[];
}

/** Where a loss goes on given scores, for any γ and α: what does not depend on them is computed once. */
export class Spender {
  /** The part of the figure that each example belongs to. */
  private readonly cell: Uint8Array;
  private readonly logits: Float32Array;
  private readonly labels: Uint8Array | Int32Array;
  private readonly options: { head: "sigmoid" } | { head: "softmax"; classes: number };
  /** Shares of the examples themselves. */
  readonly examples: readonly number[];

  constructor({ classes, labels, logits }: Scored) {
    const two = classes.length === 2, width = two ? 1 : classes.length, counts = classes.map(() => 0);
    for (const label of labels) counts[label]!++;
    const present = counts.filter((n) => n > 0).length, common = counts.map((n) => n > labels.length / present);
    this.options = two ? { head: "sigmoid" } : { head: "softmax", classes: width };
    this.labels = two ? Uint8Array.from(labels) : labels;
    // Half the memory and a seventh of the time; beyond ±1e30 float32 would end.
    this.logits = Float32Array.from(logits, (x) => Math.max(-1e30, Math.min(1e30, x)));
    const pt = criterion(crossEntropy(), { ...this.options, reduction: "none" });
    this.cell = new Uint8Array(labels.length);
    const examples = new Float64Array(SIDES * DIFFICULTIES.length);
    for (const { start, x, y } of this.blocks()) {
      pt.value(x, y).forEach((loss, i) => {
        const p = Math.exp(-loss), side = two ? y[i]! : common[y[i]!] ? 0 : 1;
        examples[(this.cell[start + i] = side * DIFFICULTIES.length + (p < 0.5 ? 0 : p < 0.9 ? 1 : 2))]!++;
      });
    }
    this.examples = shares(examples);
  }

  /** @param alpha - of the positives; two classes only */
  at(gamma: number, alpha: number | undefined): Spending {
    const weight = alpha === undefined ? {} : { alpha }, loss: Loss = gamma === 0 ? crossEntropy(weight) : focal({ gamma, ...weight });
    const each = criterion(loss, { ...this.options, reduction: "none" }), width = this.options.head === "sigmoid" ? 1 : this.options.classes;
    const spent = new Float64Array(SIDES * DIFFICULTIES.length), pulled = new Float64Array(spent.length);
    for (const { start, x, y } of this.blocks()) {
      const { value, grad } = each.valueAndGrad(x, y);
      for (let i = 0; i < y.length; i++) {
        const cell = this.cell[start + i]!;
        spent[cell]! += value[i]!;
        for (let k = i * width; k < (i + 1) * width; k++) pulled[cell]! += Math.abs(grad[k]!);
      }
    }
    return { loss: shares(spent), gradient: shares(pulled) };
  }

  private *blocks(): Iterable<{ start: number; x: Float32Array; y: Uint8Array | Int32Array }> {
    const width = this.logits.length / this.labels.length, size = 1 << 15;
    for (let start = 0; start < this.labels.length; start += size) {
      yield { start, x: this.logits.subarray(start * width, (start + size) * width), y: this.labels.subarray(start, start + size) };
    }
  }
}

function shares(parts: Float64Array): number[] {
  const whole = parts.reduce((a, b) => a + b, 0);
  return Array.from(parts, (part) => (whole > 0 ? part / whole : 0));
}
