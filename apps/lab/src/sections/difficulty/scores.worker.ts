import type { Context } from "../../worker/index.ts";
import { serve } from "../../worker/serve.ts";
import { readCsv } from "../data/csv/read.ts";
import { guessRoles } from "../data/guess.ts";
import { readScores } from "../data/scores.ts";
import { summarize } from "../data/summarize.ts";
import { lossOf, makeContender } from "../imbalance/contender.ts";
import type { Contender } from "../imbalance/contender.ts";
import { makeData } from "../imbalance/data.ts";
import type { Data } from "../imbalance/data.ts";
import type { Name, Settings } from "../imbalance/settings.ts";
import { cumulative, marginsOf } from "./cumulative.ts";
import type { GammaCurves, Margins, Scored } from "./cumulative.ts";

export interface ModelRequest {
  readonly settings: Settings;
  readonly name: Name;
  readonly steps: number;
}

/** How many examples of each class there are. */
export interface Counts {
  readonly negatives: number;
  readonly positives: number;
}

/** Training steps between two chances for the page to say something. */
const CHUNK = 20;

let model: { key: string; data: Data; contender: Contender } | undefined, margins: Margins | undefined;

function keep(scored: Scored): Counts {
  margins = marginsOf(scored);
  return { negatives: margins.negatives.length, positives: margins.positives.length };
}

const jobs = {
  /** Trains a model as the section on imbalance does, and keeps its scores of held-out points. */
  async model({ settings, name, steps }: ModelRequest, { pause, progress }: Context<number>): Promise<Counts> {
    const key = JSON.stringify([settings, name]);
    if (model?.key !== key || model.contender.steps > steps) {
      const data = makeData(settings.data);
      model = { key, data, contender: makeContender(lossOf(name, settings.loss, data.train), data.train, settings.data.seed, settings.loss.prior) };
    }
    const { contender, data } = model;
    while (contender.steps < steps) {
      contender.step();
      if (contender.steps % CHUNK !== 0) continue;
      progress(contender.steps / steps);
      await pause();
    }
    return keep({ logits: contender.network.logits(data.held.at), labels: data.held.labels });
  },
  /** Reads a reader's own predictions, with the reader of CSV files that the section on data has. */
  async file(source: Blob, { pause, progress }: Context<number>): Promise<Counts> {
    const file = await readCsv(source, { pause, progress: ({ share }) => progress(share ?? 0) }), { columns } = summarize(file), roles = guessRoles(columns);
    if (roles?.kind !== "scores") throw new Error("No column of scores was found beside one of labels: name them “label” and “score”, or choose columns in the section on your own data.");
    const scored = readScores(file.table, { ...roles, scale: "auto" });
    if (scored.classes.length !== 2) throw new Error(`The labels are of ${scored.classes.length} classes: this figure is of positives and negatives.`);
    return keep(scored);
  },
  curves({ gammas, easiest }: { readonly gammas: readonly number[]; readonly easiest: number }): readonly GammaCurves[] {
    return margins ? gammas.map((gamma) => cumulative(margins!, gamma, easiest)) : [];
  },
};

export type ScoresJobs = typeof jobs;
serve(jobs);
