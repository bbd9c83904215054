import { symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { toFloat32 } from "../expr/float32.ts";
import { Listing } from "../targets/wasm.ts";
import type { Register } from "../targets/wasm.ts";
import { Code, i32, moduleOf, v128 } from "./assembler.ts";
import { step, streams, Weaver } from "./weave.ts";

/** What passes read and write: a plane of examples per class; of weights, which every class of an example shares, one plane. */
export const planes = ["logits", "targets", "grad", "hessian", "weights"] as const;
export type Plane = (typeof planes)[number];

/**
 * Formulas for every class of an example in turn, or once for an example. Their symbols are planes, what is carried, and
 * the parameters of the class (once: of the first).
 */
export interface Pass {
  readonly perClass: boolean;
  /** Added up over the examples, into the record of the class. */
  readonly sums?: readonly Expr[];
  /** Written where the next pass finds it. */
  readonly store?: { readonly [plane in Plane]?: Expr };
  /** What the next class, and the next pass, finds under a name. */
  readonly carry?: Readonly<Record<string, Expr>>;
}

/** Passes over the classes of each example, one example per lane. */
export interface Program {
  readonly passes: readonly Pass[];
  /** What is carried, and what it is at the start of an example. */
  readonly carried: Readonly<Record<string, number>>;
  /** How many sums a class's record has: two float64 each, in its first bytes. */
  readonly sums: number;
  /** The names of the float32 behind them. */
  readonly parameters: readonly string[];
}

/** Bytes of a class's record. */
export const recordBytes = ({ sums, parameters }: Program): number => 16 * sums + 16 * Math.ceil(parameters.length / 4);

// The parameters of `run`, behind the address of each plane: the address of the first record, how many groups of 16 examples
// and how many classes there are, and the bytes from plane to plane.
const records = planes.length, groups = records + 1, classes = records + 2, stride = records + 3;
// What walks from class to class, and how many are left.
const walking = [...planes.keys()].filter((plane) => planes[plane] !== "weights").concat(records);
const firstWalker = records + 4, left = firstWalker + walking.length, firstVector = left + 1;

/** A module whose `run(…planes, records, groups, classes, stride)` takes every group of 16 examples through the passes. */
export function emitPasses(program: Program): Uint8Array<ArrayBuffer> {
  const { passes, carried, parameters } = program;
  const code = new Code(), weaver = new Weaver(code, firstVector);
  const symbols = [...Object.keys(carried), ...parameters], firstParameter = symbols.length - parameters.length;
  const written = passes.map((pass) => {
    const { sums = [], store = {}, carry = {} } = pass, listing = new Listing();
    const exprs = toFloat32([...sums, ...Object.values(store), ...Object.values(carry)]);
    const inputOf = (name: string): Register => (symbols.includes(name) ? listing.emit("param", [], symbols.indexOf(name)) : listing.emit("v128.load", [], planes.indexOf(name as Plane)));
    const mentioned = [...symbolsOf(...exprs)];
    const results = listing.formulas(exprs, Object.fromEntries(mentioned.map((name) => [name, inputOf(name)])));
    weaver.prepare(listing, results);
    return { ...pass, sums, store: Object.keys(store) as Plane[], carry: Object.keys(carry), listing, results, parameters: parameters.filter((name) => mentioned.includes(name)) };
  });
  const locals = symbols.map((_, i) => (i < firstParameter ? weaver.allotAll() : new Array<number>(streams).fill(weaver.allot())));
  const starts = Object.values(carried).map((value) => weaver.constant(new Int32Array(Float32Array.of(value).buffer)[0]!));
  const scratch = weaver.allot();

  const advance = (pointer: number, bytes: () => void): void => {
    code.get(pointer);
    bytes();
    code.byte(0x6a).set(pointer); // i32.add
  };
  /** Repeats what it is given until a counter is 0. */
  const repeat = (counter: number, turn: () => void): void => {
    code.byte(0x03).byte(0x40); // loop
    turn();
    code.get(counter).i32(1).byte(0x6b).byte(0x22).unsigned(counter).byte(0x0d).byte(0).byte(0x0b); // counter −= 1, again unless 0
  };
  const write = ({ sums, store, carry, listing, results, parameters: needed }: (typeof written)[number], pointer: (to: number) => number): void => {
    const record = pointer(records);
    for (const name of needed) code.get(record).memory("v128.load32_splat", 16 * program.sums + 4 * parameters.indexOf(name)).set(locals[symbols.indexOf(name)]![0]!);
    const found = weaver.write(listing, results, {
      param: (symbol, s) => locals[symbol]![s]!,
      load: (plane, s) => code.get(pointer(plane)).memory("v128.load", 16 * s),
    });
    sums.forEach((_, k) => {
      code.get(found(results[k]!, 0));
      for (let s = 1; s < streams; s++) code.get(found(results[k]!, s)).vec("f32x4.add");
      code.set(scratch).get(record).get(record).memory("v128.load", 16 * k).get(scratch).vec("f64x2.promote_low_f32x4").vec("f64x2.add");
      code.get(scratch).get(scratch).vec("i8x16.shuffle").raw([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
      code.vec("f64x2.promote_low_f32x4").vec("f64x2.add").memory("v128.store", 16 * k);
    });
    for (let s = 0; s < streams; s++) {
      store.forEach((plane, i) => code.get(pointer(planes.indexOf(plane))).get(found(results[sums.length + i]!, s)).memory("v128.store", 16 * s));
      carry.forEach((name, i) => code.get(found(results[sums.length + store.length + i]!, s)).set(locals[symbols.indexOf(name)]![s]!));
    }
  };

  repeat(groups, () => {
    starts.forEach((start, i) => locals[i]!.forEach((local) => code.get(start).set(local)));
    for (const pass of written) {
      if (!pass.perClass) {
        write(pass, (to) => to);
        continue;
      }
      walking.forEach((from, i) => code.get(from).set(firstWalker + i));
      code.get(classes).set(left);
      repeat(left, () => {
        write(pass, (to) => (walking.includes(to) ? firstWalker + walking.indexOf(to) : to));
        walking.forEach((to, i) => advance(firstWalker + i, () => void (to === records ? code.i32(recordBytes(program)) : code.get(stride))));
      });
    }
    for (const plane of planes.keys()) advance(plane, () => void code.i32(4 * step));
  });
  return moduleOf([...planes.map(() => i32), i32, i32, i32, i32], i32, [{ count: firstVector - firstWalker, type: i32 }, { count: weaver.allot() - firstVector, type: v128 }], code.i32(0));
}
