import * as raw from "../expr/expr.ts";
import { expOfNegative, toFloat32 } from "../expr/float32.ts";
import type { Order } from "../losses/derive.ts";
import { derive } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import { Listing } from "../targets/wasm.ts";
import type { Register } from "../targets/wasm.ts";
import { Code, f32, f64, i32, moduleOf, v128 } from "./assembler.ts";
import { step, streams, Weaver } from "./weave.ts";
import type { Locals } from "./weave.ts";

/** What a softmax kernel is compiled for. */
export interface SoftmaxVariant {
  readonly loss: Loss;
  readonly order: Order;
  readonly classes: number;
  /** How logits lie: "rows", one example after another, or "planes" of `rowsInPlane` examples, one class after another. */
  readonly layout: "rows" | "planes";
  readonly rowsInPlane: number;
}

/** The arrays a softmax kernel goes over, in the order of its arguments; then room for one vector per class and stream: a group's logits, then their powers. */
export const softmaxArrays = ["logits", "labels", "weights", "losses", "grad", "hessian", "alpha", "scratch"] as const;
type ArrayName = (typeof softmaxArrays)[number];
const addressOf = Object.fromEntries(softmaxArrays.map((name, i) => [name, i])) as Readonly<Record<ArrayName, number>>;
const groups = softmaxArrays.length, factor = groups + 1, firstLocal = groups + 2;
/** Locals that walk along a row: where its logits, its scratch and its class weights are, and how many classes are left. */
const logitAt = firstLocal, scratchAt = firstLocal + 1, tableAt = firstLocal + 2, left = firstLocal + 3, gradAt = firstLocal + 4, hessianAt = firstLocal + 5, firstVector = firstLocal + 6;

const u = raw.sym("u"), tail = raw.sym("tail");

/** What is carried from class to class, and from one pass over them to the next. */
const carried = ["label", "counter", "own", "top", "alphaT", "rest", "seen", "slope", "curvature", "inverse", "scale", "sum"] as const;
type Carried = (typeof carried)[number];
const indexOf = Object.fromEntries(carried.map((name, i) => [name, i])) as Readonly<Record<Carried, number>>;

/** a − b and what rounding took from it, whichever is larger. */
function difference(listing: Listing, a: Register, b: Register): { value: Register; tail: Register } {
  const minus = (x: Register, y: Register): Register => listing.emit("f32x4.sub", [x, y]);
  const value = minus(a, b), back = minus(value, a);
  return { value, tail: minus(minus(a, minus(value, back)), listing.emit("f32x4.add", [b, back])) };
}

/**
 * The softmax head around a loss, one example per lane, in three passes over the classes: the strongest rival; the powers
 * e^(z_j − top) and their sum, the first 1 left out; the derivatives. Between the last two stand the loss's formulas of the
 * margin u = z_y − top − log(1 + rest), with what rounding took from u. No temporary is larger than a row.
 */
