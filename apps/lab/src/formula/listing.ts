import { fold } from "focal-loss/expr";
import type { Expr, Target } from "focal-loss/expr";

/** A piece of text and how tightly it holds together: 0 sum or sign, 1 product, 2 power, 3 atom. */
type Piece = readonly [text: string, tightness: number];

const hold = ([text, tightness]: Piece, least: number): string => (tightness < least ? `(${text})` : text);
const call = (name: string) => (...parts: Piece[]): Piece => [`${name}(${parts.map(([text]) => text).join(", ")})`, 3];
const digits = (value: number): string => String(Number(value.toPrecision(9))).replace("-", "−");

const said: Target<Piece> = {
  num: (value) => [digits(value), value < 0 ? 0 : 3],
  sym: (name) => [name === "w" ? "t" : name === "alphaT" ? "αₜ" : name, 3],
  neg: (a) => [`−${hold(a, 1)}`, 0],
  add: (a, b) => [`${a[0]} + ${hold(b, 1)}`, 0],
  sub: (a, b) => [`${a[0]} − ${hold(b, 1)}`, 0],
  mul: (a, b) => [`${hold(a, 1)} · ${hold(b, 2)}`, 1],
  div: (a, b) => [`${hold(a, 1)} / ${hold(b, 2)}`, 1],
  pow: (a, b) => [`${hold(a, 3)}^${hold(b, 3)}`, 2],
  exp: call("exp"), log: call("log"), sigmoid: call("σ"), softplus: call("softplus"), sqrt: call("√"), log1p: call("log1p"), max: call("max"), min: call("min"),
  abs: ([a]) => [`|${a}|`, 3],
  select: (c, a, b) => [`${c[0]} ≥ 0 ? ${hold(a, 1)} : ${hold(b, 1)}`, 0],
};

/** How often each part of some formulas is used. */
function uses(exprs: readonly Expr[]): Map<Expr, number> {
  const counts = new Map<Expr, number>();
  const visit = (expr: Expr): void => {
    const before = counts.get(expr) ?? 0;
    counts.set(expr, before + 1);
    if (before === 0) expr.args.forEach(visit);
  };
  exprs.forEach(visit);
  return counts;
}

/** Longer lines are cut in two, whatever they share. */
const WIDEST = 44;

/** Formulas as lines `name = …`: a part that is used more than once has a line of its own, and is computed once. */
export function listing(exprs: readonly Expr[], names: readonly string[]): string[] {
  const counts = uses(exprs), roots = new Set(exprs), lines: string[] = [], memo = new Map<Expr, Piece>();
  let count = 0;
  const write = (expr: Expr): Piece => {
    const known = memo.get(expr);
    if (known) return known;
    expr.args.forEach(write);
    // Every argument is in the memo, so only this one node is said here.
    let piece = fold(expr, said, memo);
    if (expr.args.length > 0 && (counts.get(expr)! > 1 || (piece[0].length > WIDEST && !roots.has(expr)))) {
      const name = `r${++count}`;
      lines.push(`${name} = ${piece[0]}`);
      piece = [name, 3];
    }
    memo.set(expr, piece);
    return piece;
  };
  exprs.forEach((expr, i) => lines.push(`${names[i]!} = ${write(expr)[0]}`));
  return lines;
}

/** How many words a formula has when everything that is shared is written out each time. */
export function writtenOut(expr: Expr, memo = new Map<Expr, number>()): number {
  const known = memo.get(expr);
  if (known !== undefined) return known;
  const size = expr.args.reduce((sum, arg) => sum + writtenOut(arg, memo), 1);
  memo.set(expr, size);
  return size;
}

/** The words that take long, as people call one and several of them. */
const costly: readonly (readonly [words: readonly string[], one: string, more: string])[] = [
  [["exp"], "exponential", "exponentials"], [["div"], "division", "divisions"], [["log", "log1p"], "logarithm", "logarithms"], [["pow"], "power", "powers"], [["sqrt"], "root", "roots"],
];

/** What formulas cost together, each shared part once: "1 exponential, 1 division, 1 logarithm". */
export function costOf(exprs: readonly Expr[]): string {
  const parts = Array.from(uses(exprs).keys());
  const told = costly.flatMap(([words, one, more]) => {
    const count = parts.filter(({ word }) => words.includes(word)).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : more}`];
  });
  return told.length === 0 ? "only sums and products" : told.join(", ");
}
