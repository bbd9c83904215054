import type { Job } from "../../heads/job.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Addresses } from "../block.ts";
import { arrays } from "../emit.ts";
import { blockBytes, setBytes } from "../machine.ts";
import type { Machine } from "../machine.ts";
import { done, free, hard, soft, stateOf, words, workerOf, writing } from "./control.ts";
import type { Team } from "./team.ts";

/** A worker that has not written its results after so many milliseconds is not going to. */
const longest = 1000;

/** Blocks of one job, offered to the workers and the caller: the caller's side. */
export class Round {
  readonly #team: Team;
  readonly #machine: Machine;
  readonly #number: number;
  /** The first block that the caller might still take. */
  #next = 0;

  constructor(team: Team, machine: Machine, module: WebAssembly.Module, blocks: number, { scale, losses, grad, hessian }: Job<Loss>) {
    this.#team = team;
    this.#machine = machine;
    const { control } = team;
    control[words.kernel] = team.kernel(machine, module);
    control[words.blocks] = blocks;
    control[words.workers] = machine.workers;
    team.scales[words.scale] = scale;
    control[words.outputs] = [losses, grad, hessian].reduce((bits, array, i) => bits | (array ? 1 << (3 + i) : 0), 0);
    control[words.softSeen] = 0;
    control.fill(0, words.verdicts, words.verdicts + blocks);
    // Workers that still have the round before in hand find none of its blocks free.
    this.#number = Atomics.add(control, words.round, 1) + 1;
  }

  /** The arrays lie one block after another, from here on. */
  useAddresses(addresses: Addresses): void {
    this.#team.control.set(addresses, words.address);
    this.#team.control[words.slotted] = 0;
  }

  useSlot(block: number, slot: number, addresses: Addresses): void {
    const { control } = this.#team;
    control[words.slotted] = 1;
    control.set(addresses, words.slots + arrays.length * slot);
    control[words.slotOf + block] = slot;
  }

  offer(from: number, to: number): void {
    for (let block = from; block < to; block++) this.#set(block, free);
    this.#team.ring();
  }

  /** A block that was never offered, for the caller. */
  keep(block: number): void {
    this.#set(block, done);
  }

  /** The first block that nobody has taken, for the caller; −1 if there is none. */
  take(blocks: number): number {
    for (; this.#next < blocks; this.#next++) if (this.#swap(this.#next, stateOf(this.#number, free), done)) return this.#next++;
    return -1;
  }

  record(block: number, sum: number, verdict: number): void {
    this.#team.sums[block] = sum;
    this.#team.control[words.verdicts + block] = verdict;
  }

  isDone(block: number): boolean {
    return this.#phase(block) === done;
  }

  /** A worker has found a block with soft targets. */
  get softSeen(): boolean {
    return Atomics.load(this.#team.control, words.softSeen) === 1;
  }

  foundSoft(block: number): boolean {
    return this.#team.control[words.verdicts + block] === soft;
  }

  /**
   * Waits until a block is done. Returns false if the caller must run it: nobody has taken it, or a worker has taken it and is
   * not done after `patience` milliseconds, because the system lets something else run.
   */
  settle(block: number, patience: number): boolean {
    if (this.isDone(block)) return true;
    const until = performance.now() + patience;
    for (;;) {
      const state = this.#state(block), phase = state & 3;
      if (phase === done) return true;
      if (phase === writing) return this.#awaitWriting(block, state);
      if ((phase === free || performance.now() > until) && this.#swap(block, state, done)) return false;
    }
  }

  /** Takes back whatever is not done, without running it. */
  close(blocks: number): void {
    for (let block = 0; block < blocks; block++) this.settle(block, 0);
  }

  /** A worker that writes where results belong must be waited for: it takes some µs, unless it is put aside just then. */
  #awaitWriting(block: number, state: number): true {
    const { control, maySleep } = this.#team, at = words.states + block;
    const start = performance.now();
    while (Atomics.load(control, at) === state && performance.now() < start + (maySleep ? 0.05 : longest));
    if (maySleep) {
      Atomics.store(control, words.waiting, 1);
      Atomics.wait(control, at, state, longest);
      Atomics.store(control, words.waiting, 0);
    }
    if (Atomics.load(control, at) === state) this.#finish(block, workerOf(state));
    return true;
  }

  /** Writes the results of a worker that has stopped while writing them: it holds them whole in its own blocks. */
  #finish(block: number, worker: number): void {
    const { control } = this.#team, { buffer } = this.#machine.memory;
    this.#team.break();
    const bytes = new Uint8Array(buffer), start = (1 + worker) * setBytes, behind = start + arrays.length * blockBytes;
    for (let a = 3; a < arrays.length; a++) {
      const slot = control[words.slotOf + block]!;
      const to = control[words.slotted] ? control[words.slots + arrays.length * slot + a]! >>> 0 : (control[words.address + a]! >>> 0) + block * blockBytes;
      if ((control[words.outputs]! >> a) & 1) bytes.copyWithin(to, start + a * blockBytes, start + (a + 1) * blockBytes);
    }
    this.record(block, new Float64Array(buffer, behind + 16, 1)[0]!, new Int32Array(buffer, behind, 4).includes(0) ? soft : hard);
    this.#set(block, done);
  }

  #state(block: number): number {
    return Atomics.load(this.#team.control, words.states + block);
  }

  #phase(block: number): number {
    return this.#state(block) & 3;
  }

  #set(block: number, phase: number): void {
    Atomics.store(this.#team.control, words.states + block, stateOf(this.#number, phase));
  }

  #swap(block: number, state: number, phase: number): boolean {
    return Atomics.compareExchange(this.#team.control, words.states + block, state, stateOf(this.#number, phase)) === state;
  }
}
