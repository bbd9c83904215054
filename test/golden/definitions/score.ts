/** Losses of a score p = σ(x) and a target t in [0, 1], each with its own way to read t. */
import { Decimal } from "decimal.js";
import { awayFrom, one, zero } from "../decimal.ts";
import type { Entry } from "../entry.ts";
import { alphaOf } from "./alpha.ts";
import { smoothedTarget } from "./heads.ts";
import { parametersOf } from "./margin.ts";
import { hard } from "./reading.ts";

type Name = "gamma" | "beta" | "gammaPos" | "gammaNeg" | "shift" | "negativeWeight";
type Parameters = { readonly [name in Name]: Decimal };

/** What a score loss sees: p, 1 − p and their logarithms. */
interface Score {
  readonly p: Decimal;
  readonly q: Decimal;
  readonly minusLogP: Decimal;
  readonly minusLogQ: Decimal;
}

interface ScoreLoss {
  readonly defaults: { readonly [name in Name]?: number };
  readonly of: (score: Score, t: Decimal, parameters: Parameters) => Decimal;
}

const crossEntropy = ({ minusLogP, minusLogQ }: Score, t: Decimal): Decimal => t.times(minusLogP).plus(one.minus(t).times(minusLogQ));

export const scoreLosses: Readonly<Record<string, ScoreLoss>> = {
  asymmetric: {
    defaults: { gammaPos: 1, gammaNeg: 4, shift: 0.05 },
    of({ p, q, minusLogP }, t, { gammaPos, gammaNeg, shift }) {
      const shifted = Decimal.max(shift.isZero() ? p : awayFrom(shift, p).minus(shift), zero);
      const positive = q.pow(gammaPos).times(minusLogP), negative = shifted.pow(gammaNeg).times(one.minus(shifted).ln().neg());
      return t.times(positive).plus(one.minus(t).times(negative));
    },
  },

  qualityFocal: {
    defaults: { beta: 2 },
    of: (score, t, { beta }) => (t.isZero() ? score.p : t.eq(1) ? score.q : awayFrom(t, score.p).minus(t).abs()).pow(beta).times(crossEntropy(score, t)),
  },

  varifocal: {
    defaults: { gamma: 2, negativeWeight: 0.75 },
    of: (score, t, { gamma, negativeWeight }) =>
      t.gt(0) ? t.times(crossEntropy(score, t)) : negativeWeight.times(score.p.pow(gamma)).times(score.minusLogQ),
  },

  gaussianFocal: {
    defaults: { gamma: 2, beta: 4 },
    of: ({ p, q, minusLogP, minusLogQ }, t, { gamma, beta }) =>
      t.eq(1) ? q.pow(gamma).times(minusLogP) : one.minus(t).pow(beta).times(p.pow(gamma)).times(minusLogQ),
  },
};

/** The loss of logit x with target t. */
export function scoreLoss({ loss, settings, options }: Entry): (x: Decimal, target: number) => Decimal {
  const { defaults, of } = scoreLosses[loss]!;
  const parameters = parametersOf<Parameters>(defaults, settings);
  const [negative, positive] = alphaOf(loss, settings, 2);
  return (x, target) => {
    const t = smoothedTarget(target, options?.smoothing ?? 0), yes = hard(x, true), no = hard(x, false);
    const alpha = t.times(positive!).plus(one.minus(t).times(negative!));
    return alpha.times(of({ p: yes.p, q: no.p, minusLogP: yes.minusLog, minusLogQ: no.minusLog }, t, parameters));
  };
}
