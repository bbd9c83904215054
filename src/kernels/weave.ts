import type { Instruction, Listing, Register } from "../targets/wasm.ts";
import type { Code, simd } from "./assembler.ts";

/** Vectors that run in lockstep, so that the long chain of one hides behind the others. */
export const streams = 4;
/** Elements of one turn of a loop. */
export const step = streams * 4;

/** Where a register of a listing is held, for each stream. */
export type Locals = (register: Register, stream: number) => number;

/** How a listing's inputs are fetched. */
export interface Inputs {
  /** The local of a parameter. */
  param(index: number, stream: number): number;
  /** Leaves a loaded vector on the stack. */
  load(index: number, stream: number): void;
}

export type Results = readonly (Register | undefined)[];

/** How often each register is read: not at all if no result needs it; a result counts as more than once. */
export function countUses({ instructions }: Listing, results: Results): Uint32Array {
  const uses = new Uint32Array(instructions.length);
  for (const register of results) if (register !== undefined) uses[register] = 2;
  for (let r = instructions.length - 1; r >= 0; r--) if (uses[r]! > 0) for (const arg of instructions[r]!.args) uses[arg]!++;
  return uses;
}

/** How many registers of a processor it takes to compute each one, if what takes most is computed first. */
function pressures(instructions: readonly Instruction[]): Uint32Array {
  const found = new Uint32Array(instructions.length);
  for (const [r, { op, args }] of instructions.entries()) {
    if (op === "v128.const" || op === "param") continue;
    let most = 1;
    for (const arg of args) most = found[arg] === most && arg !== args[0] ? most + 1 : Math.max(most, found[arg]!);
    found[r] = most;
  }
  return found;
}

/** The bytes of a vector whose four lanes hold the same bits. */
function lanes(bits: number): number[] {
  const lane = [bits & 0xff, (bits >> 8) & 0xff, (bits >> 16) & 0xff, (bits >> 24) & 0xff];
  return [...lane, ...lane, ...lane, ...lane];
}

/** Writes listings as code: each instruction for every stream in turn, constants once, before everything else. */
export class Weaver {
  readonly #code: Code;
  readonly #constants = new Map<number, number>();
  readonly #uses = new Map<Listing, Uint32Array>();
  readonly #streams: number;
  #next: number;

  /** @param next - the first free local for vectors */
  constructor(code: Code, next: number, inLockstep = streams) {
    this.#code = code;
    this.#next = next;
    this.#streams = inLockstep;
  }

  /** A local of its own. */
  allot(): number {
    return this.#next++;
  }

  /** A local for each stream. */
  allotAll(): number[] {
    return Array.from({ length: this.#streams }, () => this.allot());
  }

  /** Puts a vector of equal lanes into a local, once; all of them before the first loop. */
  constant(bits: number): number {
    let local = this.#constants.get(bits);
    if (local === undefined) {
      this.#constants.set(bits, (local = this.allot()));
      this.#code.vec("v128.const").raw(lanes(bits)).set(local);
    }
    return local;
  }

  /** Makes the constants ready that a listing's results need. */
  prepare(listing: Listing, results: Results): void {
    const uses = countUses(listing, results);
    this.#uses.set(listing, uses);
    for (const [r, { op, immediate }] of listing.instructions.entries()) if (op === "v128.const" && uses[r]! > 0) this.constant(immediate);
  }

  /**
   * Writes a prepared listing out; says where its results are. What is read once stays on the stack, and nothing is computed
   * long before it is read: engines with an optimiser that keeps the order then have fewer registers to save.
   */
  write(listing: Listing, results: Results, inputs: Inputs): Locals {
    const code = this.#code, { instructions } = listing, uses = this.#uses.get(listing)!;
    const pressure = pressures(instructions);
    const held: (readonly number[] | undefined)[] = [];
    const push = (r: Register, stream: number): void => {
      const locals = held[r];
      if (locals !== undefined) code.get(locals[stream]!);
      else compute(r, stream);
    };
    const compute = (r: Register, stream: number): void => {
      const { op, args, immediate } = instructions[r]!;
      for (const arg of args) push(arg, stream);
      if (op === "v128.load") inputs.load(immediate, stream);
      else if (op.startsWith("i32x4.sh")) code.i32(immediate).vec(op as keyof typeof simd);
      else code.vec(op as keyof typeof simd);
    };
    const hold = (r: Register): void => {
      if (held[r] !== undefined) return;
      const { op, args, immediate } = instructions[r]!;
      if (op === "v128.const") held[r] = new Array<number>(this.#streams).fill(this.constant(immediate));
      else if (op === "param") held[r] = Array.from({ length: this.#streams }, (_, s) => inputs.param(immediate, s));
      else {
        const last = args.length - 1, lastFirst = last > 0 && pressure[args[last]!]! > pressure[args[0]!]!;
        for (let i = 0; i <= last; i++) hold(args[lastFirst ? last - i : i]!);
        if (uses[r] === 1) return;
        const locals = this.allotAll();
        for (const [s, local] of locals.entries()) {
          compute(r, s);
          code.set(local);
        }
        held[r] = locals;
      }
    };
    for (const result of results) if (result !== undefined) hold(result);
    return (register, stream) => held[register]![stream]!;
  }
}
