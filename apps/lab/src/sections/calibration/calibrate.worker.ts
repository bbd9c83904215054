import type { Context } from "../../worker/index.ts";
import { serve } from "../../worker/serve.ts";
import { learn } from "./learn.ts";
import { report } from "./report.ts";
import type { Report } from "./report.ts";
import { simulate } from "./simulate.ts";
import type { LossSettings } from "./simulate.ts";

export interface Request {
  readonly source: "simulated" | "trained";
  readonly loss: LossSettings;
  readonly seed: number;
}

const jobs = {
  async report({ source, loss, seed }: Request, { progress, pause }: Context<number>): Promise<Report> {
    const tell = (share: number): Promise<void> => {
      progress(share);
      return pause();
    };
    await pause();
    return report(source === "simulated" ? simulate(loss, seed) : await learn(loss, seed, tell), loss);
  },
};

export type CalibrateJobs = typeof jobs;
serve(jobs);
