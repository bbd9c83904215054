import type { Alpha } from "../losses/loss.ts";
import type { Examples } from "./examples.ts";
import { EASY, spendingAt } from "./spending.ts";
import type { Spending } from "./spending.ts";
import { share, sum } from "./tally.ts";
import { listed, percent } from "./words.ts";

/** What the shares suggest, and why. */
export interface LossVerdict {
  /** Absent where there are too few examples of a class, or one class only. 0 is cross-entropy. */
  readonly gamma?: number;
  /** Class weights beside that γ; absent where none are needed. */
  readonly alpha?: Alpha;
  /** The easy background's share of the gradient under focal loss without weights, for each γ considered. */
  readonly easyBackground: readonly { readonly gamma: number; readonly gradient: number }[];
  /** In plain words: first the reason for γ, then that for α. */
  readonly reasons: readonly string[];
}

/** A class that occurs. */
export interface ClassSize {
  readonly class: number;
  readonly name: string;
  readonly examples: number;
}

const GAMMAS = [0, 0.5, 1, 2, 3, 5];
/** Fewer examples of a class than this say little about where its gradient comes from; two classes must have as many. */
const FEWEST = 20;
/** Classes whose sizes differ by less have no background between them. */
const SIMILAR = 3;
/** More of the gradient than this is too much for the easy background. */
const BOUND = 0.25;
/** Weights of two classes differ by this factor at most: α from 0.25 to 0.75, the paper's best at γ = 2 and at γ = 0. */
const FARTHEST = 3;
/** Weights that differ by less are not worth having. */
const NEAR = 1.5;
/** p_t below which an example is wrong with certainty. */
export const LOST = 0.001;

/**
 * Suggests γ and α from what focal loss would spend on these scores, by stated rules.
 *
 * γ: the smallest of 0, 0.5, 1, 2, 3, 5 under which the easy background (classes larger than the mean, p_t ≥ 0.9)
 * makes at most a quarter of the gradient. α: what evens out the shares of the classes with 20 examples or more at that
 * γ, no weight more than three times another; none where they differ by less than half.
 *
 * Where training has ended, a loss's own gradient is nearly even between classes, so scores trained with weights
 * bring back about their own α.
 */
export function verdict(examples: Examples, sizes: readonly ClassSize[], lost: number): LossVerdict {
  const bySize = [...sizes].sort((a, b) => b.examples - a.examples), largest = bySize[0]!, smallest = bySize.at(-1)!;
  const enough = sizes.filter((size) => size.examples >= FEWEST);
  const doubt = lost > 0.001 ? [`${percent(lost)} of the examples are wrong with certainty (pₜ < ${LOST}): look at their labels before weighting anything.`] : [];
  if (sizes.length === 1) return { easyBackground: [], reasons: [`Every example is of one class, ${largest.name}: there is nothing to weigh it against.`] };
  if (enough.length < 2) return { easyBackground: [], reasons: [`No class but ${largest.name} has ${FEWEST} examples, too few to choose γ and α by.`, ...doubt] };
  const mean = examples.labels.length / sizes.length, even = largest.examples < SIMILAR * smallest.examples;
  const background = even ? [] : bySize.filter((size) => size.examples > mean);
  const scan: Spending[] = [];
  for (const gamma of GAMMAS) {
    scan.push(spendingAt(gamma, examples, new Set(background.map((size) => size.class))));
    if (scan.at(-1)!.easyBackground <= BOUND) break;
  }
  const chosen = scan.at(-1)!, weights = weightsFor(chosen, enough);
  const few = sizes.filter((size) => size.examples < FEWEST).map(({ name }) => name);
  return {
    gamma: chosen.gamma, ...(weights && { alpha: alphaOf(weights.of, examples) }),
    easyBackground: scan.map(({ gamma, easyBackground }) => ({ gamma, gradient: easyBackground })),
    reasons: [
      even ? `The classes are of similar size (1 : ${(largest.examples / smallest.examples).toPrecision(2)}), so there is no background to turn down: γ = 0, cross-entropy, is enough.` : reasonForGamma(scan, background),
      reasonForAlpha(chosen, enough, weights, examples),
      ...(weights ? doubtAboutWeights(weights, enough, largest) : []),
      ...(few.length > 0 ? [`${listed(few)} ${few.length === 1 ? "has" : "have"} fewer than ${FEWEST} examples, too few to weigh by: left at 1.`] : []),
      ...doubt,
      "This tells where the gradient of these scores goes, not which loss trains the better model: compare them on held-out rows.",
    ],
  };
}

