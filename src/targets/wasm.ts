import type { Expr } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import type { BitTarget } from "../expr/fold.ts";

/** The SIMD instructions that kernels are made of, under WebAssembly's own names. */
export type Opcode =
  | "v128.const" | "v128.load" | "v128.and" | "v128.andnot" | "v128.xor" | "v128.or" | "v128.bitselect"
  | "i32x4.shl" | "i32x4.shr_s" | "i32x4.shr_u" | "i32x4.add" | "i32x4.sub" | "i32x4.max_s" | "i32x4.eq" | "i32x4.lt_u" | "i32x4.gt_s" | "i32x4.trunc_sat_f32x4_s" | "f32x4.convert_i32x4_s"
  | "f32x4.eq" | "f32x4.ge" | "f32x4.abs" | "f32x4.neg" | "f32x4.sqrt"
  | "f32x4.add" | "f32x4.sub" | "f32x4.mul" | "f32x4.div" | "f32x4.pmin" | "f32x4.pmax"
  | "f32x4.relaxed_madd" | "f32x4.relaxed_nmadd" | "param";

/** A value: the index of the instruction that makes it. */
export type Register = number;

/** One instruction of a kernel's body: each result is assigned once. */
export interface Instruction {
  readonly op: Opcode;
  readonly args: readonly Register[];
  /** The bits of a constant, the byte offset of a load, the number of a parameter or the places of a shift. */
  readonly immediate: number;
}

/** More than a listing has, so few that the key of three of them is exact. */
const registers = 2 ** 17;

/** A straight run of instructions over four float32 lanes, no result computed twice. */
export class Listing {
  readonly instructions: Instruction[] = [];
  readonly #known = new Map<Opcode, Map<number, Register>>();

  emit(op: Opcode, args: readonly Register[] = [], immediate = 0): Register {
    let known = this.#known.get(op);
    if (!known) this.#known.set(op, (known = new Map()));
    let key = immediate; // no instruction has both a large one and arguments
    for (const arg of args) key = key * registers + arg;
    let register = known.get(key);
    if (register === undefined) known.set(key, (register = this.instructions.push({ op, args, immediate }) - 1));
    return register;
  }

  /** Four times the float32 nearest to a number. */
  constant(value: number): Register {
    return this.bits(bitsOf(value));
  }

  bits(value: number): Register {
    return this.emit("v128.const", [], value | 0);
  }

  /** a where the mask's bits are set, else b: by exchanging what differs, so that a choice and its opposite share it. */
  choose(mask: Register, a: Register, b: Register): Register {
    return this.#exclusive(b, this.emit("v128.and", [this.#exclusive(a, b), mask]));
  }

  #exclusive(a: Register, b: Register): Register {
    const [first, second] = [this.instructions[a]!, this.instructions[b]!];
    if (first.op === "v128.const" && second.op === "v128.const") return this.bits(first.immediate ^ second.immediate);
    return this.emit("v128.xor", [Math.min(a, b), Math.max(a, b)]);
  }

  /** Appends formulas that `toFloat32` has lowered; says where each one's value is. */
  formulas(exprs: readonly Expr[], symbols: Readonly<Record<string, Register>>): Register[] {
    const one = (op: Opcode) => (a: Register) => this.emit(op, [a]);
    const two = (op: Opcode) => (a: Register, b: Register) => this.emit(op, [a, b]);
    const sign = this.bits(signBit), size = this.bits(~signBit);
    const target: BitTarget<Register> = {
      num: (value) => this.constant(value),
      sym: (name) => symbols[name]!,
      // One instruction of a processor, where WebAssembly's own neg and abs may be two.
      neg: (a) => {
        const { op, args } = this.instructions[a]!;
        return op === "v128.and" && args[1] === size ? this.emit("v128.or", [args[0]!, sign]) : this.#exclusive(a, sign);
      },
      abs: (a) => this.emit("v128.and", [a, size]),
      sqrt: one("f32x4.sqrt"),
      add: two("f32x4.add"),
      sub: two("f32x4.sub"),
      mul: two("f32x4.mul"),
      div: two("f32x4.div"),
      max: two("f32x4.pmax"),
      min: two("f32x4.pmin"),
      select: (c, a, b) => this.choose(this.emit("f32x4.ge", [c, this.constant(0)]), a, b),
      power2: (a) => this.emit("i32x4.shl", [a], 23),
      head: (a) => this.emit("v128.and", [a, this.bits(~0xfff)]),
      exponent: (a) => this.emit("f32x4.convert_i32x4_s", [this.emit("i32x4.sub", [
        this.emit("v128.and", [this.emit("i32x4.shr_u", [a], 23), this.bits(0xff)]), this.bits(127)])]),
      significand: (a) => this.emit("v128.or", [this.emit("v128.and", [a, this.bits(0x7fffff)]), this.bits(0x3f800000)]),
    };
    const memo = new Map<Expr, Register>();
    return exprs.map((expr) => fold(expr, target, memo));
  }
}

const signBit = 0x80000000;
const views = new DataView(new ArrayBuffer(4));
const bitsOf = (value: number): number => (views.setFloat32(0, value), views.getInt32(0));
