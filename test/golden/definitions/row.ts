/** Losses of a whole row of softmax probabilities. */
import { Decimal } from "decimal.js";
import { exact, one, sum, zero } from "../decimal.ts";
import type { Numbers } from "../decimal.ts";
import type { Entry } from "../entry.ts";
import { alphaOf } from "./alpha.ts";
import { smoothedRow } from "./heads.ts";
import { parametersOf } from "./margin.ts";
import { ofClass, softmax } from "./reading.ts";

type RowLoss = (entry: Entry) => (row: Numbers, target: number) => Decimal;

/** (1 − p_y + p_j)^γ (−log p_y), p_j the largest p below p_y. */
const dualFocal: RowLoss = ({ loss, settings, classes }) => {
  const { gamma } = parametersOf<{ gamma: Decimal }>({ gamma: 2 }, settings);
  const alphas = alphaOf(loss, settings, classes!);
  return (row, label) => {
    const { p, q, minusLog } = ofClass(row, label);
    const rival = Decimal.max(zero, ...softmax(row).filter((other) => other.lt(p)));
    return alphas[label]!.times(q.plus(rival).pow(gamma)).times(minusLog);
  };
};

/** −[(i + 1 − y) log p_i + (y − i) log p_{i+1}], i = ⌊y⌋ */
const distributionFocal: RowLoss = () => (row, target) => {
  const i = Math.floor(target), y = exact(target);
  const left = one.plus(i).minus(y).times(ofClass(row, i).minusLog);
  return y.eq(i) ? left : left.plus(y.minus(i).times(ofClass(row, i + 1).minusLog));
};

/** Σ_k t_k w_k (−log p_k), w = (1 − p)^γ+ for the label's class and p^γ− for the others, which count by their share of the smoothing. */
const asymmetricSingleLabel: RowLoss = ({ loss, settings, classes, options }) => {
  const { gammaPos, gammaNeg } = parametersOf<{ gammaPos: Decimal; gammaNeg: Decimal }>({ gammaPos: 0, gammaNeg: 4 }, settings);
  const alphas = alphaOf(loss, settings, classes!);
  return (row, label) => sum(smoothedRow(label, classes!, options?.smoothing ?? 0).map((share, k) => {
    const { p, q, minusLog } = ofClass(row, k);
    return share.isZero() ? share : share.times(alphas[k]!).times(k === label ? q.pow(gammaPos) : p.pow(gammaNeg)).times(minusLog);
  }));
};

export const rowLosses: Readonly<Record<string, RowLoss>> = { dualFocal, distributionFocal, asymmetricSingleLabel };
