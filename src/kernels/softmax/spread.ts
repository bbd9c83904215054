import { Listing } from "../../targets/wasm.ts";
import type { Register } from "../../targets/wasm.ts";
import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { groupOf, scratchOf, vectorsOf, writtenOut } from "./shape.ts";
import type { PerExample, Shape } from "./shape.ts";

/** The examples' numbers that each class's derivatives are made of. */
const gradientTakes = ["inverse", "pull"] as const, hessianTakes = [...gradientTakes, "curvature", "sum", "rest", "top"] as const;

/** Derivatives by a rival's logit, whose share of the rivals is r: −f′r and f″r² − f′r(1 − r). */
function derivatives({ order }: Shape): { listing: Listing; results: Register[] } {
  const listing = new Listing(), power = listing.emit("v128.load");
  const of = (name: (typeof hessianTakes)[number]): Register => listing.emit("param", [], hessianTakes.indexOf(name));
  const mul = (a: Register, b: Register): Register => listing.emit("f32x4.mul", [a, b]);
  const share = mul(power, of("inverse")), grad = mul(share, of("pull"));
  if (order < 2) return { listing, results: [grad] };
  const others = listing.emit("v128.bitselect", [of("rest"), listing.emit("f32x4.sub", [of("sum"), power]), listing.emit("f32x4.eq", [power, of("top")])]);
  return { listing, results: [grad, listing.emit("f32x4.add", [mul(of("curvature"), mul(share, share)), mul(grad, mul(others, of("inverse")))])] };
}

/** Derivatives by each logit: the example's own at its label, its pull times the class's share elsewhere. */
export function spread(shape: Shape): Routine {
  const { classes, layout } = shape, { of, powers } = scratchOf(shape), rows = layout === "rows", { listing, results } = derivatives(shape);
  const { count } = vectorsOf(classes), isShort = rows && count <= writtenOut, lockstep = isShort ? count : 4;
  const outputs = (["grad", "hessian"] as const).slice(0, shape.order), takes = shape.order > 1 ? hessianTakes : gradientTakes;
  const draft = new Draft(["scratch", "examples", "labels", "grad", "hessian", "stride"], ["row", "left", "label"], lockstep), { code, at, weaver } = draft;
  weaver.prepare(listing, results);
  const taken = takes.map((): readonly number[] => (rows ? new Array<number>(lockstep).fill(weaver.allot()) : weaver.allotAll()));
  const move = (bytes: number): void => void outputs.forEach((name) => code.advance(at[name], bytes));
  /** Derivatives from some vectors of powers, where each begins. */
  const write = (offsets: readonly number[]): void => {
    const local = weaver.write(listing, results, { param: (i, s) => taken[i]![s]!, load: (_, s) => code.get(at.row).memory("v128.load", powers + (offsets[s] ?? offsets[0]!)) });
    outputs.forEach((name, i) => offsets.forEach((offset, s) => code.get(at[name]).get(local(results[i]!, s)).memory("v128.store", offset)));
  };
  const four = [0, 16, 32, 48];
  /** The label's own derivatives. */
  const atLabel = (example: number): void => {
    code.get(at.labels).i32load(4 * example);
    if (rows) code.i32(2).byte(0x74);
    else code.get(at.stride).byte(0x6c);
    code.set(at.label);
    outputs.forEach((name, i) => code.get(at[name]).get(at.label).byte(0x6a).get(at.scratch).f32load(of[(["slope", "curvature"] as const)[i]!] + 4 * example).f32store(4 * example));
  };
  code.get(at.scratch).set(at.row);
  if (rows) {
    // The last vector ends with its row, over again what the one before it wrote; only rows of two or three hang over, into what is written next.
    const turns = isShort ? 0 : Math.floor((count - 2) / 4), offsets = Array.from({ length: count - 4 * turns }, (_, k) => 16 * k);
    if (classes > 4) offsets[offsets.length - 1] = 4 * (classes - 4) - 64 * turns;
    code.turns(at.examples, 1, () => {
      takes.forEach((name, i) => code.get(at.scratch).memory("v128.load32_splat", of[name]).set(taken[i]![0]!));
      if (turns > 0) code.i32(turns).set(at.left).turns(at.left, 1, () => {
        write(four);
        code.advance(at.row, 64);
        move(64);
      });
      for (let k = 0; k < offsets.length; k += lockstep) write(offsets.slice(k, k + lockstep));
      if (turns > 0) move(-64 * turns);
      atLabel(0);
      code.advance(at.row, 4 * classes - 64 * turns).advance(at.scratch, 4).advance(at.labels, 4);
      move(4 * classes);
    });
  } else {
    const pitch = 4 * groupOf(shape);
    code.turns(at.examples, 16, () => {
      takes.forEach((name, i) => four.forEach((offset, s) => code.get(at.scratch).memory("v128.load", of[name as PerExample] + offset).set(taken[i]![s]!)));
      code.i32(classes).set(at.left).turns(at.left, 1, () => {
        write(four);
        code.advance(at.row, pitch);
        for (const name of outputs) code.get(at[name]).get(at.stride).byte(0x6a).set(at[name]);
      });
      for (const name of outputs) code.get(at[name]).get(at.stride).i32(classes).byte(0x6c).byte(0x6b).set(at[name]);
      for (let i = 0; i < 16; i++) atLabel(i);
      code.advance(at.row, 64 - pitch * classes).advance(at.scratch, 64).advance(at.labels, 64);
      move(64);
    });
  }
  return draft.routine();
}
