/** Losses that read one example's p_t, as their papers write them; parameters by the library's names. */
import type { Decimal } from "decimal.js";
import { awayFrom, exact, one } from "../decimal.ts";
import { hard } from "./reading.ts";
import type { Reading } from "./reading.ts";

type Name = "gamma" | "beta" | "epsilon" | "threshold" | "hard" | "easy" | "base" | "share" | "gammaHigh" | "gammaLow";
type Parameters = { readonly [name in Name]: Decimal };

interface MarginLoss {
  readonly defaults: { readonly [name in Name]?: number };
  readonly of: (reading: Reading, parameters: Parameters) => Decimal;
}

const focal = ({ q, minusLog }: Reading, gamma: Decimal): Decimal => q.pow(gamma).times(minusLog);

export const marginLosses: Readonly<Record<string, MarginLoss>> = {
  crossEntropy: { defaults: {}, of: ({ minusLog }) => minusLog },

  focal: { defaults: { gamma: 2 }, of: (reading, { gamma }) => focal(reading, gamma) },

  /** Class-balanced: the weights are in α. */
  classBalancedFocal: { defaults: { gamma: 2, beta: 0.9999 }, of: (reading, { gamma }) => focal(reading, gamma) },

  focalStar: {
    defaults: { gamma: 2, beta: 1 },
    of: ({ margin }, { gamma, beta }) => hard(gamma.times(margin!).plus(beta), true).minusLog.div(gamma),
  },

  poly1Focal: {
    defaults: { gamma: 2, epsilon: 1 },
    of: (reading, { gamma, epsilon }) => focal(reading, gamma).plus(epsilon.times(reading.q.pow(gamma.plus(1)))),
  },

  inverseFocal: { defaults: { gamma: 2 }, of: ({ p, minusLog }, { gamma }) => one.plus(p).pow(gamma).times(minusLog) },

  reducedFocal: {
    defaults: { gamma: 2, threshold: 0.5 },
    of: ({ p, q, minusLog }, { gamma, threshold }) =>
      awayFrom(threshold, p).lt(threshold) ? minusLog : q.div(threshold).pow(gamma).times(minusLog),
  },

  reducedFocalContinuous: {
    defaults: { gamma: 2, threshold: 0.5 },
    of: ({ p, q, minusLog }, { gamma, threshold }) =>
      awayFrom(threshold, p).lt(threshold) ? minusLog : q.div(one.minus(threshold)).pow(gamma).times(minusLog),
  },

  flsd53: {
    defaults: { hard: 5, easy: 3, threshold: 0.2 },
    of: (reading, { hard, easy, threshold }) => focal(reading, awayFrom(threshold, reading.p).lt(threshold) ? hard : easy),
  },

  equalizedFocal: { defaults: { gamma: 2, base: 2 }, of: (reading, { gamma, base }) => gamma.div(base).times(focal(reading, gamma)) },

  cyclicalFocal: {
    defaults: { share: 1, gammaHigh: 3, gammaLow: 2 },
    of: ({ p, q, minusLog }, { share, gammaHigh, gammaLow }) =>
      share.times(one.plus(p).pow(gammaHigh)).plus(one.minus(share).times(q.pow(gammaLow))).times(minusLog),
  },
};

export type Settings = Readonly<Record<string, unknown>>;

/** A loss's parameters, its defaults where the settings name none; of class k where they are given per class. */
export function parametersOf<P>(defaults: Readonly<Record<string, number>>, settings: Settings, k = 0): P {
  const names = Object.keys(defaults);
  return Object.fromEntries(names.map((name) => {
    const given = (settings[name] ?? defaults[name]) as number | number[];
    return [name, exact(Array.isArray(given) ? given[k]! : given)];
  })) as P;
}

/** The margin loss of that name at class k. */
export function marginLoss(name: string, settings: Settings): (reading: Reading, k: number) => Decimal {
  const { defaults, of } = marginLosses[name]!;
  return (reading, k) => of(reading, parametersOf<Parameters>(defaults, settings, k));
}