function bodies({ loss, order }: SoftmaxVariant) {
  const lowered = derive(loss, "hard", order), perClass = raw.symbolsOf(...lowered).has("alphaT");
  const hold = (listing: Listing) => (name: Carried): Register => listing.emit("param", [], indexOf[name]);

  const first = new Listing(), from1 = hold(first);
  const z1 = first.emit("v128.load", [], addressOf.logits), isLabel1 = first.emit("f32x4.eq", [from1("label"), from1("counter")]);
  const strongest = {
    z: z1,
    own: first.emit("v128.bitselect", [z1, from1("own"), isLabel1]),
    top: first.emit("f32x4.pmax", [from1("top"), first.emit("v128.bitselect", [first.constant(-Infinity), z1, isLabel1])]),
    alphaT: perClass ? first.emit("v128.bitselect", [first.emit("v128.load", [], addressOf.alpha), from1("alphaT"), isLabel1]) : undefined,
  };

  const second = new Listing(), from2 = hold(second);
  const z2 = second.emit("v128.load", [], addressOf.scratch), isLabel2 = second.emit("f32x4.eq", [from2("label"), from2("counter")]);
  const d = difference(second, z2, from2("top"));
  const [power] = second.formulas([expOfNegative(u, tail)], { u: d.value, tail: d.tail }) as [Register];
  const e = second.emit("v128.andnot", [power, isLabel2]);
  const isTop = second.emit("v128.andnot", [second.emit("f32x4.eq", [e, second.constant(1)]), from2("seen")]);
  const powers = { e, rest: second.emit("f32x4.add", [from2("rest"), second.emit("v128.andnot", [e, isTop])]), seen: second.emit("v128.or", [from2("seen"), isTop]) };

  const formulas = new Listing(), from = hold(formulas);
  const one = formulas.constant(1), sum = formulas.emit("f32x4.add", [one, from("rest")]);
  const [logSum] = formulas.formulas(toFloat32([raw.log(raw.sym("sum"))]), { sum }) as [Register];
  const lead = difference(formulas, from("own"), from("top")), margin = difference(formulas, lead.value, logSum);
  const lost = formulas.emit("f32x4.add", [margin.tail, lead.tail]);
  const exprs = toFloat32(lowered, new Map([["u", tail]]));
  const weight = formulas.emit("v128.load", [], addressOf.weights), scaled = formulas.emit("f32x4.mul", [weight, from("scale")]);
  const [f, df, ddf] = formulas.formulas(exprs, { u: margin.value, tail: lost, alphaT: from("alphaT") });
  const times = (a: Register | undefined, b: Register): Register | undefined => (a === undefined ? undefined : formulas.emit("f32x4.mul", [a, b]));
  const row = { loss: times(f, weight)!, slope: times(df, scaled), curvature: times(ddf, scaled), inverse: formulas.emit("f32x4.div", [one, sum]), sum };

  const third = new Listing(), from3 = hold(third);
  const isLabel3 = third.emit("f32x4.eq", [from3("label"), from3("counter")]), power3 = third.emit("v128.load", [], addressOf.scratch);
  const share = third.emit("f32x4.mul", [power3, from3("inverse")]), pull = third.emit("f32x4.mul", [from3("slope"), share]);
  const isTop3 = third.emit("v128.andnot", [third.emit("f32x4.eq", [power3, third.constant(1)]), from3("seen")]);
  const others = third.emit("v128.bitselect", [from3("rest"), third.emit("f32x4.sub", [from3("sum"), power3]), isTop3]);
  const bend = third.emit("f32x4.sub", [
    third.emit("f32x4.mul", [from3("curvature"), third.emit("f32x4.mul", [share, share])]),
    third.emit("f32x4.mul", [pull, third.emit("f32x4.mul", [others, from3("inverse")])]),
  ]);
  const derivatives = {
    grad: third.emit("v128.bitselect", [from3("slope"), third.emit("f32x4.neg", [pull]), isLabel3]),
    hessian: order > 1 ? third.emit("v128.bitselect", [from3("curvature"), bend, isLabel3]) : undefined,
    seen: order > 1 ? third.emit("v128.or", [from3("seen"), isTop3]) : undefined,
  };
  return { first, strongest, second, powers, formulas, row, third, derivatives };
}

/**
 * A module whose `run(…addresses, groups, scale)` goes over groups of 16 examples: stores each one's loss and, as the order
 * asks, the derivatives by its logits.
 */
