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

/** Leaves out what no result needs. */
function live(instructions: readonly Instruction[], results: readonly (Register | undefined)[]): boolean[] {
  const needed = instructions.map(() => false);
  for (const register of results) if (register !== undefined) needed[register] = true;
  for (let i = instructions.length - 1; i >= 0; i--) if (needed[i]) for (const arg of instructions[i]!.args) needed[arg] = true;
  return needed;
}

/** The bytes of a vector whose four lanes hold the same bits. */
export function lanes(bits: number): number[] {
  const lane = [bits & 0xff, (bits >> 8) & 0xff, (bits >> 16) & 0xff, (bits >> 24) & 0xff];
  return [...lane, ...lane, ...lane, ...lane];
}

/** Writes listings as code: each instruction for every stream in turn, constants once, before everything else. */
export class Weaver {
  readonly #code: Code;
  readonly #constants = new Map<number, number>();
  #next: number;

  /** @param next - the first free local for vectors */
  constructor(code: Code, next: number) {
    this.#code = code;
    this.#next = next;
  }

  /** A local of its own. */
  allot(): number {
    return this.#next++;
  }

  /** A local for each stream. */
  allotAll(): number[] {
    return Array.from({ length: streams }, () => this.allot());
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

  /** Makes a listing's constants ready. */
  prepare({ instructions }: Listing, results: readonly (Register | undefined)[]): void {
    const needed = live(instructions, results);
    for (const [r, { op, immediate }] of instructions.entries()) if (op === "v128.const" && needed[r]) this.constant(immediate);
  }

  /** Writes a prepared listing out; says where its registers are. */
  write({ instructions }: Listing, results: readonly (Register | undefined)[], inputs: Inputs): Locals {
    const code = this.#code, needed = live(instructions, results);
    const localOf = instructions.map(({ op, immediate }, r) => {
      if (!needed[r]) return [];
      if (op === "v128.const") return new Array<number>(streams).fill(this.constant(immediate));
      return op === "param" ? Array.from({ length: streams }, (_, s) => inputs.param(immediate, s)) : this.allotAll();
    });
    const local: Locals = (register, stream) => localOf[register]![stream]!;
    for (const [r, { op, args, immediate }] of instructions.entries()) {
      if (!needed[r] || op === "param" || op === "v128.const") continue;
      for (let s = 0; s < streams; s++) {
        for (const arg of args) code.get(local(arg, s));
        if (op === "v128.load") inputs.load(immediate, s);
        else if (op === "i32x4.shl" || op === "i32x4.shr_u") code.i32(immediate).vec(op);
        else code.vec(op as keyof typeof simd);
        code.set(local(r, s));
      }
    }
    return local;
  }
}
