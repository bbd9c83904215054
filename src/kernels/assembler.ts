export const i32 = 0x7f, f32 = 0x7d, f64 = 0x7c, v128 = 0x7b;

/** SIMD opcodes, after the prefix 0xfd. */
export const simd = {
  "v128.load": 0, "v128.load8x8_u": 2, "v128.load32_splat": 9, "v128.store": 11, "v128.const": 12, "i8x16.shuffle": 13,
  "i32x4.splat": 17, "f32x4.splat": 19, "f32x4.extract_lane": 31, "f64x2.extract_lane": 33,
  "i32x4.eq": 55, "i32x4.lt_u": 58, "i32x4.gt_s": 59, "f32x4.eq": 65, "f32x4.ge": 70,
  "v128.and": 78, "v128.andnot": 79, "v128.or": 80, "v128.xor": 81, "v128.bitselect": 82, "v128.any_true": 83,
  "v128.load32_lane": 86, "v128.store32_lane": 90, "v128.load32_zero": 92, "f64x2.promote_low_f32x4": 95,
  "i32x4.all_true": 163, "i32x4.extend_low_i16x8_u": 169, "i32x4.shl": 171, "i32x4.shr_s": 172, "i32x4.shr_u": 173, "i32x4.add": 174, "i32x4.sub": 177, "i32x4.max_s": 184,
  "f32x4.abs": 224, "f32x4.neg": 225, "f32x4.sqrt": 227, "f32x4.add": 228, "f32x4.sub": 229, "f32x4.mul": 230, "f32x4.div": 231,
  "f32x4.pmin": 234, "f32x4.pmax": 235, "f64x2.add": 240, "i32x4.trunc_sat_f32x4_s": 248, "f32x4.convert_i32x4_s": 250,
  "f32x4.relaxed_madd": 261, "f32x4.relaxed_nmadd": 262,
} as const;

/** Writes WebAssembly code: just the instructions that a SIMD loop needs. */
export class Code {
  #bytes = new Uint8Array(512);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): this {
    this.#make(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  raw(bytes: ArrayLike<number>): this {
    this.#make(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Makes room. */
  #make(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + bytes));
    larger.set(this.bytes);
    this.#bytes = larger;
  }

  unsigned(value: number): this {
    for (; value > 0x7f; value >>>= 7) this.byte((value & 0x7f) | 0x80);
    return this.byte(value);
  }

  signed(value: number): this {
    for (; value < -64 || value > 63; value >>= 7) this.byte((value & 0x7f) | 0x80);
    return this.byte(value & 0x7f);
  }

  get(local: number): this {
    return this.byte(0x20).unsigned(local);
  }

  set(local: number): this {
    return this.byte(0x21).unsigned(local);
  }

  /** An i32 constant. */
  i32(value: number): this {
    return this.byte(0x41).signed(value);
  }

  f32(value: number): this {
    return this.byte(0x43).raw(new Uint8Array(Float32Array.of(value).buffer));
  }

  i32load(offset: number): this {
    return this.byte(0x28).byte(2).unsigned(offset);
  }

  f32load(offset: number): this {
    return this.byte(0x2a).byte(2).unsigned(offset);
  }

  f32store(offset: number): this {
    return this.byte(0x38).byte(2).unsigned(offset);
  }

  /** Moves an address on. */
  advance(local: number, bytes: number): this {
    return this.get(local).i32(bytes).byte(0x6a).set(local);
  }

  /** A loop whose turns count a local down, until it is used up. */
  turns(left: number, by: number, turn: () => void): this {
    this.byte(0x03).byte(0x40);
    turn();
    return this.advance(left, -by).get(left).i32(0).byte(0x4a).byte(0x0d).byte(0).byte(0x0b);
  }

  vec(op: keyof typeof simd): this {
    return this.byte(0xfd).unsigned(simd[op]);
  }

  /** A load or store at an offset, aligned to 2^4 bytes; one lane of it to 2^2. */
  memory(op: "v128.load" | "v128.store" | "v128.load8x8_u" | "v128.load32_splat" | "v128.load32_zero", offset: number): this {
    return this.vec(op).byte(op === "v128.load" || op === "v128.store" ? 4 : 2).unsigned(offset);
  }

  lane(op: "v128.load32_lane" | "v128.store32_lane", offset: number, lane: number): this {
    return this.vec(op).byte(2).unsigned(offset).byte(lane);
  }
}

/** A function: what it takes, what it returns, the locals behind its parameters, its code. */
export interface Routine {
  readonly params: readonly number[];
  readonly results: readonly number[];
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  readonly code: Code;
}

/** A module with one function, `run`, over the memory it is given as `env.memory`. */
export const moduleOf = (params: readonly number[], result: number, locals: Routine["locals"], code: Code): Uint8Array<ArrayBuffer> => moduleOfRoutines([{ params, results: [result], locals, code }]);

/** A module of functions that call each other by their places; the last of them is `run`. */
export function moduleOfRoutines(routines: readonly Routine[]): Uint8Array<ArrayBuffer> {
  const out = new Code().raw([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const section = (id: number, content: Code): void => void out.byte(id).unsigned(content.bytes.length).raw(content.bytes);
  const text = (name: string): number[] => [name.length, ...new TextEncoder().encode(name)];
  const types = new Code().byte(routines.length), bodies = new Code().byte(routines.length);
  for (const { params, results, locals, code } of routines) {
    types.raw([0x60, params.length, ...params, results.length, ...results]);
    const body = new Code().byte(locals.length);
    for (const { count, type } of locals) body.unsigned(count).byte(type);
    body.raw(code.bytes).byte(0x0b);
    bodies.unsigned(body.bytes.length).raw(body.bytes);
  }
  section(1, types);
  section(2, new Code().raw([1, ...text("env"), ...text("memory"), 0x02, 0x00, 1]));
  section(3, new Code().raw([routines.length, ...routines.keys()]));
  section(7, new Code().raw([1, ...text("run"), 0x00, routines.length - 1]));
  section(10, bodies);
  return out.bytes.slice() as Uint8Array<ArrayBuffer>;
}