export function emitSoftmax(variant: SoftmaxVariant): Uint8Array<ArrayBuffer> {
  const { order, classes, layout, rowsInPlane } = variant;
  const parts = bodies(variant);
  const code = new Code(), weaver = new Weaver(code, firstVector);
  const locals = new Map(carried.map((name) => [name, name === "counter" || name === "scale" ? new Array<number>(streams).fill(weaver.allot()) : weaver.allotAll()] as const));
  const local = (name: Carried, s: number): number => locals.get(name)![s]!;
  const scratchVector = weaver.allot();
  const sets: [Listing, (Register | undefined)[]][] = [
    [parts.first, Object.values(parts.strongest)], [parts.second, Object.values(parts.powers)],
    [parts.formulas, Object.values(parts.row)], [parts.third, Object.values(parts.derivatives)],
  ];
  for (const [listing, results] of sets) weaver.prepare(listing, results);
  const zero = weaver.constant(0), one = weaver.constant(bitsOf(1)), lowest = weaver.constant(bitsOf(-Infinity));
  code.get(factor).vec("f32x4.splat").set(local("scale", 0));

  const classStride = layout === "rows" ? 4 : 4 * rowsInPlane;
  /** Where lane l of stream s of a class begins. */
  const laneOffset = (s: number, l: number): number => (4 * s + l) * 4 * classes;
  const loadClass = (s: number): void => {
    if (layout === "planes") {
      code.get(logitAt).memory("v128.load", 16 * s);
      return;
    }
    code.get(logitAt).memory("v128.load32_zero", laneOffset(s, 0)).set(scratchVector);
    for (let l = 1; l < 4; l++) {
      code.get(logitAt).get(scratchVector).lane("v128.load32_lane", laneOffset(s, l), l);
      if (l < 3) code.set(scratchVector);
    }
  };
  const storeClass = (at: number, from: number, s: number): void => {
    if (layout === "planes") code.get(at).get(from).memory("v128.store", 16 * s);
    else for (let l = 0; l < 4; l++) code.get(at).get(from).lane("v128.store32_lane", laneOffset(s, l), l);
  };
  const param = (index: number, s: number): number => local(carried[index]!, s);
  const load = (address: number, s: number): void => {
    if (address === addressOf.logits) loadClass(s);
    else if (address === addressOf.alpha) code.get(tableAt).memory("v128.load32_splat", 0);
    else if (address === addressOf.scratch) code.get(scratchAt).memory("v128.load", 16 * s);
    else code.get(address).memory("v128.load", 16 * s);
  };
  const fill = (name: Carried, from: number): void => {
    for (const to of new Set(locals.get(name))) code.get(from).set(to);
  };
  const advance = (pointer: number, bytes: number): void => void code.get(pointer).i32(bytes).byte(0x6a).set(pointer);
  /** One pass over the classes. */
  const overClasses = (turn: () => void): void => {
    fill("counter", zero);
    for (const [pointer, from] of [[logitAt, addressOf.logits], [scratchAt, addressOf.scratch], [tableAt, addressOf.alpha], [gradAt, addressOf.grad], [hessianAt, addressOf.hessian]] as const) code.get(from).set(pointer);
    code.i32(classes).set(left).byte(0x03).byte(0x40);
    turn();
    code.get(local("counter", 0)).get(one).vec("f32x4.add").set(local("counter", 0));
    for (const [pointer, bytes] of [[logitAt, classStride], [scratchAt, 16 * streams], [tableAt, 4], [gradAt, classStride], [hessianAt, classStride]] as const) advance(pointer, bytes);
    code.get(left).i32(1).byte(0x6b).byte(0x22).unsigned(left).byte(0x0d).byte(0).byte(0x0b);
  };
  /** Writes a listing and keeps results in the locals they are carried in. */
  const keep = (listing: Listing, results: Readonly<Record<string, Register | undefined>>, kept: readonly Carried[]) => {
    const at = weaver.write(listing, Object.values(results), { param, load });
    for (const name of kept) if (results[name] !== undefined) for (let s = 0; s < streams; s++) code.get(at(results[name], s)).set(local(name, s));
    return at;
  };

  code.byte(0x03).byte(0x40); // a group of examples
  for (let s = 0; s < streams; s++) code.get(addressOf.labels).memory("v128.load", 16 * s).set(local("label", s));
  fill("top", lowest);
  for (const name of ["own", "alphaT", "rest", "seen"] as const) fill(name, zero);
  const note = (at: Locals, register: Register): void => {
    for (let s = 0; s < streams; s++) code.get(scratchAt).get(at(register, s)).memory("v128.store", 16 * s);
  };
  overClasses(() => note(keep(parts.first, parts.strongest, ["own", "top", "alphaT"]), parts.strongest.z));
  overClasses(() => note(keep(parts.second, parts.powers, ["rest", "seen"]), parts.powers.e));
  const at = keep(parts.formulas, parts.row, ["slope", "curvature", "inverse", "sum"]);
  for (let s = 0; s < streams; s++) code.get(addressOf.losses).get(at(parts.row.loss, s)).memory("v128.store", 16 * s);
  if (order > 0) {
    fill("seen", zero);
    overClasses(() => {
      const found = keep(parts.third, parts.derivatives, ["seen"]);
      for (let s = 0; s < streams; s++) {
        storeClass(gradAt, found(parts.derivatives.grad, s), s);
        if (parts.derivatives.hessian !== undefined) storeClass(hessianAt, found(parts.derivatives.hessian, s), s);
      }
    });
  }
  const groupBytes = layout === "rows" ? 4 * step * classes : 4 * step;
  for (const array of ["logits", "grad", "hessian"] as const) advance(addressOf[array], groupBytes);
  for (const array of ["labels", "weights", "losses"] as const) advance(addressOf[array], 4 * step);
  code.get(groups).i32(1).byte(0x6b).byte(0x22).unsigned(groups).byte(0x0d).byte(0).byte(0x0b);
  code.byte(0x44).raw([0, 0, 0, 0, 0, 0, 0, 0]); // f64.const 0
  return moduleOf([...softmaxArrays.map(() => i32), i32, f32], f64, [{ count: firstVector - firstLocal, type: i32 }, { count: weaver.allot() - firstVector, type: v128 }], code);
}

const bitsOf = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0]!;
