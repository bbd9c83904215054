import { symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { toFloat32 } from "../expr/float32.ts";
import { Listing } from "../targets/wasm.ts";
import { Code, i32, moduleOf, v128 } from "./assembler.ts";
import { step, streams, Weaver } from "./weave.ts";

/** What passes read and write: a plane of examples per class, but for the weights, of which every class of an example has the same. */
export const planes = ["logits", "targets", "grad", "hessian", "weights"];
const weights = planes.indexOf("weights");

/**
 * Formulas for every class of an example in turn, or once for an example, over planes, over what was carried here, and over
 * the parameters of the class (once: of the first).
 */
export interface Pass {
  readonly perClass: boolean;
  /** Added up over the examples, into the record of the class. */
  readonly sums?: readonly Expr[];
  /** What goes into a plane, by its name; under any other name it is carried to the next class and the next pass. */
  readonly out?: Readonly<Record<string, Expr>>;
}

/** Passes over the classes of each example, one example per lane; only the last may have sums. */
export interface Program {
  readonly passes: readonly Pass[];
  /** What is carried into the first class of an example, if it is not 0. */
  readonly start?: Readonly<Record<string, number>>;
  readonly parameters: readonly string[];
}

/** Bytes of a class's sums, two float64 each, with which its record begins; and of all of it, with the parameters, float32, behind them. */
export const sumBytes = ({ passes }: Program): number => 16 * (passes[passes.length - 1]!.sums ?? []).length;
export const recordBytes = (program: Program): number => sumBytes(program) + 16 * Math.ceil(program.parameters.length / 4);

// The parameters of `run`: the address of each plane and of the first record, how many groups of 16 examples and how many
// classes there are, the bytes from plane to plane. Then, for the class at hand: how far its planes are, its record, how many are left.
const records = planes.length, groups = records + 1, classes = records + 2, stride = records + 3;
const offset = records + 4, record = records + 5, left = records + 6, firstVector = records + 7;

/** A module whose `run(…planes, records, groups, classes, stride)` takes every group of 16 examples through the passes. */
export function emitPasses(program: Program): Uint8Array<ArrayBuffer> {
  const { passes, parameters, start = {} } = program, inputs = [...planes, ...parameters];
  const code = new Code(), weaver = new Weaver(code, firstVector);
  const carried = [...new Set(passes.flatMap(({ out = {} }) => Object.keys(out)))].filter((name) => !planes.includes(name));
  const written = passes.map(({ perClass, sums = [], out = {} }) => {
    const listing = new Listing(), exprs = toFloat32([...sums, ...Object.values(out)]);
    const results = listing.formulas(exprs, Object.fromEntries([...symbolsOf(...exprs)].map((name) => [
      name, carried.includes(name) ? listing.emit("param", [], carried.indexOf(name)) : listing.emit("v128.load", [], inputs.indexOf(name)),
    ])));
    weaver.prepare(listing, results);
    return { perClass, listing, results, names: Object.keys(out) };
  });
  const locals = carried.map(() => weaver.allotAll()), scratch = weaver.allot();
  const starts = carried.map((name) => weaver.constant(new Int32Array(Float32Array.of(start[name] ?? 0).buffer)[0]!));

  const add = (local: number): Code => code.byte(0x6a).set(local); // i32.add
  /** Repeats what it is given until a counter is 0. */
  const repeat = (counter: number, turn: () => void): void => {
    code.byte(0x03).byte(0x40); // loop
    turn();
    code.get(counter).i32(1).byte(0x6b).byte(0x22).unsigned(counter).byte(0x0d).byte(0).byte(0x0b); // counter −= 1, again unless 0
  };
  const write = ({ perClass, listing, results, names }: (typeof written)[number]): void => {
    const recordHere = perClass ? record : records, sums = results.length - names.length;
    const address = (plane: number): Code => (perClass && plane !== weights ? code.get(plane).get(offset).byte(0x6a) : code.get(plane));
    const found = weaver.write(listing, results, {
      param: (name, s) => locals[name]![s]!,
      load: (from, s) => void (from < planes.length ? address(from).memory("v128.load", 16 * s) : code.get(recordHere).memory("v128.load32_splat", sumBytes(program) + 4 * (from - planes.length))),
    });
    for (let k = 0; k < sums; k++) {
      code.get(found(results[k]!, 0));
      for (let s = 1; s < streams; s++) code.get(found(results[k]!, s)).vec("f32x4.add");
      code.set(scratch).get(recordHere).get(recordHere).memory("v128.load", 16 * k).get(scratch).vec("f64x2.promote_low_f32x4").vec("f64x2.add");
      code.get(scratch).get(scratch).vec("i8x16.shuffle").raw([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
      code.vec("f64x2.promote_low_f32x4").vec("f64x2.add").memory("v128.store", 16 * k);
    }
    names.forEach((name, i) => {
      const plane = planes.indexOf(name), result = results[sums + i]!;
      for (let s = 0; s < streams; s++) {
        if (plane < 0) code.get(found(result, s)).set(locals[carried.indexOf(name)]![s]!);
        else address(plane).get(found(result, s)).memory("v128.store", 16 * s);
      }
    });
  };

  repeat(groups, () => {
    starts.forEach((start, i) => locals[i]!.forEach((local) => code.get(start).set(local)));
    for (const pass of written) {
      if (!pass.perClass) {
        write(pass);
        continue;
      }
      code.i32(0).set(offset).get(records).set(record).get(classes).set(left);
      repeat(left, () => {
        write(pass);
        code.get(offset).get(stride);
        add(offset).get(record).i32(recordBytes(program));
        add(record);
      });
    }
    for (const plane of planes.keys()) {
      code.get(plane).i32(4 * step);
      add(plane);
    }
  });
  return moduleOf(new Array<number>(offset).fill(i32), i32, [{ count: firstVector - offset, type: i32 }, { count: weaver.allot() - firstVector, type: v128 }], code.i32(0));
}
