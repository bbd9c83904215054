import type { Expr } from "../../expr/expr.ts";
import { fold } from "../../expr/fold.ts";
import type { Target } from "../../expr/fold.ts";
import { isPlain, uses } from "../shared.ts";
import type { SqlDialect } from "./dialect.ts";
import { guard } from "./guard.ts";

/** A piece of SQL and how tightly it holds together: 0 sum or sign, 1 product, 2 atom. */
interface Sql {
  readonly text: string;
  readonly tightness: number;
  /** What it means that the piece is ≥ 0, where that can be said more plainly. */
  readonly atLeastZero?: string;
}

const hold = (a: Sql, tightness: number): string => (a.tightness < tightness ? `(${a.text})` : a.text);
const atom = (text: string): Sql => ({ text, tightness: 2 });
const call = (name: string) => (...args: readonly Sql[]): Sql => atom(`${name}(${args.map(({ text }) => text).join(", ")})`);
const lowered = (word: string) => (): never => { throw new Error(`${word} is lowered before a formula becomes SQL`); };

function words(dialect: SqlDialect, symbol: (name: string) => string): Target<Sql> {
  const zero = dialect.number(0);
  return {
    // A second minus sign before it would begin a comment: it is held as a sum is.
    num: (value) => ({ text: dialect.number(value), tightness: value < 0 ? 0 : 2 }),
    sym: (name) => atom(symbol(name)),
    neg: (a) => ({ text: `-${hold(a, 1)}`, tightness: 0, atLeastZero: `${a.text} <= ${zero}` }),
    add: (a, b) => ({ text: `${a.text} + ${hold(b, 1)}`, tightness: 0 }),
    sub: (a, b) => ({ text: `${a.text} - ${hold(b, 1)}`, tightness: 0, atLeastZero: `${a.text} >= ${b.text}` }),
    mul: (a, b) => ({ text: `${hold(a, 1)} * ${hold(b, 2)}`, tightness: 1 }),
    div: (a, b) => ({ text: `${hold(a, 1)} / ${hold(b, 2)}`, tightness: 1 }),
    exp: call("exp"),
    log: call(dialect.log),
    log1p: call(dialect.log1p ?? "log1p"),
    sqrt: call("sqrt"),
    abs: call("abs"),
    max: call("greatest"),
    min: call("least"),
    select: (c, a, b) => atom(dialect.choose(c.atLeastZero ?? `${c.text} >= ${zero}`, a.text, b.text)),
    pow: lowered("pow"),
    sigmoid: lowered("sigmoid"),
    softplus: lowered("softplus"),
  };
}

/** A part of formulas that is used more than once, and the name it has in them. */
export interface SqlPart {
  /** As it stands in other parts: a plain word, which needs no quotes. */
  readonly alias: string;
  readonly sql: string;
  /** 1 where it needs no other part, else one more than those it needs. */
  readonly level: number;
}

/**
 * Prints lowered formulas as SQL expressions over float64: the parts that are used more than once, each after those it needs,
 * and the expression of each formula's value.
 *
 * @param symbol - SQL of the formulas' symbols, each an atom of type float64
 * @param prefix - before the numbers of parts
 */
export function sql(exprs: readonly Expr[], dialect: SqlDialect, symbol: (name: string) => string, prefix: string): { parts: SqlPart[]; values: string[] } {
  const guarded = guard(exprs, dialect), target = words(dialect, symbol), said = new Map<Expr, Sql>(), parts: SqlPart[] = [];
  const counts = uses(...guarded), levels = new Map<Expr, number>();
  const define = (e: Expr): number => {
    const known = levels.get(e);
    if (known !== undefined) return known;
    let level = Math.max(0, ...e.args.map(define));
    if (counts.get(e)! > 1 && !isPlain(e)) {
      const alias = `${prefix}${parts.length + 1}`;
      parts.push({ alias, sql: fold(e, target, said).text, level: ++level });
      said.set(e, atom(alias));
    }
    levels.set(e, level);
    return level;
  };
  guarded.forEach(define);
  return { parts, values: guarded.map((expr) => fold(expr, target, said).text) };
}
