import * as raw from "../../expr/expr.ts";
import type { Expr } from "../../expr/expr.ts";
import { logInTwo, toFloat32 } from "../../expr/float32.ts";
import { fold } from "../../expr/fold.ts";
import type { Target } from "../../expr/fold.ts";
import type { Order } from "../../losses/derive.ts";
import type { Loss } from "../../losses/loss.ts";
import { Listing } from "../../targets/wasm.ts";
import type { Register } from "../../targets/wasm.ts";
import { f32, f64 } from "../assembler.ts";
import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { sumOfPair, widen } from "./lanes.ts";
import { lockstepOf, perExample, scratchOf } from "./shape.ts";
import type { PerExample, Shape } from "./shape.ts";
import { formulasOf, ownGrows, ownMoves } from "./tables.ts";

const { abs, add, div, exp, max, min, mul, neg, num, sub, sym } = raw;
// No parameter of a loss is called so.
const [own, power, shift, sum, tail] = ["#own", "#power", "#shift", "#sum", "#tail"].map((name) => sym(name)) as [Expr, Expr, Expr, Expr, Expr];

/** a − b and what rounding took from it, whichever is larger. */
function difference(a: Expr, b: Expr): readonly [Expr, Expr] {
  const value = sub(a, b), back = sub(value, a);
  return [value, sub(sub(a, sub(value, back)), add(b, back))];
}

/** A sum as 2ⁿ (1 + f) with 1 + f in [√½, √2), by its bits. */
function takeApart(listing: Listing, register: Register): { "#n": Register; "#f": Register } {
  const half = listing.constant(Math.SQRT1_2), bits = listing.emit("i32x4.sub", [register, half]);
  const m = listing.emit("i32x4.add", [listing.emit("v128.and", [bits, listing.bits(0x7fffff)]), half]);
  return { "#n": listing.emit("f32x4.convert_i32x4_s", [listing.emit("i32x4.shr_s", [bits], 23)]), "#f": listing.emit("f32x4.sub", [m, listing.constant(1)]) };
}

/** The margin u = own − log(sum · 2^shift), its label's logit moved if that is asked for, and what rounding took from it. */
function margin(moves: boolean): readonly [Expr, Expr] {
  // What is no number has bits that look like one: 0 · sum tells.
  const n = add(add(sym("#n"), shift), mul(num(0), sum)), terms = [...logInTwo(n, sym("#f")), ...(moves ? [neg(sym(ownMoves))] : [])];
  const [value, lost] = terms.reduce<readonly [Expr, Expr]>(([value, lost], term) => {
    const [less, tail] = difference(value, term);
    return [less, add(lost, tail)];
  }, [own, num(0)]);
  if (!moves) return [value, lost];
  const together = add(value, lost);
  return [together, sub(lost, sub(together, value))];
}

/** The loss's formulas over u and its tail; e^−|u| is there already, as the quotient of two powers. */
function formulas(loss: Loss, order: Order, grows: boolean): Expr[] {
  const falling = neg(abs(sym("u"))), memo = new Map<Expr, Expr>(), grown = grows ? mul(power, sym(ownGrows)) : power;
  const known: Target<Expr> = { ...raw, exp: (x) => (x === falling ? div(min(sum, grown), max(grown, sum)) : exp(x)) };
  return toFloat32(formulasOf(loss, order).map((expr) => fold(expr, known, memo)), new Map([["u", tail]]));
}

/**
 * The loss's formulas at each example's margin u = own − log(sum · 2^shift). Leaves the derivatives by the label's logit, what
 * pulls at its rivals', and the inverse of the sum; returns the sum of the losses.
 */
export function examples(shape: Shape, loss: Loss): Routine {
  const { order, weighted } = shape, moves = shape.tables.includes(ownMoves), lockstep = lockstepOf(shape), { of, tables, tableBytes } = scratchOf(shape);
  const draft = new Draft(["scratch", "examples", "labels", "weights", "losses", "scale"], ["tables", "label", "sum"], lockstep, { scale: f32, sum: f64 }), { code, at, weaver } = draft;
  const listing = new Listing(), stored = (name: PerExample): Register => listing.emit("v128.load", [], perExample.indexOf(name));
  const symbols: Record<string, Register> = { "#own": stored("own"), "#power": stored("power"), "#shift": stored("shift"), "#sum": stored("sum") };
  shape.tables.forEach((name, i) => (symbols[name] = listing.emit("v128.load", [], perExample.length + i)));
  Object.assign(symbols, takeApart(listing, symbols["#sum"]!));
  [symbols["u"], symbols["#tail"]] = listing.formulas(margin(moves), symbols) as [Register, Register];
  const [f, df, ddf] = listing.formulas(formulas(loss, order, moves), symbols);
  const weight = weighted ? listing.emit("v128.load", [], -1) : undefined, scale = listing.emit("param");
  const times = (a: Register | undefined, b: Register | undefined): Register | undefined => (a === undefined || b === undefined ? a : listing.emit("f32x4.mul", [a, b]));
  const value = times(f, weight)!, slope = times(times(df, weight), scale), curvature = times(times(ddf, weight), scale);
  const kept = {
    slope, curvature, ...(slope !== undefined && { pull: listing.emit("f32x4.neg", [slope]), inverse: listing.emit("f32x4.div", [listing.constant(1), symbols["#sum"]!]) }),
  };
  const results = [value, ...Object.values(kept)];
  weaver.prepare(listing, results);
  const scales = weaver.allot(), total = weaver.allot(), few = weaver.allot();
  code.get(at.scale).vec("f32x4.splat").set(scales);
  code.get(at.scratch).set(at.tables);

  /** Looks each label up in a table. */
  const lookUp = (table: number, s: number): void => {
    for (let l = 0; l < 4; l++) {
      if (l > 0) code.set(few);
      code.get(at.labels).i32load(16 * s + 4 * l).i32(2).byte(0x74).get(at.tables).byte(0x6a);
      if (l === 0) code.memory("v128.load32_zero", table);
      else code.get(few).lane("v128.load32_lane", table, l);
    }
  };
  code.turns(at.examples, 4 * lockstep, () => {
    const local = weaver.write(listing, results, {
      param: () => scales,
      load(i, s) {
        if (i < 0) code.get(at.weights).memory("v128.load", 16 * s);
        else if (i < perExample.length) code.get(at.scratch).memory("v128.load", of[perExample[i]!] + 16 * s);
        else lookUp(tables + tableBytes * (i - perExample.length), s);
      },
    });
    for (let s = 0; s < lockstep; s++) {
      for (const [name, register] of Object.entries(kept)) if (register !== undefined) code.get(at.scratch).get(local(register, s)).memory("v128.store", of[name as PerExample] + 16 * s);
      code.get(at.losses).get(local(value, s)).memory("v128.store", 16 * s);
    }
    for (let s = 0; s < lockstep; s++) {
      code.get(local(value, s));
      if (s > 0) code.vec("f32x4.add");
    }
    code.set(few);
    widen(code, total, few);
    for (const name of ["scratch", "labels", "weights", "losses"] as const) code.advance(at[name], 16 * lockstep);
  });
  sumOfPair(code, total);
  return draft.routine([f64]);
}
