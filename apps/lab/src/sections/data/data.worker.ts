import type { Context } from "../../worker/index.ts";
import { serve } from "../../worker/serve.ts";
import { compare } from "./compare.ts";
import type { Comparison, Step, TrainRequest } from "./compare.ts";
import { readCsv } from "./csv/read.ts";
import type { Reading } from "./csv/read.ts";
import { examine, trust } from "./examine.ts";
import type { Report, Trust } from "./examine.ts";
import { exampleFile } from "./examples.ts";
import type { Example } from "./examples.ts";
import { uselessness } from "./features.ts";
import { readScores } from "./scores.ts";
import type { Scored, ScoreRequest } from "./scores.ts";
import { Spender } from "./spend.ts";
import type { Spending } from "./spend.ts";
import { summarize } from "./summarize.ts";
import type { Summary, Table } from "./table.ts";

let table: Table | undefined, scored: Scored | undefined, spender: Spender | undefined;

/** Rows stay here; the page is told what it draws. */
const jobs = {
  async read(source: Blob | Example, { progress, pause }: Context<Reading>): Promise<Summary> {
    table = scored = spender = undefined;
    const file = await readCsv(typeof source === "string" ? await exampleFile(source, pause) : source, { progress, pause });
    table = file.table;
    return summarize(file);
  },
  async score(request: ScoreRequest, { progress, pause }: Context<string>): Promise<Report & { readonly shares: readonly number[]; readonly plain: Spending }> {
    const tell = (doing: string): Promise<void> => {
      progress(doing);
      return pause();
    };
    await tell("Reading scores");
    scored = spender = undefined;
    scored = readScores(table!, request);
    const report = await examine(scored, tell);
    await tell("Telling easy from hard");
    spender = new Spender(scored);
    return { ...report, shares: spender.examples, plain: spender.at(0, undefined) };
  },
  spend({ gamma, alpha }: { gamma: number; alpha: number | undefined }): Spending {
    return spender!.at(gamma, alpha);
  },
  trust({ gamma }: { gamma: number }): Trust {
    return trust(scored!, gamma);
  },
  /** Which columns cannot be learned from, and why. */
  useless(): readonly (string | undefined)[] {
    return table!.columns.map(uselessness);
  },
  train(request: TrainRequest, { progress, signal }: Context<Step>): Promise<Comparison> {
    let told = 0;
    return compare(table!, request, signal, (step) => {
      if (step.share < 1 && performance.now() - told < 80) return;
      told = performance.now();
      progress(step);
    });
  },
};
export type DataJobs = typeof jobs;
serve(jobs);
