import { Machine } from "../machine.ts";
import { kernelsKept, words } from "./control.ts";
import { copyModule } from "./copyModule.ts";
import { Experience } from "./experience.ts";
import { startHelper } from "./host.ts";
import type { Helper } from "./host.ts";

/** The workers beside the calling thread, and the memory they talk through. */
export class Team {
  readonly control = new Int32Array(new SharedArrayBuffer(4 * words.end));
  readonly scales = new Float32Array(this.control.buffer);
  readonly sums = new Float64Array(this.control.buffer, 4 * words.sums, (words.end - words.sums) / 2);
  /** Where blocks of arrays that live elsewhere are handed over. */
  readonly machine: Machine;
  readonly experience = new Experience();
  /** Whether the calling thread may wait without spinning: a browser's main thread may not. */
  readonly maySleep: boolean;
  readonly #onBreak: () => void;
  readonly #helpers: Helper[] = [];
  readonly #copy = copyModule();
  #stopped = false;
  #kernels = 0;
  #machines = 0;
  readonly #numbers = new WeakMap<Machine, { readonly machine: number; readonly kernels: WeakMap<WebAssembly.Module, number> }>();
  /** Workers know a memory until they are told that nobody else does. */
  readonly #gone = new FinalizationRegistry<number>((machine) => this.#post({ gone: machine }));

  private constructor(workers: number, onBreak: () => void) {
    this.machine = new Machine(0, workers);
    this.#onBreak = onBreak;
    this.maySleep = maySleep(this.control);
  }

  /** @param onBreak - called once if a worker ends by itself; the team has stopped by then */
  static async start(workers: number, onBreak: () => void): Promise<Team> {
    const team = new Team(workers, onBreak), { buffer } = team.control;
    const starting = Array.from({ length: workers }, async (_, number) => {
      team.#helpers.push(await startHelper({ control: buffer, number }, () => team.break()));
    });
    const failed = (await Promise.allSettled(starting)).find((outcome) => outcome.status === "rejected");
    if (failed) {
      team.stop();
      throw failed.reason;
    }
    return team;
  }

  get workers(): number {
    return this.#helpers.length;
  }

  stop(): void {
    this.#stopped = true;
    // Browsers are slow to end a worker that sleeps; one that expects a message does not.
    Atomics.add(this.control, words.mail, 1);
    this.ring();
    for (const helper of this.#helpers) helper.stop();
  }

  /** Stops for good, because a worker has ended or does not answer. */
  break(): void {
    if (this.#stopped) return;
    this.stop();
    this.#onBreak();
  }

  /** The number that workers know a kernel by, which is sent to them at its first use. */
  kernel(machine: Machine, module: WebAssembly.Module): number {
    let numbers = this.#numbers.get(machine);
    if (!numbers) {
      this.#numbers.set(machine, (numbers = { machine: this.#machines++, kernels: new WeakMap() }));
      this.#gone.register(machine, numbers.machine);
    }
    const known = numbers.kernels.get(module);
    if (known !== undefined && known > this.#kernels - kernelsKept) return known;
    const kernel = ++this.#kernels;
    numbers.kernels.set(module, kernel);
    this.#post({ kernel, machine: numbers.machine, module, memory: machine.memory, copy: this.#copy });
    return kernel;
  }

  /** Says that there is something to do. Waking a worker that sleeps costs some µs; one that has just worked is awake. */
  ring(): void {
    const { control } = this;
    Atomics.add(control, words.bell, 1);
    if (Atomics.load(control, words.asleep) > 0) Atomics.notify(control, words.bell);
  }

  #post(message: unknown): void {
    if (this.#stopped) return;
    for (const helper of this.#helpers) helper.post(message);
    Atomics.add(this.control, words.mail, 1);
    this.ring();
  }
}

function maySleep(words: Int32Array): boolean {
  try {
    return Atomics.wait(words, 0, 0, 0) === "timed-out";
  } catch {
    return false;
  }
}
