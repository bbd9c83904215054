import { sym } from "../expr/expr.ts";
import { toFloat32 } from "../expr/float32.ts";
import { derive } from "../losses/derive.ts";
import type { Labels, Order } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import { Listing } from "../targets/wasm.ts";
import type { Register } from "../targets/wasm.ts";
import { arrays } from "./arrays.ts";
import type { ArrayName, TargetKind } from "./arrays.ts";
import { perClass, tailName } from "./tables.ts";

/** What a kernel is compiled for. */
export interface Variant {
  readonly loss: Loss;
  readonly labels: Labels;
  readonly order: Order;
  readonly weighted: boolean;
  /** Stores every example's loss instead of summing. */
  readonly each: boolean;
  /** Class weights of a negative and of a positive, unless tables hold them. */
  readonly alpha: readonly [number, number];
  /** Added to every logit. */
  readonly offset: number;
  /** How targets lie in memory. Default "floats". */
  readonly targets?: TargetKind;
  /** The bits of targets that count for nothing. Default: all count. */
  readonly ignored?: number | undefined;
  /** Symbols of the formulas that have a table, with one value per element: what is given per column. Default none. */
  readonly tables?: readonly string[];
  /** Lets a product be rounded together with the sum it goes into, or not, as is fastest on each machine. Default false. */
  readonly relaxed?: boolean;
}

/** What the kernel of one vector comes to. */
export interface Results {
  readonly loss: Register;
  readonly grad: Register | undefined;
  readonly hessian: Register | undefined;
  /** Zero where a target is 0 or 1: a kernel for hard targets looks at each of them anyway. */
  readonly stray: Register | undefined;
}

/** Where a load of a listing reads: an array, or a table behind them. Its parameters: the factor on the derivatives, and its negative. */
const addressOf = Object.fromEntries(arrays.map((name, i) => [name, i])) as Readonly<Record<ArrayName, number>>;
const factor = 0, negativeFactor = 1;
const signBit = 2 ** 31;

/** A register plus a number, and what rounding took from it. */
function moved(listing: Listing, a: Register, by: number): [value: Register, tail: Register | undefined] {
  if (by === 0) return [a, undefined];
  const minus = (x: Register, y: Register): Register => listing.emit("f32x4.sub", [x, y]), plus = (x: Register, y: Register): Register => listing.emit("f32x4.add", [x, y]);
  const b = listing.constant(by), sum = plus(a, b), back = minus(sum, a);
  return [sum, plus(plus(minus(a, minus(sum, back)), minus(b, back)), listing.constant(by - Math.fround(by)))];
}

/** The sigmoid head around the loss's formulas. */
export function body(variant: Variant): { listing: Listing; results: Results } {
  const { loss, labels, order, weighted, alpha, offset, targets = "floats", tables = [] } = variant;
  const settings = perClass(loss), rounded = [...settings.map(([name]) => name), ...(offset === 0 ? [] : ["u"])];
  const [value, slope, curvature] = toFloat32(derive(loss, labels, order), new Map(rounded.map((name) => [name, sym(tailName(name))])));
  const falls = slope?.word === "neg"; // then the factor is negated, once for all
  const listing = new Listing();
  const emit = listing.emit.bind(listing), load = (from: number): Register => emit("v128.load", [], from);
  const mul = (a: Register | undefined, b: Register): Register | undefined => (a === undefined ? a : emit("f32x4.mul", [a, b]));

  const given = load(addressOf.targets), floats = targets === "floats";
  const ignored = variant.ignored === undefined ? undefined : emit(floats ? "f32x4.eq" : "i32x4.eq", [given, listing.bits(variant.ignored)]);
  // Bits are cleared, so that nothing is left of whatever an ignored logit holds, not even 0 · NaN.
  const clear = (r: Register): Register => (ignored === undefined ? r : emit("v128.andnot", [r, ignored]));
  const t = floats ? given : emit("f32x4.convert_i32x4_s", [given]);
  const [x, tail] = moved(listing, load(addressOf.logits), offset);
  const one = listing.constant(1), rest = emit("f32x4.sub", [one, t]);
  // All ones where the margin is −x, or where it is x.
  const isWrong = labels === "hard" ? emit("i32x4.eq", [given, listing.bits(0)]) : undefined;
  const isRight = emit("f32x4.ge", [x, listing.constant(0)]);
  const direct = labels === "score" || labels === "mixture";
  const sign = isWrong === undefined ? emit("v128.andnot", [listing.bits(signBit), isRight]) : emit("v128.and", [listing.bits(signBit), isWrong]);
  const turn = (r: Register): Register => (direct ? r : emit("v128.xor", [r, sign]));

  const column = (name: string): Register | undefined => (tables.includes(name) ? load(arrays.length + tables.indexOf(name)) : undefined);
  const bySide = (negative: Register, positive: Register): Register => (isWrong === undefined ? positive : listing.choose(isWrong, negative, positive));
  const negative = column("alphaRest") ?? listing.constant(alpha[0]), positive = column("alphaT") ?? listing.constant(alpha[1]);
  const symbols: Record<string, Register> = {
    u: turn(x), ...(tail !== undefined && { [tailName("u")]: turn(tail) }), w: direct ? t : listing.choose(isRight, rest, t), alphaRest: negative,
    alphaT: direct ? positive : isWrong !== undefined ? bySide(negative, positive)
      : emit("f32x4.add", [emit("f32x4.mul", [t, positive]), emit("f32x4.mul", [rest, negative])]),
  };
  for (const [name, values] of settings) {
    for (const [symbol, part] of [[name, Math.fround], [tailName(name), (v: number) => v - Math.fround(v)]] as const) {
      symbols[symbol] = column(symbol) ?? bySide(listing.constant(part(values[0]!)), listing.constant(part(values[1]!)));
    }
  }
  let [f, d, dd] = listing.formulas([value!, ...(slope ? [falls ? slope.args[0]! : slope] : []), ...(curvature ? [curvature] : [])], symbols) as [Register, Register | undefined, Register | undefined];
  if (weighted) {
    const weight = load(addressOf.weights);
    [f, d, dd] = [mul(f, weight)!, mul(d, weight), mul(dd, weight)];
  }
  d = mul(d, emit("param", [], falls ? negativeFactor : factor));
  dd = mul(dd, emit("param", [], factor));
  return {
    listing,
    results: {
      loss: clear(f), grad: d && clear(turn(d)), hessian: dd && clear(dd),
      stray: isWrong && clear(emit("v128.xor", [given, emit("v128.andnot", [floats ? one : listing.bits(1), isWrong])])),
    },
  };
}
