import { averagePrecision } from "focal-loss/evaluate";
import { lossOf, makeContender } from "./contender.ts";
import type { Contender } from "./contender.ts";
import { makeData } from "./data.ts";
import type { Data, Points } from "./data.ts";
import { gradientShares, judge } from "./judge.ts";
import type { Judgement } from "./judge.ts";
import { EXTENT, GRID, names } from "./settings.ts";
import type { Name, Settings } from "./settings.ts";

/** How a model stood at one step. */
export interface Moment {
  readonly steps: number;
  readonly averagePrecision: number;
  /** The positives' share of the gradient. */
  readonly positives: number;
}

export interface ModelFrame extends Judgement {
  /** Logits on a grid over the square, row by row from the lower left corner. */
  readonly field: Float32Array;
  readonly history: readonly Moment[];
}

/** What is seen of the training at one moment. */
export interface Frame {
  readonly steps: number;
  readonly models: Readonly<Record<Name, ModelFrame>>;
  readonly counts: { readonly [part in keyof Data]: { readonly examples: number; readonly positives: number } };
}

/** The corners of the grid's squares. */
const grid = Float32Array.from({ length: 2 * (GRID + 1) ** 2 }, (_, i) => {
  const node = i >> 1, place = i % 2 === 0 ? node % (GRID + 1) : Math.floor(node / (GRID + 1));
  return EXTENT * ((2 * place) / GRID - 1);
});

/** The moments that are kept: often at first, where most happens. */
const isKept = (steps: number): boolean => steps % (steps <= 2000 ? 20 : 200) === 0;

interface Run {
  readonly key: string;
  readonly contender: Contender;
  readonly history: Moment[];
}

/** Models trained side by side on one set of data. What a change of settings does not concern goes on from where it was. */
export interface Session {
  /** Takes up these settings; models of others, or that have gone further than `until`, begin anew. */
  prepare(settings: Settings, until: number): void;
  /** Trains every model that has not come so far to this step. */
  advance(until: number): void;
  /** Steps of the model that has come least far. */
  readonly steps: number;
  readonly data: Data;
  frame(): Frame;
  contender(name: Name): Contender;
}

export function makeSession(): Session {
  let dataKey = "", data: Data | undefined, runs: Readonly<Record<Name, Run>> | undefined;
  const each = <T>(value: (name: Name) => T): Record<Name, T> => Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, T>;

  function advanceRun({ contender, history }: Run, until: number): void {
    while (contender.steps < until) {
      contender.step();
      if (!isKept(contender.steps)) continue;
      const shares = gradientShares(contender.loss, contender.network.logits(data!.train.at), data!.train);
      history.push({
        steps: contender.steps, averagePrecision: averagePrecision(contender.network.logits(data!.held.at), data!.held.labels),
        positives: shares.easyPositives + shares.hardPositives,
      });
    }
  }
  const countsOf = ({ labels, positives }: Points): { examples: number; positives: number } => ({ examples: labels.length, positives });

  return {
    prepare(settings, until) {
      const key = JSON.stringify(settings.data), before = key === dataKey ? runs : undefined;
      if (key !== dataKey) data = makeData(settings.data);
      dataKey = key;
      runs = each((name) => {
        const { gamma, alpha, prior } = settings.loss, own = JSON.stringify(name === "focal" ? [gamma, alpha, prior] : prior), old = before?.[name];
        if (old?.key === own && old.contender.steps <= until) return old;
        return { key: own, contender: makeContender(lossOf(name, settings.loss, data!.train), data!.train, settings.data.seed, prior), history: [] };
      });
    },
    advance(until) {
      for (const name of names) advanceRun(runs![name], until);
    },
    get steps() { return Math.min(...names.map((name) => runs![name].contender.steps)); },
    get data() { return data!; },
    frame() {
      const { train, held } = data!;
      return {
        steps: this.steps, counts: { train: countsOf(train), held: countsOf(held) },
        models: each((name) => {
          const { contender: { loss, network }, history } = runs![name];
          return { ...judge(loss, network.logits(train.at), network.logits(held.at), { train, held }), field: network.logits(grid), history: [...history] };
        }),
      };
    },
    contender: (name) => runs![name].contender,
  };
}
