import { describe, FocalError } from "../errors.ts";

/**
 * A formula: an immutable tree whose equal parts are one object.
 *
 * Nodes are hash-consed, so two formulas are the same if and only if they are `===`, and whatever
 * walks a formula once per object computes every shared part once.
 */
export interface Expr {
  readonly word: Word;
  readonly args: readonly Expr[];
  /** The number of a `num`. */
  readonly value: number;
  /** The name of a `sym`. */
  readonly name: string;
}

/** What a formula may be written with: closed, scalar and (but for `abs max min select`) smooth. */
export type Word =
  | "num" | "sym" | "neg" | "add" | "sub" | "mul" | "div" | "pow" | "exp" | "log" | "sigmoid" | "softplus"
  | "abs" | "max" | "min" | "select"
  | "sqrt" | "log1p" | BitWord;

/** Words that look into a float32's bits; only the last lowering writes them. */
export type BitWord = "power2" | "head" | "exponent" | "significand";

const number = Symbol("number");
/** A formula as it is kept: its number among all stands for it in the keys of what it is part of. */
interface Node extends Expr { readonly [number]: number }

/** A formula that nothing mentions any more goes: a program may make losses for as long as it runs. */
const pools = new Map<Word, Map<number | string, WeakRef<Node>>>();
const gone = new FinalizationRegistry((forget: () => unknown) => forget());
let made = 0;

function node(word: Word, args: readonly Expr[], value = 0, name = ""): Expr {
  let pool = pools.get(word);
  if (!pool) pools.set(word, (pool = new Map()));
  const [a, b, c] = args as readonly Node[];
  const key = word === "num" ? (Object.is(value, -0) ? "-0" : value)
    : word === "sym" ? name
    : c ? `${a![number]} ${b![number]} ${c[number]}`
    : b ? b[number] < 2 ** 26 ? a![number] * 2 ** 26 + b[number] : `${a![number]} ${b[number]}` : a![number];
  let found = pool.get(key)?.deref();
  if (found) return found;
  pool.set(key, new WeakRef(found = Object.freeze({ word, args: Object.freeze(args), value, name, [number]: made++ })));
  gone.register(found, () => pool.get(key)?.deref() ?? pool.delete(key)); // unless it was made anew meanwhile
  return found;
}

/** True for objects that these functions made. */
export const isExpr = (thing: unknown): thing is Expr => typeof thing === "object" && thing !== null && number in thing;

/** The names of the symbols that formulas mention. */
export function symbolsOf(...exprs: readonly Expr[]): Set<string> {
  const seen = new Set<Expr>(exprs);
  for (const { args } of seen) for (const arg of args) seen.add(arg); // a set's loop also comes to what is added in it
  return new Set([...seen].filter((expr) => expr.word === "sym").map((expr) => expr.name));
}

/** A number stands for itself wherever a formula is expected. */
export type Term = Expr | number;

function term(thing: Term, word: string): Expr {
  if (typeof thing === "number") {
    if (Number.isNaN(thing)) throw new FocalError("formula", `${word} got NaN: JavaScript's own + − × ÷ and Math.… cannot compute with formulas; use the words of focal-loss/expr, as sub(1, pt)`);
    return num(thing);
  }
  if (isExpr(thing)) return thing;
  throw new FocalError("formula", `${word} takes formulas and numbers, got ${describe(thing)}${thing === undefined ? " (is a parameter's name misspelt?)" : ""}; write formulas with the words of focal-loss/expr`);
}

const unary = (word: Word) => (a: Term): Expr => node(word, [term(a, word)]);
const binary = (word: Word) => (a: Term, b: Term): Expr => node(word, [term(a, word), term(b, word)]);
const chain = (word: Word) => (...terms: Term[]): Expr => {
  if (terms.length === 0) throw new FocalError("formula", `${word} needs at least one formula, got none`);
  return terms.map((t) => term(t, word)).reduce((a, b) => node(word, [a, b]));
};

export const num = (value: number): Expr => node("num", [], value);
export const sym = (name: string): Expr => node("sym", [], 0, name);
export const neg = unary("neg");
/** a + b + … */
export const add = chain("add");
export const sub = binary("sub");
/** a · b · … */
export const mul = chain("mul");
export const div = binary("div");
/** a^b for a > 0, or for any a when b is a whole number. */
export const pow = binary("pow");
export const exp = unary("exp");
/** The natural logarithm. */
export const log = unary("log");
/** σ(x) = 1 / (1 + e^−x) */
export const sigmoid = unary("sigmoid");
/** log(1 + e^x) */
export const softplus = unary("softplus");
export const abs = unary("abs");
export const max = binary("max");
export const min = binary("min");
/** `select(c, a, b)`: a where c ≥ 0, else b. */
export const select = (c: Term, a: Term, b: Term): Expr => node("select", [term(c, "select"), term(a, "select"), term(b, "select")]);
export const sqrt = unary("sqrt");
/** log(1 + x) for x in [0, 1]. */
export const log1p = unary("log1p");
/** 2^n for the whole number n that adding `MAGIC` left in the low bits of the float32 x. */
export const power2 = unary("power2");
/** The float32 x with the low 12 bits of its significand cleared. */
export const head = unary("head");
/** ⌊log₂ x⌋ of a normal float32, as a number. */
export const exponent = unary("exponent");
/** x / 2^exponent(x), in [1, 2). */
export const significand = unary("significand");
