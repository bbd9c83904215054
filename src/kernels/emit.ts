import { arrays, blockBytes } from "./arrays.ts";
import type { ArrayName } from "./arrays.ts";
import { Code, f32, f64, i32, moduleOf, v128 } from "./assembler.ts";
import { body } from "./head.ts";
import type { Variant } from "./head.ts";
import { relax } from "./relax.ts";
import { step, streams, Weaver } from "./weave.ts";
export { arrays } from "./arrays.ts";
export type { Variant } from "./head.ts";

/** The parameters of `run`: the addresses, the number of elements, the factor on the derivatives, where to say if all targets were hard, and where tables are. */
const remaining = arrays.length, factor = arrays.length + 1, verdict = arrays.length + 2, tablesAt = arrays.length + 3, firstVector = arrays.length + 4;
const add = 0x6a, sub = 0x6b, negate = 0x8c, tee = 0x22, addDoubles = 0xa0, loop = 0x03, branchIf = 0x0d, end = 0x0b, nothing = 0x40;

/**
 * A module whose `run(…addresses, elements, factor, verdict, tables)` goes over arrays in memory, a whole number of steps (one
 * at least); the factor multiplies gradient and curvature. Returns the sum of the losses, added up in float64 at every step,
 * and leaves four lanes of ones at `verdict` if every target was 0 or 1 (or the kernel takes soft ones), else zeros.
 */
export function emit(variant: Variant): Uint8Array<ArrayBuffer> {
  const { each, weighted, targets = "floats", tables = [] } = variant;
  const { listing: plain, results: found } = body(variant);
  const wanted = [found.grad, found.hessian, found.loss, found.stray];
  const { listing, moved } = variant.relaxed === true ? relax(plain, wanted) : { listing: plain, moved: undefined };
  const results = wanted.map((register) => (register === undefined || moved === undefined ? register : moved[register]));
  const [grad, hessian, loss, stray] = results;

  const code = new Code(), weaver = new Weaver(code, firstVector);
  const sum = weaver.allot(), strays = weaver.allot(), factors = [weaver.allot(), weaver.allot()] as const;
  weaver.prepare(listing, results);
  code.get(factor).vec("f32x4.splat").set(factors[0]).get(factor).byte(negate).vec("f32x4.splat").set(factors[1]);

  code.byte(loop).byte(nothing);
  const local = weaver.write(listing, results, { param: (index) => factors[index]!, load: (array, stream) => {
    if (array >= arrays.length) code.get(tablesAt).memory("v128.load", blockBytes * (array - arrays.length) + 16 * stream);
    else if (arrays[array] === "targets" && targets === "bytes") code.get(array).memory("v128.load8x8_u", 4 * stream).vec("i32x4.extend_low_i16x8_u");
    else code.get(array).memory("v128.load", 16 * stream);
  } });
  const used = new Map<number, number>([[arrays.indexOf("logits"), 4], [arrays.indexOf("targets"), targets === "bytes" ? 1 : 4]]);
  const store = (register: number | undefined, name: ArrayName): void => {
    if (register === undefined) return;
    const array = arrays.indexOf(name);
    used.set(array, 4);
    for (let s = 0; s < streams; s++) code.get(array).get(local(register, s)).memory("v128.store", 16 * s);
  };
  store(grad, "grad");
  store(hessian, "hessian");
  if (each) store(loss, "losses");
  else addLanes(code, sum, weaver.allot(), [0, 1, 2, 3].map((s) => local(loss!, s)) as [number, number, number, number]);
  for (let s = 0; stray !== undefined && s < streams; s++) code.get(strays).get(local(stray, s)).vec("v128.or").set(strays);
  if (weighted) used.set(arrays.indexOf("weights"), 4);
  if (tables.length > 0) used.set(tablesAt, 4);
  for (const [address, bytes] of used) code.get(address).i32(step * bytes).byte(add).set(address);
  code.get(remaining).i32(step).byte(sub).byte(tee).unsigned(remaining).byte(branchIf).byte(0).byte(end);

  code.get(verdict).get(strays).vec("v128.any_true").i32(1).byte(sub).vec("i32x4.splat").memory("v128.store", 0);
  code.get(sum).vec("f64x2.extract_lane").byte(0).get(sum).vec("f64x2.extract_lane").byte(1).byte(addDoubles);
  return moduleOf([...arrays.map(() => i32), i32, f32, i32, i32], f64, [{ count: weaver.allot() - firstVector, type: v128 }], code);
}

/** Adds four vectors to the float64 pair in `sum`; just four float32 are added before they are widened. */
function addLanes(code: Code, sum: number, scratch: number, [a, b, c, d]: readonly [number, number, number, number]): void {
  code.get(a).get(b).vec("f32x4.add").get(c).get(d).vec("f32x4.add").vec("f32x4.add").set(scratch);
  code.get(sum).get(scratch).vec("f64x2.promote_low_f32x4").vec("f64x2.add");
  code.get(scratch).get(scratch).vec("i8x16.shuffle").raw([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
  code.vec("f64x2.promote_low_f32x4").vec("f64x2.add").set(sum);
}
