/** The arrays that the sigmoid head's kernel goes over: `run` takes the address of each, in this order. */
export const arrays = ["logits", "targets", "weights", "losses", "grad", "hessian"] as const;
export type ArrayName = (typeof arrays)[number];

/** Elements of one block: what is copied in, run over and copied out at a time, small enough for a level-2 cache. */
export const blockLength = 16384;
export const blockBytes = blockLength * 4;

/** How targets lie in memory: as float32, as 32-bit or as 8-bit integers. Others are made float32 when they are copied. */
export type TargetKind = "floats" | "words" | "bytes";

export const kindOf = (targets: ArrayLike<number>): TargetKind =>
  targets instanceof Float32Array ? "floats"
    : targets instanceof Uint8Array || targets instanceof Int8Array || targets instanceof Uint8ClampedArray ? "bytes"
    : targets instanceof Int32Array || targets instanceof Uint32Array ? "words"
    : "floats";

const float = new Float32Array(1), bits = new Int32Array(float.buffer);

/** The bits that a number has among targets as they are copied, if one of them can be it. */
export function bitsAmong(targets: ArrayLike<number>, value: number): number | undefined {
  if (kindOf(targets) === "floats") {
    float[0] = value;
    return targets instanceof Float32Array && float[0] !== value ? undefined : bits[0];
  }
  const held = targets instanceof Int32Array ? value | 0 : targets instanceof Uint32Array ? value >>> 0 : targets instanceof Int8Array ? (value << 24) >> 24 : value & 0xff;
  if (held !== value) return undefined;
  return kindOf(targets) === "bytes" ? value & 0xff : value | 0;
}
