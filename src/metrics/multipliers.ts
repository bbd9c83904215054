import { confusionMatrix } from "./confusion.ts";
import { decide, largest } from "./decision.ts";
import { expectTable, expectWhole } from "./inputs.ts";
import type { Numbers } from "./inputs.ts";
import { macroF1 } from "./macro.ts";

/**
 * One multiplier per class with the highest macro-F1: what a threshold is for two classes.
 *
 * Coordinate search, deterministic: with the other multipliers held, each row turns to class k at one value of m_k, so a
 * sweep over those values sees every confusion matrix m_k can make and takes the best. Classes take turns, in order, until
 * a round improves nothing. Among equally good values the nearest to the present one is kept. With few examples of a class
 * the answer follows them closely: tune on validation, judge on test.
 *
 * @param probabilities - rows × classes of validation rows
 * @param rounds - at most so many, default 10
 * @returns multipliers (a class that gains nothing keeps 1) and the macro-F1 they reach on these rows
 */
export function tuneMultipliers(probabilities: Numbers, labels: Numbers, classes: number, rounds = 10): { multipliers: number[]; macroF1: number } {
  expectTable(probabilities, labels, classes);
  expectWhole("rounds", rounds, 0);
  const multipliers = new Array<number>(classes).fill(1);
  let best = macroF1(confusionMatrix(decide(probabilities, classes, multipliers), labels, classes));
  for (let round = 0, before = -1; round < rounds && best > before; round++) {
    before = best;
    for (let k = 0; k < classes; k++) {
      const found = sweep(probabilities, labels, classes, multipliers, k);
      if (!(found.macroF1 > best + 1e-12)) continue;
      best = found.macroF1;
      multipliers[k] = found.multiplier;
    }
  }
  return { multipliers, macroF1: best };
}

/** The best value of one multiplier, the others held. */
function sweep(probabilities: Numbers, labels: Numbers, classes: number, multipliers: readonly number[], k: number): { multiplier: number; macroF1: number } {
  const others = multipliers.map((m, j) => (j === k ? -1 : m));
  const rows = labels.length;
  const rival = new Int32Array(rows), turns = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const j = (rival[i] = largest(probabilities, i * classes, others));
    const own = probabilities[i * classes + k]!;
    turns[i] = own > 0 ? (others[j]! * probabilities[i * classes + j]!) / own : Infinity;
  }
  const order = Uint32Array.from({ length: rows }, (_, i) => i).sort((a, b) => turns[a]! - turns[b]! || a - b);
  const hits = new Float64Array(classes), called = new Float64Array(classes), support = new Float64Array(classes);
  for (let i = 0; i < rows; i++) {
    support[labels[i]!]!++;
    called[rival[i]!]!++;
    if (rival[i] === labels[i]) hits[rival[i]!]!++;
  }
  const score = (): number => {
    let sum = 0, seen = 0;
    for (let c = 0; c < classes; c++) {
      if (support[c]! + called[c]! === 0) continue;
      seen++;
      sum += (2 * hits[c]!) / (support[c]! + called[c]!);
    }
    return sum / seen;
  };
  const now = multipliers[k]!;
  let best = -1, multiplier = now;
  for (let at = 0; at <= rows; at++) {
    const low = at > 0 ? turns[order[at - 1]!]! : 0, high = at < rows ? turns[order[at]!]! : Infinity;
    if (low < high) {
      const value = between(low, high, now), f1 = score();
      if (f1 > best + 1e-12 || (f1 > best - 1e-12 && Math.abs(Math.log(value / now)) < Math.abs(Math.log(multiplier / now)))) {
        best = Math.max(best, f1);
        multiplier = value;
      }
    }
    if (!(high < Infinity)) break;
    const i = order[at]!, from = rival[i]!, label = labels[i]!;
    called[from]!--;
    called[k]!++;
    if (label === from) hits[from]!--;
    if (label === k) hits[k]!++;
  }
  return { multiplier, macroF1: best };
}

/** A value inside an interval: the present one if it is there, else the middle on a logarithmic scale. */
function between(low: number, high: number, now: number): number {
  if (low < now && now < high) return now;
  if (low === 0) return high / 2;
  return high === Infinity ? low * 2 : Math.sqrt(low * high);
}
