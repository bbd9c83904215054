import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import type { Candidate, Peer } from "../harness.ts";
import { fileOf } from "../problems.ts";

/**
 * A process that answers one line for each line it is sent:
 * `load FILE ELEMENTS CLASSES GAMMA` → `ok`, `run CALLS` → seconds of a call and the loss, `gradient` → its numbers,
 * `memory` → resident bytes with the problem loaded and at most. An answer beginning with `error` is a reason.
 */
class Worker {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaint = "";

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env } });
    this.#child.stderr.on("data", (text) => (this.#complaint = `${this.#complaint}${text}`.slice(-2000)));
    this.#child.on("error", (error) => (this.#complaint = error.message));
    this.#child.stdin.on("error", () => {});
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  async ask(question: string): Promise<string> {
    this.#child.stdin.write(`${question}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`its process ended: ${/^.*Error: .*$/m.exec(this.#complaint)?.[0] ?? this.#complaint.trim().split("\n").at(-1)}`);
    if (value.startsWith("error ")) throw new Error(value.slice(6));
    return value;
  }

  close(): void {
    this.#child.kill();
  }
}

/** A peer that runs as a process of its own, started when first needed and loaded with one problem after another. */
export function workerPeer(title: string, start: () => { command: string; args: readonly string[]; env?: NodeJS.ProcessEnv; name: string }, differs?: string): Peer {
  let started: { worker: Worker; name: string } | undefined;
  return {
    title,
    async prepare(problem): Promise<Candidate> {
      if (!started) {
        const { command, args, env = {}, name } = start();
        started = { worker: new Worker(command, args, env), name };
      }
      const { worker, name } = started;
      await worker.ask(`load ${fileOf(problem)} ${problem.logits.length} ${problem.classes} ${problem.gamma}`);
      return {
        name,
        ...(differs !== undefined && { differs }),
        async run(calls) {
          const [seconds, loss] = (await worker.ask(`run ${calls}`)).split(" ").map(Number);
          return { seconds: seconds!, loss: loss! };
        },
        gradient: async () => (await worker.ask("gradient")).split(" ").map(Number),
        async memory() {
          const [before, peak] = (await worker.ask("memory")).split(" ").map(Number);
          return { before: before!, peak: peak! };
        },
      };
    },
    close() {
      started?.worker.close();
      started = undefined;
    },
  };
}
