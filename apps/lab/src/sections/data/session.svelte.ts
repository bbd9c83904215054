import { connect } from "../../worker/index.ts";
import type { Connection } from "../../worker/index.ts";
import type { Comparison, RunName, Step, TrainRequest } from "./compare.ts";
import type { DataJobs } from "./data.worker.ts";
import type { Report, Trust } from "./examine.ts";
import type { Example } from "./examples.ts";
import { guessRoles, guessScores } from "./guess.ts";
import type { Roles } from "./guess.ts";
import { positiveOf } from "./classes.ts";
import type { Scale } from "./scores.ts";
import type { Spending } from "./spend.ts";
import type { Summary } from "./table.ts";
import { count, quote } from "./words.ts";

export interface Doing {
  readonly label: string;
  /** undefined while it is not known how far. */
  readonly share: number | undefined;
}

const TRAINING = "Training";
const startWorker = (): Connection<DataJobs> => connect(() => new Worker(new URL("./data.worker.ts", import.meta.url), { type: "module" }));

export type Training = Readonly<Partial<Record<RunName, Step>>>;

/** A file from the moment it is chosen to what is said of it. Its rows stay in a worker, which ends with the session. */
export class Session {
  name = $state("");
  summary = $state.raw<Summary>();
  useless = $state.raw<readonly (string | undefined)[]>([]);
  roles = $state.raw<Roles>();
  scale = $state<Scale | "auto">("auto");
  doing = $state.raw<Doing>();
  /** One sentence on why there is nothing to see. */
  problem = $state("");
  report = $state.raw<Report>();
  shares = $state.raw<readonly number[]>([]);
  plain = $state.raw<Spending>();
  spending = $state.raw<Spending>();
  trust = $state.raw<Trust>();
  features = $state.raw<readonly number[]>([]);
  training = $state.raw<Training>();
  comparison = $state.raw<Comparison>();

  #worker = startWorker();
  /** Whatever is under way ends when something else is begun. */
  #current = new AbortController();

  /**
   * Reads a file. One that is open stays until it is known that the new one can be used.
   *
   * @returns whether it can
   */
  async open(source: Blob | Example, name: string): Promise<boolean> {
    const worker = startWorker();
    await this.#run("Reading", async (signal) => {
      try {
        const onProgress = ({ share, rows }: { share: number; rows: number }): void => void (this.doing = { label: `Reading, ${count(rows)} rows so far`, share });
        const summary = await worker.run("read", source, { signal, onProgress }), useless = await worker.run("useless", undefined, { signal });
        if (summary.columns.length < 2) throw new Error(`The file has one column only, ${quote(summary.columns[0]!.name)}: labels need scores or features beside them.`);
        const roles = guessRoles(summary.columns);
        if (!roles) throw new Error("No column could be the truth: one with two to a hundred different words or whole numbers is needed.");
        this.#forget(worker);
        Object.assign(this, { name, summary, useless, roles });
        this.features = this.#learnable(roles.target);
      } catch (error) {
        worker.stop();
        throw this.summary === undefined ? error : new Error(`${(error as Error).message} ${quote(this.name)} stays open.`);
      }
    });
    if (this.#worker !== worker) return false;
    if (this.roles?.kind === "scores") await this.score();
    return true;
  }

  /** Another choice of columns; what follows from it is guessed anew. */
  async choose(change: Partial<Roles>): Promise<void> {
    const { summary, roles } = this;
    if (!summary || !roles) return;
    const target = change.target ?? roles.target, moved = target !== roles.target;
    const next: Roles = { ...roles, ...change, ...(moved && { positive: positiveOf(summary.columns[target]!.classes ?? []), scores: guessScores(summary.columns, target) }) };
    this.roles = next.kind === "scores" && next.scores.length === 0 ? { ...next, scores: [summary.columns.findIndex((column, k) => k !== target && column.kind === "numbers")].filter((k) => k >= 0) } : next;
    if (moved) this.features = this.#learnable(target);
    this.comparison = this.training = undefined;
    if (this.roles.kind === "scores") await this.score();
    else this.#begin();
  }

  async score(): Promise<void> {
    const { roles } = this;
    if (!roles) return;
    await this.#run("Reading scores", async (signal) => {
      this.report = this.spending = this.trust = undefined;
      if (roles.scores.length === 0) throw new Error("No column of numbers is left to be the score: choose “features” to train on them, or another column of true classes.");
      const { shares, plain, ...report } = await this.#worker.run("score", { ...roles, scale: this.scale }, { signal, onProgress: (label) => (this.doing = { label, share: undefined }) });
      this.shares = shares;
      this.plain = plain;
      this.report = report;
    });
  }

  readonly spend = this.#latest("spend", (found: Spending) => (this.spending = found));
  readonly judge = this.#latest("trust", (found: Trust) => (this.trust = found));

  async train(request: Omit<TrainRequest, "target" | "positive" | "features">): Promise<void> {
    const { roles, features } = this;
    if (!roles) return;
    this.comparison = undefined;
    this.training = {};
    await this.#run(TRAINING, async (signal) => {
      this.comparison = await this.#worker.run("train", { ...request, target: roles.target, positive: roles.positive, features: [...features] }, {
        signal, onProgress: (step) => (this.training = { ...this.training, [step.run]: step }),
      });
    });
  }

  /** Stops what is under way. A file half read is forgotten. */
  cancel(): void {
    const reading = this.summary === undefined || (this.roles?.kind === "scores" && this.report === undefined);
    if (reading) this.close();
    else this.#begin();
    if (!this.comparison) this.training = undefined;
  }

  get isTraining(): boolean {
    return this.doing?.label === TRAINING;
  }

  /** Forgets the file, and gives its memory back. */
  close(): void {
    this.#begin();
    this.#forget(startWorker());
  }

  #forget(next: Connection<DataJobs>): void {
    this.#worker.stop();
    this.#worker = next;
    this.summary = this.roles = this.report = this.plain = this.spending = this.trust = this.training = this.comparison = undefined;
    this.name = "";
    this.scale = "auto";
  }

  #learnable(target: number): number[] {
    return this.useless.flatMap((why, k) => (k === target || why !== undefined ? [] : [k])).slice(0, 200);
  }

  #begin(): AbortSignal {
    this.#current.abort();
    this.#current = new AbortController();
    this.doing = undefined;
    this.problem = "";
    return this.#current.signal;
  }

  async #run(label: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const signal = this.#begin();
    this.doing = { label, share: undefined };
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) this.problem = (error as Error).message;
    }
    if (!signal.aborted) this.doing = undefined;
  }

  /** Asks for what a slider says; of many moves while the worker is busy only the last is followed. */
  #latest<N extends "spend" | "trust">(job: N, take: (found: any) => void): (input: Parameters<DataJobs[N]>[0]) => void { // any: what the job answers
    let busy = false, next: Parameters<DataJobs[N]>[0] | undefined;
    const ask = async (input: Parameters<DataJobs[N]>[0]): Promise<void> => {
      const asked = this.report;
      busy = true;
      const found = await this.#worker.run(job, input as never).catch(() => undefined);
      busy = false;
      if (found !== undefined && asked === this.report) take(found);
      if (next === undefined) return;
      const last = next;
      next = undefined;
      if (this.report) void ask(last);
    };
    return (input) => {
      if (busy) next = input;
      else void ask(input);
    };
  }
}
