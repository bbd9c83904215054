import { criterion, focal } from "focal-loss";

/** Scores with the truth, of two classes. */
export interface Scored {
  readonly logits: Float32Array | Float64Array;
  readonly labels: ArrayLike<number>;
}

/** A part of the examples of a class, and the part of the class's loss that it makes: both from 0 to 1, easiest first. */
export interface Point {
  readonly examples: number;
  readonly loss: number;
}

/** What one class's loss is made of, for one γ. */
export interface ClassCurve {
  readonly curve: readonly Point[];
  /** Of the class's loss, what the easiest examples make; how many those are was asked for. */
  readonly easiest: number;
  /** So few of the hardest examples make half of the class's loss. */
  readonly half: number;
  /** Of the whole loss of both classes, without weights. */
  readonly share: number;
}

export interface GammaCurves {
  readonly gamma: number;
  readonly negatives: ClassCurve;
  readonly positives: ClassCurve;
}

/** Margins of both classes from easy to hard: all that a loss without weights sees of scores. */
export interface Margins {
  readonly negatives: Float32Array;
  readonly positives: Float32Array;
}

/** A margin is the logit's distance to the right side: p_t = σ(margin). */
export function marginsOf({ logits, labels }: Scored): Margins {
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1) count++;
  const positives = new Float32Array(count), negatives = new Float32Array(labels.length - count);
  for (let i = 0, p = 0, n = 0; i < labels.length; i++) {
    if (labels[i] === 1) positives[p++] = logits[i]!;
    else negatives[n++] = -logits[i]!;
  }
  return { negatives: negatives.sort().reverse(), positives: positives.sort().reverse() };
}

/** Points drawn of a curve, about. */
const POINTS = 160;

/**
 * The cumulative share of the loss by difficulty, as in the paper's figure 4.
 *
 * @param easiest - the share of each class whose part of the loss is read off, in (0, 1)
 */
export function cumulative({ negatives, positives }: Margins, gamma: number, easiest: number): GammaCurves {
  const loss = criterion(focal({ gamma }), { reduction: "none" });
  const lossesOf = (margins: Float32Array): Float32Array => (margins.length === 0 ? margins : loss.value(margins, new Uint8Array(margins.length).fill(1)));
  const apart = [negatives, positives].map((margins) => sums(lossesOf(margins))), whole = apart.reduce((all, one) => all + one.at(-1)!, 0);
  const [ofNegatives, ofPositives] = apart.map((made): ClassCurve => {
    const n = made.length - 1, total = made[n]!;
    const at = (k: number): number => (total > 0 ? made[k]! / total : n === 0 ? 0 : k / n);
    let rest = n;
    while (rest > 0 && at(rest) > 0.5) rest--;
    return { curve: places(n).map((k) => ({ examples: k / Math.max(1, n), loss: at(k) })), easiest: at(Math.round(easiest * n)), half: n - rest, share: whole > 0 ? total / whole : 0 };
  });
  return { gamma, negatives: ofNegatives!, positives: ofPositives! };
}

/** Sums of the first 0, 1, 2, … values. */
function sums(values: Float32Array): Float64Array {
  const out = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) out[i + 1] = out[i]! + values[i]!;
  return out;
}

/** Numbers of examples at which a curve is read: half of them even, half ever closer to the hardest, where most of the loss is. */
function places(n: number): number[] {
  const half = POINTS / 2, found = new Set([0, n]);
  for (let i = 1; i <= half; i++) {
    found.add(Math.round((n * i) / half));
    found.add(n - Math.round(n ** (i / half)));
  }
  return [...found].sort((a, b) => a - b);
}
