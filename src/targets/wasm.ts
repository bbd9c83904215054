import type { Expr } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import type { BitTarget } from "../expr/fold.ts";

/** The SIMD instructions that kernels are made of, under WebAssembly's own names. */
export type Opcode =
  | "v128.const" | "v128.load" | "v128.and" | "v128.andnot" | "v128.xor" | "v128.or" | "v128.bitselect"
  | "i32x4.shl" | "i32x4.shr_u" | "i32x4.sub" | "f32x4.convert_i32x4_s"
  | "f32x4.eq" | "f32x4.ge" | "f32x4.abs" | "f32x4.neg" | "f32x4.sqrt"
  | "f32x4.add" | "f32x4.sub" | "f32x4.mul" | "f32x4.div" | "f32x4.pmin" | "f32x4.pmax" | "param";

/** A value: the index of the instruction that makes it. */
export type Register = number;

/** One instruction of a kernel's body: each result is assigned once. */
export interface Instruction {
  readonly op: Opcode;
  readonly args: readonly Register[];
  /** The bits of a constant, the byte offset of a load, the number of a parameter or the places of a shift. */
  readonly immediate: number;
}

/** A straight run of instructions over four float32 lanes, no result computed twice. */
export class Listing {
  readonly instructions: Instruction[] = [];
  readonly #known = new Map<string, Register>();

  emit(op: Opcode, args: readonly Register[] = [], immediate = 0): Register {
    const key = `${op} ${args.join(" ")} #${immediate}`;
    let register = this.#known.get(key);
    if (register === undefined) {
      register = this.instructions.push({ op, args, immediate }) - 1;
      this.#known.set(key, register);
    }
    return register;
  }

  /** Four times the float32 nearest to a number. */
  constant(value: number): Register {
    return this.bits(new Int32Array(Float32Array.of(value).buffer)[0]!);
  }

  bits(value: number): Register {
    return this.emit("v128.const", [], value);
  }

  /** Appends formulas that `toFloat32` has lowered; says where each one's value is. */
  formulas(exprs: readonly Expr[], symbols: Readonly<Record<string, Register>>): Register[] {
    const one = (op: Opcode) => (a: Register) => this.emit(op, [a]);
    const two = (op: Opcode) => (a: Register, b: Register) => this.emit(op, [a, b]);
    const target: BitTarget<Register> = {
      num: (value) => this.constant(value),
      sym: (name) => symbols[name]!,
      neg: one("f32x4.neg"),
      abs: one("f32x4.abs"),
      sqrt: one("f32x4.sqrt"),
      add: two("f32x4.add"),
      sub: two("f32x4.sub"),
      mul: two("f32x4.mul"),
      div: two("f32x4.div"),
      max: two("f32x4.pmax"),
      min: two("f32x4.pmin"),
      select: (c, a, b) => this.emit("v128.bitselect", [a, b, this.emit("f32x4.ge", [c, this.constant(0)])]),
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
