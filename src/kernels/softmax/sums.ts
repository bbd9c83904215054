import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { sumOfPair, sumsOfLanes, widen } from "./lanes.ts";
import { sumsApart } from "./sumsApart.ts";
import { scratchOf, vectorsOf, writtenOut } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** Adds up the powers of each label's rivals. */
export function sums(shape: Shape): Routine {
  if (shape.order > 1 || shape.layout === "planes") return sumsApart(shape);
  const { classes } = shape, { of, powers } = scratchOf(shape), { count, inLast } = vectorsOf(classes);
  const draft = new Draft(["scratch", "examples"], ["row", "left"]), { code, at, weaver } = draft;
  const mask = weaver.allot();
  code.vec("v128.const").raw(Array.from({ length: 16 }, (_, i) => (i < 4 * inLast ? 255 : 0))).set(mask);
  const load = (offset: number, isLast: boolean): void => {
    code.get(at.row).memory("v128.load", powers + offset);
    if (isLast && inLast < 4) code.get(mask).vec("v128.and");
  };
  code.get(at.scratch).set(at.row);
  if (count <= writtenOut) {
    const four = [weaver.allot(), weaver.allot(), weaver.allot(), weaver.allot()] as const;
    code.turns(at.examples, 4, () => {
      for (let k = 0; k < count; k++) four.forEach((sum, r) => {
        load(4 * classes * r + 16 * k, k === count - 1);
        if (k > 0) code.get(sum).vec("f32x4.add");
        code.set(sum);
      });
      code.get(at.scratch);
      sumsOfLanes(code, four);
      code.memory("v128.store", of.sum).advance(at.row, 16 * classes).advance(at.scratch, 16);
    });
    return draft.routine();
  }
  // Of thousands of powers a float32 sum would lose digits: no more than four are added before they are widened.
  const sum = weaver.allot(), few = weaver.allot(), zero = weaver.constant(0), turns = Math.floor((count - 1) / 4);
  const addUp = (vectors: number, toTheEnd: boolean): void => {
    for (let k = 0; k < vectors; k++) {
      load(16 * k, toTheEnd && k === vectors - 1);
      if (k > 0) code.vec("f32x4.add");
    }
    code.set(few);
    widen(code, sum, few);
  };
  code.turns(at.examples, 1, () => {
    code.get(zero).set(sum);
    code.i32(turns).set(at.left).turns(at.left, 1, () => {
      addUp(4, false);
      code.advance(at.row, 64);
    });
    addUp(count - 4 * turns, true);
    sumOfPair(code.get(at.scratch), sum).byte(0xb6).f32store(of.sum); // f32.demote_f64
    code.advance(at.scratch, 4).advance(at.row, 4 * classes - 64 * turns);
  });
  return draft.routine();
}
