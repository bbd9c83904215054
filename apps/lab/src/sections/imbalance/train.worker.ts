import type { Context } from "../../worker/index.ts";
import { serve } from "../../worker/serve.ts";
import type { Points } from "./data.ts";
import { makeSession } from "./session.ts";
import type { Frame } from "./session.ts";
import type { Settings } from "./settings.ts";

export interface TrainRequest {
  readonly settings: Settings;
  readonly until: number;
  /** Steps between two looks at it; absent: as fast as it goes. */
  readonly pace?: number;
}

/** Milliseconds between two looks: at a chosen pace, and while hurrying to a step. */
const LOOK = { paced: 40, hurried: 90 };
/** Steps between two chances for the page to say something. */
const CHUNK = 10;

const session = makeSession();
let halted = false, sent: Points | undefined;

const jobs = {
  /** Trains to a step, or until `halt`; tells how it goes, and where it stopped. */
  async train({ settings, until, pace }: TrainRequest, { progress, pause }: Context<Frame & { points?: Points }>): Promise<Frame & { points?: Points }> {
    halted = false;
    session.prepare(settings, until);
    const look = (): Frame & { points?: Points } => {
      const points = session.data.train, fresh = points !== sent;
      sent = points;
      return { ...session.frame(), ...(fresh && { points }) };
    };
    if (session.data.train !== sent) progress(look());
    for (let next = performance.now() + LOOK.hurried; session.steps < until && !halted;) {
      session.advance(Math.min(until, session.steps + (pace ?? CHUNK)));
      if (pace !== undefined || performance.now() > next) {
        progress(look());
        if (pace !== undefined) await new Promise((resume) => setTimeout(resume, Math.max(0, next - performance.now())));
        next = performance.now() + (pace === undefined ? LOOK.hurried : LOOK.paced);
      }
      await pause();
    }
    return look();
  },
  /** Lets training come to its end where it is. */
  halt(): void {
    halted = true;
  },
};

export type TrainJobs = typeof jobs;
serve(jobs);
