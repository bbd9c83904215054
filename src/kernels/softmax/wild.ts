import { add, max, min, mul, num, sub, sym } from "../../expr/expr.ts";
import type { Expr } from "../../expr/expr.ts";
import { expOf, exponentBias } from "../../expr/float32.ts";
import { Listing } from "../../targets/wasm.ts";
import type { Register } from "../../targets/wasm.ts";
import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { acrossLanes } from "./lanes.ts";
import { bitsOf, tame, withoutSign } from "./powers.ts";
import { groupOf, scratchOf, vectorsOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** From this size on logits are taken relative to the strongest rival first: that is exact, unless the power comes to 0. */
const far = 256;
/** Adding it and taking it away rounds to a whole number. */
const rounding = num(1.5 * 2 ** 23);
const [z, top, base, shift, bias, least, most] = ["z", "top", "base", "shift", "bias", "least", "most"].map(sym) as [Expr, Expr, Expr, Expr, Expr, Expr, Expr];

/** How the powers of an example are taken, by the size of its largest logit and its strongest rival. */
function settling(): { listing: Listing; results: Register[] } {
  const listing = new Listing(), size = listing.emit("param", [], 0), rival = listing.emit("param", [], 1);
  const isWild = listing.emit("i32x4.gt_s", [size, listing.bits(bitsOf(tame))]), isFar = listing.emit("f32x4.ge", [listing.emit("f32x4.abs", [rival]), listing.constant(far)]);
  const from = listing.emit("v128.and", [rival, listing.emit("v128.and", [isWild, isFar])]);
  const [whole] = listing.formulas([sub(add(mul(sub(top, base), num(Math.LOG2E)), rounding), rounding)], { top: rival, base: from }) as [Register];
  const by = listing.emit("v128.and", [whole, isWild]), bound = (power: number): Expr => mul(add(shift, num(power)), num(Math.LN2));
  return { listing, results: [from, by, ...listing.formulas([sub(num(exponentBias), shift), bound(-127), bound(128)], { shift: by })] };
}

/**
 * The powers of a group of which some example is not tame. There they are 2^−shift of what they would be with logits relative
 * to `base`, which brings the strongest rival's near 1. Tame examples get the very bits that they would among others of their
 * kind.
 */
export function wild(shape: Shape): Routine {
  const { classes, layout } = shape, { of, powers } = scratchOf(shape), rows = layout === "rows";
  const draft = new Draft(["logits", "scratch", "examples", "stride", "labels"], ["row", "from", "to", "left"]), { code, at, weaver } = draft;
  const [position, label, size, rival] = [weaver.allot(), weaver.allot(), weaver.allot(), weaver.allot()] as const, seenSoFar = [position, label, size, rival];

  // Rows: the classes of a vector are at `position`, and some may be beyond the last. Planes: all are of one class.
  const seeing = new Listing(), logit = seeing.emit("v128.load"), p = (i: number): Register => seeing.emit("param", [], i);
  const isLabel = seeing.emit("i32x4.eq", [p(0), p(1)]), isBeyond = seeing.emit("i32x4.gt_s", [p(0), seeing.bits(classes - 1)]);
  const within = (register: Register): Register => (rows ? seeing.emit("v128.andnot", [register, isBeyond]) : register);
  const seen = [
    seeing.emit("i32x4.add", [p(0), seeing.bits(rows ? 4 : 1)]),
    seeing.emit("i32x4.max_s", [p(2), within(seeing.emit("v128.and", [logit, seeing.bits(withoutSign)]))]),
    seeing.emit("f32x4.pmax", [p(3), seeing.emit("v128.bitselect", [seeing.constant(-Infinity), logit, rows ? seeing.emit("v128.or", [isLabel, isBeyond]) : isLabel])]),
  ];
  const settle = settling(), names = ["base", "shift", "bias", "least", "most"], raising = new Listing();
  const power = raising.formulas([expOf(min(max(sub(z, base), least), most), undefined, bias)], { z: raising.emit("v128.load"), ...Object.fromEntries(names.map((name, i) => [name, raising.emit("param", [], i)])) });
  for (const [listing, results] of [[seeing, seen], [settle.listing, settle.results], [raising, power]] as const) weaver.prepare(listing, results);
  const zero = weaver.constant(0), lowest = weaver.constant(bitsOf(-Infinity)), first = weaver.allot();
  code.vec("v128.const").raw([0, 1, 2, 3].flatMap((lane) => [rows ? lane : 0, 0, 0, 0])).set(first);

  const overClasses = (turn: () => void): void => {
    code.get(at.logits).set(at.from).get(at.row).set(at.to).i32(rows ? vectorsOf(classes).count : classes).set(at.left).turns(at.left, 1, () => {
      turn();
      if (rows) code.advance(at.from, 16).advance(at.to, 16);
      else code.get(at.from).get(at.stride).byte(0x6a).set(at.from).advance(at.to, 4 * groupOf(shape));
    });
  };
  const load = (): unknown => code.get(at.from).memory("v128.load", 0);
  code.get(at.scratch).set(at.row);
  code.turns(at.examples, rows ? 1 : 4, () => {
    for (const [local, start] of [[position, first], [size, zero], [rival, lowest]] as const) code.get(start).set(local);
    code.get(at.labels).memory(rows ? "v128.load32_splat" : "v128.load", 0).set(label);
    overClasses(() => {
      const local = weaver.write(seeing, seen, { param: (i) => seenSoFar[i]!, load });
      [position, size, rival].forEach((to, i) => code.get(local(seen[i]!, 0)).set(to));
    });
    if (rows) {
      acrossLanes(code, size, "i32x4.max_s");
      acrossLanes(code, rival, "f32x4.pmax");
    }
    const settled = weaver.write(settle.listing, settle.results, { param: (i) => [size, rival][i]!, load }), param = (i: number): number => settled(settle.results[i]!, 0);
    for (const [i, name] of (["base", "shift"] as const).entries()) {
      code.get(at.scratch).get(param(i));
      if (rows) code.lane("v128.store32_lane", of[name], 0);
      else code.memory("v128.store", of[name]);
    }
    overClasses(() => {
      const local = weaver.write(raising, power, { param, load });
      code.get(at.to).get(local(power[0]!, 0)).memory("v128.store", powers);
    });
    code.advance(at.logits, rows ? 4 * classes : 16).advance(at.row, rows ? 4 * classes : 16);
    for (const name of ["scratch", "labels"] as const) code.advance(at[name], rows ? 4 : 16);
  });
  return draft.routine();
}