interface Weights {
  readonly of: ReadonlyMap<number, number>;
  /** Whether some would have been farther apart than they may be. */
  readonly limited: boolean;
}

/** Weights in inverse proportion to the gradient, about 1; nothing where they are nearly alike. */
function weightsFor({ gradient }: Spending, sizes: readonly ClassSize[]): Weights | undefined {
  const heard = sizes.filter((size) => gradient[size.class]! > 0);
  const middle = Math.exp(heard.reduce((log, size) => log + Math.log(gradient[size.class]!), 0) / heard.length);
  const most = Math.sqrt(FARTHEST);
  const wanted = heard.map((size) => [size.class, middle / gradient[size.class]!] as const);
  const of = new Map(wanted.map(([k, weight]) => [k, Math.min(most, Math.max(1 / most, weight))]));
  if (!(Math.max(...of.values()) >= NEAR * Math.min(...of.values()))) return undefined;
  return { of, limited: wanted.some(([k, weight]) => weight !== of.get(k)) };
}

/** As a loss takes it: α of the positives (sigmoid), or one weight per class (softmax). */
function alphaOf(weights: Weights["of"], { options, classes }: Examples): Alpha {
  const weight = (k: number): number => weights.get(k) ?? 1, rounded = (value: number): number => Math.round(value * 100) / 100;
  return options.head === "sigmoid" ? rounded(weight(1) / (weight(0) + weight(1))) : Array.from({ length: classes }, (_, k) => rounded(weight(k)));
}

/** Weights against frequency surprise; mostly the rare class is still being learned, and its gradient will pass. */
function doubtAboutWeights({ of }: Weights, sizes: readonly ClassSize[], largest: ClassSize): string[] {
  const most = of.get(largest.class) ?? 1;
  const silenced = sizes.filter((size) => SIMILAR * size.examples <= largest.examples && (of.get(size.class) ?? 1) < most);
  if (silenced.length === 0) return [];
  const names = listed(silenced.map(({ name, examples }) => `${name} (${examples} examples)`)), one = silenced.length === 1;
  return [`That turns ${names} down below ${largest.name} (${largest.examples}), though ${one ? "it is" : "they are"} rarer: what is still far from learned is loud. Weigh ${one ? "it" : "them"} down only if that is so at the end of training too.`];
}

function reasonForGamma(scan: readonly Spending[], background: readonly ClassSize[]): string {
  const plain = scan[0]!, chosen = scan.at(-1)!;
  const start = `Under cross-entropy the easy background (${listed(background.map(({ name }) => name))} with pₜ ≥ ${EASY}) makes ${percent(plain.easyBackground)} of the gradient`;
  if (chosen === plain) return `${start}, too little to drown the rest: γ = 0, cross-entropy, is enough.`;
  const considered = GAMMAS.slice(1).join(", ");
  return chosen.easyBackground <= BOUND
    ? `${start}; γ = ${chosen.gamma} is the smallest of ${considered} that brings it to ${percent(BOUND)} or less: to ${percent(chosen.easyBackground)}.`
    : `${start}; γ = ${chosen.gamma}, the largest of ${considered}, still leaves it ${percent(chosen.easyBackground)}, more than ${percent(BOUND)}.`;
}

function reasonForAlpha({ gamma, gradient }: Spending, sizes: readonly ClassSize[], weights: Weights | undefined, examples: Examples): string {
  const whole = sum(gradient), byGradient = [...sizes].sort((a, b) => gradient[b.class]! - gradient[a.class]!);
  const most = byGradient[0]!, least = byGradient.at(-1)!;
  const start = `At γ = ${gamma} the gradient comes to ${percent(share(gradient[most.class]!, whole))} from ${most.name} and to ${percent(share(gradient[least.class]!, whole))} from ${least.name}`;
  if (weights === undefined) return `${start}: near enough, no class weights are needed.`;
  const alpha = alphaOf(weights.of, examples);
  const how = typeof alpha === "number" ? `weighting by α = ${alpha} (positives ${alpha}, negatives ${Math.round(100 - 100 * alpha) / 100})` : "weighting the classes";
  return `${start}; ${how} ${weights.limited ? `brings them nearer together, as far as weights within a factor of ${FARTHEST} can` : "evens that out"}.`;
}
