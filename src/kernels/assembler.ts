/** Bytes of a WebAssembly module: just the parts that a SIMD loop needs. */
export type Bytes = number[];

export const i32 = 0x7f, f32 = 0x7d, f64 = 0x7c, v128 = 0x7b;

export function unsigned(value: number): Bytes {
  const bytes: Bytes = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value ? low | 0x80 : low);
  } while (value);
  return bytes;
}

export function signed(value: number): Bytes {
  const bytes: Bytes = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    if ((value === 0 && !(low & 0x40)) || (value === -1 && low & 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const vector = (items: readonly Bytes[]): Bytes => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Bytes): Bytes => [id, ...unsigned(content.length), ...content];
const text = (name: string): Bytes => vector([...name].map((c) => [c.charCodeAt(0)]));

/** SIMD opcodes, after the prefix 0xfd. */
export const simd = {
  "v128.load": 0, "v128.store": 11, "v128.const": 12, "i8x16.shuffle": 13, "f32x4.splat": 19,
  "f64x2.extract_lane": 33, "f32x4.eq": 65, "f32x4.ge": 70,
  "v128.and": 78, "v128.andnot": 79, "v128.or": 80, "v128.xor": 81, "v128.bitselect": 82,
  "f64x2.promote_low_f32x4": 95, "i32x4.shl": 171, "i32x4.shr_u": 173, "i32x4.sub": 177,
  "f32x4.abs": 224, "f32x4.neg": 225, "f32x4.sqrt": 227, "f32x4.add": 228, "f32x4.sub": 229, "f32x4.mul": 230, "f32x4.div": 231,
  "f32x4.pmin": 234, "f32x4.pmax": 235, "f64x2.add": 240, "f32x4.convert_i32x4_s": 250,
} as const;

export const vec = (op: keyof typeof simd): Bytes => [0xfd, ...unsigned(simd[op])];
export const get = (local: number): Bytes => [0x20, ...unsigned(local)];
export const set = (local: number): Bytes => [0x21, ...unsigned(local)];
export const constant = (value: number): Bytes => [0x41, ...signed(value)];
/** Alignment (2^4 bytes) and offset of a load or store. */
export const at = (offset: number): Bytes => [4, ...unsigned(offset)];

/** A module with one function, `run`, over the memory it is given as `env.memory`. */
export function moduleOf(params: readonly number[], result: number, locals: readonly { count: number; type: number }[], code: Bytes): Uint8Array<ArrayBuffer> {
  const body = [...vector(locals.map(({ count, type }) => [...unsigned(count), type])), ...code, 0x0b];
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, vector([[0x60, ...vector(params.map((type) => [type])), ...vector([[result]])]])),
    ...section(2, vector([[...text("env"), ...text("memory"), 0x02, 0x00, ...unsigned(1)]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...text("run"), 0x00, 0x00]])),
    ...section(10, vector([[...unsigned(body.length), ...body]])),
  ]);
}
