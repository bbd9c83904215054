import { Listing } from "../../targets/wasm.ts";
import type { Register } from "../../targets/wasm.ts";
import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { acrossLanes } from "./lanes.ts";
import { groupOf, scratchOf, vectorsOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** Up to so many float32 numbers are added one by one; of more, what rounding takes is added up, too. */
const fewClasses = 32;

/**
 * Adds up the powers of each label's rivals, and (order 2) what all but the greatest come to: the greatest's share p keeps the
 * digits of 1 − p. Plane by plane, or row by row.
 */
export function sumsApart(shape: Shape): Routine {
  const { layout, classes, order } = shape, { of, powers } = scratchOf(shape), rows = layout === "rows", lockstep = rows ? 1 : 4;
  const pitch = rows ? 16 : 4 * groupOf(shape), { count, inLast } = vectorsOf(classes), turns = rows ? count - 1 : classes, examples = rows ? 1 : 16;
  const draft = new Draft(["scratch", "examples"], ["row", "at", "left"], lockstep), { code, at, weaver } = draft;
  const apart = order > 1, careful = apart || classes > fewClasses;
  const [top, ones, sum, lost] = [weaver.allotAll(), weaver.allotAll(), weaver.allotAll(), weaver.allotAll()];
  const mask = weaver.allot(), zero = weaver.constant(0);

  const adding = new Listing(), power = adding.emit("v128.load");
  const isTop = adding.emit("f32x4.eq", [power, adding.emit("param", [], 0)]), other = apart ? adding.emit("v128.andnot", [power, isTop]) : power;
  const old = adding.emit("param", [], 2), more = adding.emit("f32x4.add", [old, other]), back = adding.emit("f32x4.sub", [more, old]);
  const error = adding.emit("f32x4.add", [adding.emit("f32x4.sub", [old, adding.emit("f32x4.sub", [more, back])]), adding.emit("f32x4.sub", [other, back])]);
  const added: (Register | undefined)[] = [
    undefined, apart ? adding.emit("f32x4.add", [adding.emit("param", [], 1), adding.emit("v128.and", [isTop, adding.constant(1)])]) : undefined,
    more, careful ? adding.emit("f32x4.add", [adding.emit("param", [], 3), error]) : undefined,
  ];
  const ending = new Listing(), end = (i: number) => ending.emit("param", [], i), one = ending.constant(1);
  const total = careful ? ending.emit("f32x4.add", [end(2), end(3)]) : end(2);
  const rest = ending.emit("f32x4.add", [total, ending.emit("f32x4.mul", [ending.emit("f32x4.sub", [end(1), one]), end(0)])]);
  const ended = apart ? { top: end(0), rest, sum: ending.emit("f32x4.add", [rest, end(0)]) } : { sum: total };
  const carried = [top, ones, sum, lost], param = (i: number, s: number): number => carried[i]![s]!;
  weaver.prepare(adding, added);
  weaver.prepare(ending, Object.values(ended));
  code.vec("v128.const").raw(Array.from({ length: 16 }, (_, i) => (i < 4 * inLast ? 255 : 0))).set(mask);

  const load = (s: number, isLast: boolean): void => {
    code.get(at.at).memory("v128.load", powers + 16 * s);
    if (isLast) code.get(mask).vec("v128.and");
  };
  const each = (turn: (isLast: boolean) => void): void => {
    code.get(at.row).set(at.at);
    if (turns > 0) code.i32(turns).set(at.left).turns(at.left, 1, () => {
      turn(false);
      code.advance(at.at, pitch);
    });
    if (rows) turn(true);
  };
  code.get(at.scratch).set(at.row);
  code.turns(at.examples, examples, () => {
    for (const local of carried.flat()) code.get(zero).set(local);
    if (apart) {
      each((isLast) => top.forEach((local, s) => {
        code.get(local);
        load(s, isLast);
        code.vec("f32x4.pmax").set(local);
      }));
      if (rows) acrossLanes(code, top[0]!, "f32x4.pmax");
    }
    each((isLast) => {
      const found = weaver.write(adding, added, { param, load: (_, s) => load(s, isLast) });
      added.forEach((register, i) => {
        for (let s = 0; register !== undefined && s < lockstep; s++) code.get(found(register, s)).set(carried[i]![s]!);
      });
    });
    if (rows) for (const local of [ones, sum, lost]) acrossLanes(code, local[0]!, "f32x4.add");
    const found = weaver.write(ending, Object.values(ended), { param, load: () => 0 });
    for (const [name, register] of Object.entries(ended)) {
      for (let s = 0; s < lockstep; s++) {
        code.get(at.scratch).get(found(register, s));
        if (rows) code.lane("v128.store32_lane", of[name as keyof typeof ended], 0);
        else code.memory("v128.store", of[name as keyof typeof ended] + 16 * s);
      }
    }
    code.advance(at.row, rows ? 4 * classes : 64).advance(at.scratch, 4 * examples);
  });
  return draft.routine();
}
