import { arrays, blockBytes, blockLength } from "./arrays.ts";
import type { ArrayName } from "./arrays.ts";
import { mostTables } from "./tables.ts";
import type { Tables } from "./tables.ts";
export { blockBytes, blockLength } from "./arrays.ts";

const pageBytes = 65536;

/** A kernel bound to a memory: see `emit` for its arguments. Returns the sum of the losses. */
export type Run = (
  logits: number, targets: number, weights: number, losses: number, grad: number, hessian: number, elements: number, factor: number, verdict: number, tables?: number,
) => number;

/** Memory of a block, as one of the types that kernels read. */
export type Block = Float32Array | Int32Array | Uint8Array;

/** What makes arrays of one type. */
export interface ArrayType<T> {
  new (length: number): T;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

/** Where a caller's kernel says whether all targets were hard. */
export const verdictAt = arrays.length * blockBytes;

/** A block for each array, side by side; that of targets also as integers. Addresses are kept, as asking a view for its own takes long. */
export interface Blocks extends Readonly<Record<ArrayName, Float32Array>> {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly at: Readonly<Record<ArrayName, number>>;
  /** The first elements of each, as many as were asked for last. */
  readonly parts: Partial<Record<ArrayName, Float32Array>>;
}

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
  readonly #buffer: ArrayBufferLike;
  readonly #hasRoom: boolean;
  readonly blocks: Blocks;
  /** Four lanes of ones, if the last run met hard targets only. */
  readonly hard: Int32Array;
  readonly tables: Tables;
  /** Workers that there are blocks for. */
  readonly workers: number;
  #free: number;
  readonly #instances = new WeakMap<WebAssembly.Module, Run>();
  /** The kernel that was asked for last, and most likely will be next. */
  #last: { readonly module: WebAssembly.Module; readonly run: Run } | undefined;

  /** @param room - bytes beside the blocks */
  constructor(room: number, workers: number) {
    this.workers = workers;
    this.#hasRoom = room > 0;
    const tables = (1 + workers * (1 + slotsPerWorker)) * setBytes;
    this.#free = tables + mostTables * blockBytes;
    const pages = Math.ceil((this.#free + room) / pageBytes);
    this.memory = new WebAssembly.Memory({ initial: pages, ...(workers > 0 && { maximum: pages, shared: true }) });
    this.#buffer = this.memory.buffer; // asking for it takes as long as a small job
    this.blocks = this.blocksAt(0);
    this.hard = new Int32Array(this.memory.buffer, verdictAt, 4);
    this.tables = { at: tables, values: new Float32Array(this.memory.buffer, tables, mostTables * blockLength), columns: undefined, phase: 0, length: 0 };
  }

  /** The set of blocks with some number: 0 is the caller's. */
  blocksAt(set: number): Blocks {
    const { buffer } = this.memory;
    const at = Object.fromEntries(arrays.map((name, i) => [name, set * setBytes + i * blockBytes])) as Record<ArrayName, number>;
    const blocks = Object.fromEntries(arrays.map((name) => [name, new Float32Array(buffer, at[name], blockLength)])) as Record<ArrayName, Float32Array>;
    return { ...blocks, words: new Int32Array(buffer, at.targets, blockLength), bytes: new Uint8Array(buffer, at.targets, blockLength), at, parts: {} };
  }

  /** An array in this memory, at an address that vectors like. */
  take<T extends Block>(length: number, type: ArrayType<T>): T {
    const array = new type(this.memory.buffer, this.#free, length);
    this.#free += Math.ceil(array.byteLength / 64) * 64;
    return array;
  }

  /** Whether an array lives here. */
  holds(array: ArrayLike<number>): array is Float32Array {
    return this.#hasRoom && array instanceof Float32Array && array.buffer === this.#buffer;
  }

  /** Whether an array lives here, and as a block would: for blocks of integers that is known of what is asked about. */
  holdsAs(array: ArrayLike<number>, block: Block): array is Block {
    return block instanceof Float32Array ? this.holds(array) : this.#hasRoom && (array as Block).buffer === this.#buffer;
  }

  /** A module's kernel in this memory. */
  kernel(module: WebAssembly.Module): Run {
    if (this.#last?.module === module) return this.#last.run;
    let run = this.#instances.get(module);
    if (!run) this.#instances.set(module, (run = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports["run"] as Run));
    this.#last = { module, run };
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
let anyRoom = false;

export const machineOf = (array: Float32Array): Machine | undefined => (anyRoom ? machines.get(array.buffer) : undefined);

let workers = 0;

/** From now on machines with room are made for so many workers. */
export function makeRoomFor(count: number): void {
  workers = count;
}

/** A machine with room of its own. */
export function machineWithRoom(bytes: number): Machine {
  const machine = new Machine(bytes, workers);
  machines.set(machine.memory.buffer, machine);
  anyRoom = true;
  return machine;
}
