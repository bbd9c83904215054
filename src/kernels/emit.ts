import { toFloat32 } from "../expr/float32.ts";
import type { Order } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import { derive } from "../losses/derive.ts";
import type { Labels } from "../losses/derive.ts";
import { Listing } from "../targets/wasm.ts";
import type { Register } from "../targets/wasm.ts";
import { Code, f32, f64, i32, moduleOf, v128 } from "./assembler.ts";
import { lanes, step, streams, Weaver } from "./weave.ts";

/** What a kernel is compiled for. */
export interface Variant {
  readonly loss: Loss;
  readonly labels: Labels;
  readonly order: Order;
  readonly weighted: boolean;
  /** Stores every example's loss instead of summing. */
  readonly each: boolean;
  /** Class weights of a negative and of a positive. */
  readonly alpha: readonly [number, number];
  /** Added to every logit. */
  readonly offset: number;
}

/** The arrays a kernel goes over: `run` takes the address of each, in this order. */
export const arrays = ["logits", "targets", "weights", "losses", "grad", "hessian"] as const;
type ArrayName = (typeof arrays)[number];
/** The parameters of `run`: the addresses, the number of elements, the factor on the derivatives, where to say if all targets were hard. */
const addressOf = Object.fromEntries(arrays.map((name, i) => [name, i])) as Readonly<Record<ArrayName, number>>;
const remaining = arrays.length, factor = arrays.length + 1, verdict = arrays.length + 2, firstLocal = arrays.length + 3;
const signBit = -(2 ** 31);

interface Results {
  readonly listing: Listing;
  readonly loss: Register;
  readonly grad: Register | undefined;
  readonly hessian: Register | undefined;
  /** All ones where a target is 0 or 1: a kernel for hard targets looks at each of them anyway. */
  readonly hard: Register | undefined;
}

/** The kernel's body for one vector: the sigmoid head around the loss's formulas. */
export function body(variant: Variant): Results {
  const { loss, labels, order, weighted, alpha, offset } = variant;
  const exprs = toFloat32(derive(loss, labels, order));
  const listing = new Listing();
  const loaded = listing.emit("v128.load", [], addressOf.logits), t = listing.emit("v128.load", [], addressOf.targets);
  const x = offset === 0 ? loaded : listing.emit("f32x4.add", [loaded, listing.constant(offset)]);
  const one = listing.constant(1), rest = listing.emit("f32x4.sub", [one, t]);
  const [negative, positive] = [listing.constant(alpha[0]), listing.constant(alpha[1])];
  const direct = labels === "score" || labels === "mixture";
  // All ones where the margin is −x, or where it is x.
  const isWrong = labels === "hard" ? listing.emit("f32x4.eq", [t, listing.constant(0)]) : undefined;
  const isRight = listing.emit("f32x4.ge", [x, listing.constant(0)]);
  const sign = direct ? listing.bits(0)
    : isWrong !== undefined ? listing.emit("v128.and", [listing.bits(signBit), isWrong]) : listing.emit("v128.andnot", [listing.bits(signBit), isRight]);
  const u = direct ? x : listing.emit("v128.xor", [x, sign]);
  const symbols: Record<string, Register> = direct ? { u, w: t, alphaT: positive, alphaRest: negative } : {
    u, w: listing.emit("v128.bitselect", [rest, t, isRight]),
    alphaT: isWrong !== undefined ? listing.emit("v128.bitselect", [negative, positive, isWrong])
      : listing.emit("f32x4.add", [listing.emit("f32x4.mul", [t, positive]), listing.emit("f32x4.mul", [rest, negative])]),
  };
  let [f, d, dd] = listing.formulas(exprs, symbols) as [Register, Register | undefined, Register | undefined];
  if (weighted) {
    const weight = listing.emit("v128.load", [], addressOf.weights);
    const weigh = (r: Register | undefined): Register | undefined => (r === undefined ? r : listing.emit("f32x4.mul", [r, weight]));
    [f, d, dd] = [weigh(f)!, weigh(d), weigh(dd)];
  }
  const scale = listing.emit("param", [], factor);
  return {
    listing,
    hard: isWrong && listing.emit("v128.or", [isWrong, listing.emit("f32x4.eq", [t, one])]),
    loss: f,
    grad: d === undefined ? undefined : direct ? listing.emit("f32x4.mul", [d, scale]) : listing.emit("v128.xor", [listing.emit("f32x4.mul", [d, scale]), sign]),
    hessian: dd === undefined ? undefined : listing.emit("f32x4.mul", [dd, scale]),
  };
}

/**
 * A module whose `run(…addresses, elements, scale, verdict)` goes over arrays in memory, a whole number of steps (one at
 * least); `scale` multiplies gradient and curvature. Returns the sum of the losses, added up in float64 at every step, and
 * leaves four lanes of ones at `verdict` if every target was 0 or 1 (or the kernel takes soft ones).
 */
export function emit(variant: Variant): Uint8Array<ArrayBuffer> {
  const { listing, loss, grad, hessian, hard } = body(variant);
  const results = [grad, hessian, loss, hard];

  const sum = firstLocal, scale = firstLocal + 1, allHard = firstLocal + 2, scratch = firstLocal + 3;
  const code = new Code(), weaver = new Weaver(code, firstLocal + 4);
  weaver.prepare(listing, results);
  code.vec("v128.const").raw(lanes(-1)).set(allHard);
  code.get(factor).vec("f32x4.splat").set(scale);

  code.byte(0x03).byte(0x40); // loop
  const local = weaver.write(listing, results, {
    param: () => scale,
    load: (address, s) => code.get(address).memory("v128.load", 16 * s),
  });
  const store = (register: Register | undefined, array: ArrayName): void => {
    for (let s = 0; register !== undefined && s < streams; s++) code.get(addressOf[array]).get(local(register, s)).memory("v128.store", 16 * s);
  };
  store(grad, "grad");
  store(hessian, "hessian");
  if (variant.each) store(loss, "losses");
  else addLanes(code, sum, scratch, [0, 1, 2, 3].map((s) => local(loss, s)) as [number, number, number, number]);
  for (let s = 0; hard !== undefined && s < streams; s++) code.get(allHard).get(local(hard, s)).vec("v128.and").set(allHard);
  for (let a = 0; a < arrays.length; a++) code.get(a).i32(step * 4).byte(0x6a).set(a); // address += step
  code.get(remaining).i32(step).byte(0x6b).byte(0x22).unsigned(remaining).byte(0x0d).byte(0); // remaining −= step, again if any
  code.byte(0x0b);

  code.get(verdict).get(allHard).memory("v128.store", 0);
  code.get(sum).vec("f64x2.extract_lane").byte(0).get(sum).vec("f64x2.extract_lane").byte(1).byte(0xa0); // f64.add
  return moduleOf([...arrays.map(() => i32), i32, f32, i32], f64, [{ count: weaver.allot() - sum, type: v128 }], code);
}

/** Adds four vectors to the float64 pair in `sum`; at most four float32 are added before they are widened. */
function addLanes(code: Code, sum: number, scratch: number, [a, b, c, d]: readonly [number, number, number, number]): void {
  code.get(a).get(b).vec("f32x4.add").get(c).get(d).vec("f32x4.add").vec("f32x4.add").set(scratch);
  code.get(sum).get(scratch).vec("f64x2.promote_low_f32x4").vec("f64x2.add");
  code.get(scratch).get(scratch).vec("i8x16.shuffle").raw([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
  code.vec("f64x2.promote_low_f32x4").vec("f64x2.add").set(sum);
}
