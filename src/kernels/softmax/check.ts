import { Listing } from "../../targets/wasm.ts";
import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { scratchOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/**
 * Reads labels, whole numbers or float32 that hold such, and traps at one that is no class. An ignored one is noted, becomes
 * class 0 and weighs nothing. Every example begins tame: no base, no shift.
 */
export function check(shape: Shape): Routine {
  const { classes, ignoring } = shape, { of } = scratchOf(shape);
  const draft = new Draft(["labels", "weights", "scratch", "examples", "areFloats", "ignored"], []), { code, at, weaver } = draft;
  const listing = new Listing(), [given, areFloats, ignored, fine] = [listing.emit("v128.load", [], 0), ...[0, 1, 2].map((i) => listing.emit("param", [], i))] as [number, number, number, number];
  const whole = listing.emit("v128.bitselect", [listing.emit("i32x4.trunc_sat_f32x4_s", [given]), given, areFloats]);
  const isWhole = listing.emit("v128.or", [listing.emit("f32x4.eq", [listing.emit("f32x4.convert_i32x4_s", [whole]), given]), listing.emit("i32x4.eq", [areFloats, listing.bits(0)])]);
  const isIgnored = listing.emit("i32x4.eq", [whole, ignored]), label = ignoring ? listing.emit("v128.andnot", [whole, isIgnored]) : whole;
  const weight = listing.emit("v128.andnot", [listing.emit("v128.load", [], 1), isIgnored]);
  const isFine = listing.emit("v128.and", [fine, listing.emit("v128.and", [isWhole, listing.emit("i32x4.lt_u", [label, listing.bits(classes)])])]);
  const results = [isFine, label, ...(ignoring ? [isIgnored, weight] : [])];
  weaver.prepare(listing, results);
  const [floats, index, all] = [weaver.allot(), weaver.allot(), weaver.constant(-1)] as const, soFar = weaver.allot(), zero = weaver.constant(0);
  code.get(at.areFloats).vec("i32x4.splat").set(floats).get(at.ignored).vec("i32x4.splat").set(index).get(all).set(soFar);
  code.turns(at.examples, 4, () => {
    const local = weaver.write(listing, results, { param: (i) => [floats, index, soFar][i]!, load: (i) => code.get(i === 0 ? at.labels : at.weights).memory("v128.load", 0) });
    for (const name of ["base", "shift"] as const) code.get(at.scratch).get(zero).memory("v128.store", of[name]);
    code.get(local(isFine, 0)).set(soFar).get(at.labels).get(local(label, 0)).memory("v128.store", 0);
    if (ignoring) {
      code.get(at.scratch).get(local(isIgnored, 0)).memory("v128.store", of.ignored).get(at.weights).get(local(weight, 0)).memory("v128.store", 0);
    }
    for (const name of ["labels", "weights", "scratch"] as const) code.advance(at[name], 16);
  });
  code.get(soFar).vec("i32x4.all_true").byte(0x45).byte(0x04).byte(0x40).byte(0x00).byte(0x0b); // if not: unreachable
  return draft.routine();
}
