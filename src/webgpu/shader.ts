import { words } from "../targets/wgsl.ts";

/** A compute shader's text, and the buffers it takes: `params` first, then storage in the order of their bindings. */
export interface Shader {
  readonly code: string;
  readonly buffers: readonly string[];
  /** Threads of a workgroup. */
  readonly size: number;
}

/** What every shader is told, in one uniform buffer. */
export interface Params {
  /** The first element of this dispatch, and how many there are (vectors, logits, rows or partial sums). */
  readonly first: number;
  readonly count: number;
  /** Where the partial sums of this dispatch begin. */
  readonly slot: number;
  readonly classes: number;
  readonly inner: number;
  readonly ignored: number;
  readonly offset: number;
  readonly negative: number;
  readonly positive: number;
  readonly scale: number;
}

const layout = { zero: "u32", first: "u32", count: "u32", slot: "u32", classes: "u32", inner: "u32", ignored: "f32", offset: "f32", negative: "f32", positive: "f32", scale: "f32" } as const;
const fields = Object.entries(layout) as (readonly [keyof typeof layout, "u32" | "f32"])[];

/** Bytes from the beginning of the parameters to the factor on the results. */
export const scaleAt = 4 * fields.findIndex(([name]) => name === "scale");

/** The parameters as the uniform buffer's bytes. `zero` is 0: see `words`. */
export function paramsBytes(params: Params): ArrayBuffer {
  const bytes = new ArrayBuffer(64), view = new DataView(bytes);
  for (const [i, [name, type]] of fields.entries()) {
    const value = name === "zero" ? 0 : params[name];
    if (type === "u32") view.setUint32(4 * i, value, true);
    else view.setFloat32(4 * i, value, true);
  }
  return bytes;
}

interface Storage {
  readonly name: string;
  readonly type: string;
  readonly writes?: boolean;
}

/** A shader around its own text: parameters, buffers, the words of formulas, sums. */
export function shader(width: 1 | 4, size: number, storage: readonly (Storage | false)[], body: string): Shader {
  const used = storage.filter((buffer) => buffer !== false);
  const code = [
    `struct Params { ${fields.map(([name, type]) => `${name}: ${type}`).join(", ")} }`,
    "@group(0) @binding(0) var<uniform> params: Params;",
    words(width, "params.zero"),
    ...used.map(({ name, type, writes }, i) => `@group(0) @binding(${i + 1}) var<storage, ${writes ? "read_write" : "read"}> ${name}: array<${type}>;`),
    sums(size),
    body,
  ].join("\n");
  return { code, size, buffers: ["params", ...used.map(({ name }) => name)] };
}

/**
 * Sums in pairs of float32, high and low, that together carry 48 bits. Threads add their own terms by Kahan's
 * method, then the threads of a workgroup are added up in a tree: always in the same order, whoever is first.
 */
const sums = (size: number): string => `
const size = ${size}u;
var<workgroup> parts: array<vec2f, size>;
fn firm(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ params.zero); }
fn plus(a: vec2f, b: vec2f) -> vec2f {
  let sum = firm(a.x + b.x);
  let second = firm(sum - a.x);
  let lost = firm(a.x - firm(sum - second)) + firm(b.x - second);
  let low = firm(lost + (a.y + b.y));
  let high = firm(sum + low);
  return vec2f(high, low - firm(high - sum));
}
fn gather(part: vec2f, thread: u32) -> vec2f {
  parts[thread] = part;
  workgroupBarrier();
  for (var reach = size / 2u; reach > 0u; reach /= 2u) {
    if (thread < reach) { parts[thread] = plus(parts[thread], parts[thread + reach]); }
    workgroupBarrier();
  }
  return parts[0];
}
struct Running { sum: Float, lost: Float }
fn include(running: Running, term: Float) -> Running {
  let rest = kept(term - running.lost);
  let sum = kept(running.sum + rest);
  return Running(sum, kept(sum - running.sum) - rest);
}`.trim();

/** The pair of what a thread has added up. */
export const pairOf = (width: 1 | 4, running: string): string => {
  if (width === 1) return `vec2f(${running}.sum, -${running}.lost)`;
  const [a, b, c, d] = ["x", "y", "z", "w"].map((lane) => `vec2f(${running}.sum.${lane}, -${running}.lost.${lane})`);
  return `plus(plus(${a}, ${b}), plus(${c}, ${d}))`;
};

/** What a compute shader's entry is told about its thread. */
export const entry = "@compute @workgroup_size(size)\nfn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u)";

/** Whether x is NaN: by its bits, since a compiler may take floats to be none. */
export const isNaNText = (x: string): string => `(bitcast<Bits>(${x}) & Bits(0x7fffffffu)) > Bits(0x7f800000u)`;
