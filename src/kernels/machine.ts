import { arrays } from "./emit.ts";

/** Elements of one block: what is copied in, run over and copied out at a time, small enough for a level-2 cache. */
export const blockLength = 16384;
export const blockBytes = blockLength * 4;
const pageBytes = 65536;

/** A kernel bound to a memory: see `emit` for its arguments. Returns the sum of the losses. */
export type Run = (
  logits: number, targets: number, weights: number, losses: number, grad: number, hessian: number, elements: number, scale: number, verdict: number,
) => number;

type ArrayName = (typeof arrays)[number];

/** A block for each array, side by side. */
export type Blocks = Readonly<Record<ArrayName, Float32Array>>;

/** Blocks per worker: what it is handed (one being worked on, one ready), and where it writes before it may write anywhere else. */
export const slotsPerWorker = 2;
/** Bytes of one set of blocks, with a cache line for the verdict. */
export const setBytes = arrays.length * blockBytes + 64;

/**
 * A memory that kernels run in: one block for each array, for data that lives elsewhere and is copied through, and
 * room for arrays that live here and need no copy. Kernels are synchronous, so all of them can share the blocks.
 *
 * A machine made for workers has a shared memory, and more sets of blocks: one per worker, then its slots.
 */
export class Machine {
  readonly memory: WebAssembly.Memory;
  readonly blocks: Blocks;
  /** Four lanes of ones, if the last run met hard targets only. */
  readonly hard: Int32Array;
  /** Workers that there are blocks for. */
  readonly workers: number;
  #free: number;
  readonly #instances = new WeakMap<WebAssembly.Module, Run>();

  /** @param room - bytes beside the blocks */
  constructor(room: number, workers: number) {
    this.workers = workers;
    this.#free = (1 + workers * (1 + slotsPerWorker)) * setBytes;
    const pages = Math.ceil((this.#free + room) / pageBytes);
    this.memory = new WebAssembly.Memory({ initial: pages, ...(workers > 0 && { maximum: pages, shared: true }) });
    this.blocks = this.blocksAt(0);
    this.hard = new Int32Array(this.memory.buffer, arrays.length * blockBytes, 4);
  }

  /** The set of blocks with some number: 0 is the caller's. */
  blocksAt(set: number): Blocks {
    return Object.fromEntries(arrays.map((name, i) => [name, new Float32Array(this.memory.buffer, set * setBytes + i * blockBytes, blockLength)])) as Record<ArrayName, Float32Array>;
  }

  /** An array in this memory, at an address that vectors like. */
  take(length: number): Float32Array {
    const array = new Float32Array(this.memory.buffer, this.#free, length);
    this.#free += Math.ceil(length / 16) * 64;
    return array;
  }

  /** Whether an array lives here. */
  holds(array: ArrayLike<number>): array is Float32Array {
    return array instanceof Float32Array && array.buffer === this.memory.buffer;
  }

  /** A module's kernel in this memory. */
  kernel(module: WebAssembly.Module): Run {
    let run = this.#instances.get(module);
    if (!run) this.#instances.set(module, (run = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports["run"] as Run));
    return run;
  }
}

/** An i32x4.splat and a drop: engines without SIMD refuse to compile it. */
const simdProbe = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11);

let common: Machine | undefined | null;

/** The machine for arrays that live anywhere, made at the first use; null where WebAssembly SIMD is missing or forbidden. */
export function commonMachine(): Machine | null {
  if (common !== undefined) return common;
  try {
    new WebAssembly.Module(simdProbe);
    common = new Machine(0, 0);
  } catch {
    common = null;
  }
  return common;
}

/** The machines that arrays were allotted in, found again by their memory. */
const machines = new WeakMap<ArrayBufferLike, Machine>();

export const machineOf = (array: Float32Array): Machine | undefined => machines.get(array.buffer);

let workers = 0;

/** From now on machines with room are made for so many workers. */
export function makeRoomFor(count: number): void {
  workers = count;
}

/** A machine with room of its own. */
export function machineWithRoom(bytes: number): Machine {
  const machine = new Machine(bytes, workers);
  machines.set(machine.memory.buffer, machine);
  return machine;
}
