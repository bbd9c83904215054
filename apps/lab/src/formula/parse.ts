import { abs, add, div, exp, log, max, min, mul, neg, num, pow, sigmoid, softplus, sqrt, sub, sym } from "focal-loss/expr";
import type { Expr } from "focal-loss/expr";
import { FormulaMistake, tokenize } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** The functions of formulas, by the number of what they take. */
const functions: Readonly<Record<string, readonly [count: number, make: (...parts: Expr[]) => Expr]>> = {
  log: [1, log], exp: [1, exp], sigmoid: [1, sigmoid], softplus: [1, softplus], sqrt: [1, sqrt], abs: [1, abs], max: [2, max], min: [2, min],
};
/** What a formula may mention beside its parameters: those of a loss over the true class, and those over p and t. */
const marginWords = ["pt", "xt"], scoreWords = ["p", "t"];
export const words = [...marginWords, ...scoreWords, "alphaT"];
/** Names that generated code has uses of its own for. */
const reserved = ["u", "w", "k", "alpha", "alphaRest", "margins", "own"];
/** Deeper than any formula; and no stack is this small. */
const DEEPEST = 100;

export interface Parsed {
  readonly expr: Expr;
  /** Every name that is none of the words, in order of appearance: the loss's parameters. */
  readonly parameters: readonly string[];
}

/**
 * Reads a formula as people type it: `-alphaT * (1 - pt)^gamma * log(pt)`.
 *
 * A sign before a product is the sign of the product; `^` binds to the right and before any sign.
 *
 * @throws FormulaMistake with what is wrong, and where
 */
export function parseFormula(text: string): Parsed {
  const tokens = tokenize(text), parameters: string[] = [], mentioned = new Map<string, Token>();
  let next = 0, depth = 0;
  const peek = (): Token => tokens[next]!;
  const take = (...signs: string[]): string | undefined => {
    const { kind, text: sign } = peek();
    if (kind !== "sign" || !signs.includes(sign)) return undefined;
    next++;
    return sign;
  };
  const told = ({ kind, text: said }: Token): string => (kind === "end" ? "the formula ends" : `there is ${JSON.stringify(said)}`);

  /** Whatever has parts of its own kind goes this way. */
  function within(read: () => Expr): Expr {
    if (++depth > DEEPEST) throw new FormulaMistake(`more than ${DEEPEST} parentheses, signs or powers within each other`, peek().at, peek().length);
    const made = read();
    depth--;
    return made;
  }
  function sum(): Expr {
    let made = term();
    for (let sign = take("+", "-"); sign !== undefined; sign = take("+", "-")) made = (sign === "+" ? add : sub)(made, term());
    return made;
  }
  function term(): Expr {
    if (take("-")) return neg(within(term));
    if (take("+")) return within(term);
    let made = factor();
    for (let sign = take("*", "/"); sign !== undefined; sign = take("*", "/")) made = (sign === "*" ? mul : div)(made, factor());
    return made;
  }
  function factor(): Expr {
    if (take("-")) return neg(within(factor));
    if (take("+")) return within(factor);
    const base = atom();
    return take("^") ? pow(base, within(factor)) : base;
  }
  function atom(): Expr {
    const token = peek();
    if (token.kind === "number") {
      next++;
      return num(Number(token.text));
    }
    if (token.kind === "name") {
      next++;
      return take("(") ? call(token) : named(token);
    }
    if (take("(")) {
      const made = within(sum);
      if (!take(")")) throw new FormulaMistake(`a parenthesis is still open where ${told(peek())}`, token.at, peek().at - token.at);
      return made;
    }
    throw new FormulaMistake(token.kind === "end" ? "something is missing at the end: a number, a name or (" : `a number, a name or ( must stand where ${told(token)}`, token.at, token.length);
  }
  function call({ text: name, at, length }: Token): Expr {
    const known = Object.hasOwn(functions, name) ? functions[name]! : undefined;
    if (!known) throw new FormulaMistake(`there is no function ${name}${nearest(name, Object.keys(functions))}; there are ${Object.keys(functions).join(", ")}. A product needs its sign: ${name} * (…)`, at, length);
    const parts = [within(sum)];
    while (take(",")) parts.push(within(sum));
    if (!take(")")) throw new FormulaMistake(`the parenthesis of ${name} is still open where ${told(peek())}`, at, peek().at - at);
    const [count, make] = known;
    if (parts.length !== count) throw new FormulaMistake(`${name} takes ${count === 1 ? "one formula" : "two formulas"}, got ${parts.length}`, at, peek().at - at);
    return make(...parts);
  }
  function named(token: Token): Expr {
    const { text: name, at, length } = token;
    if (Object.hasOwn(functions, name)) throw new FormulaMistake(`${name} is a function: ${name}(…)`, at, length);
    if (reserved.includes(name)) throw new FormulaMistake(`${name} has a meaning of its own in the code that is made${name === "alpha" ? "; the class weight is alphaT" : ""}; take another name`, at, length);
    if (!words.includes(name)) {
      if (!/^[A-Za-z]\w*$/.test(name)) throw new FormulaMistake(`names turn up in generated code: use letters A to Z and digits, not ${JSON.stringify(name)}`, at, length);
      if (!parameters.includes(name)) parameters.push(name);
    }
    mentioned.set(name, token);
    return sym(name);
  }

  if (peek().kind === "end") throw new FormulaMistake("the formula is empty; try -log(pt)", 0);
  const expr = sum(), left = peek();
  if (left.kind !== "end") {
    throw new FormulaMistake(left.text === ")" ? "there is a ) without its (" : `${JSON.stringify(left.text)} follows without a sign; a product needs its *`, left.at, left.length);
  }
  const margin = marginWords.find((word) => mentioned.has(word)), score = scoreWords.find((word) => mentioned.has(word));
  if (margin === undefined && score === undefined) throw new FormulaMistake("the formula must mention pt, the probability of the true class (or p and t, of one logit)", 0, text.length);
  if (margin !== undefined && score !== undefined) {
    throw new FormulaMistake(`a formula is written over pt, or over p and t: ${margin} and ${score} do not go together`, mentioned.get(score)!.at, mentioned.get(score)!.length);
  }
  return { expr, parameters };
}

/** ", did you mean log?" where a known name is one letter away or two have changed places. */
function nearest(name: string, known: readonly string[]): string {
  const sorted = (word: string): string => [...word.toLowerCase()].sort().join("");
  const close = known.find((word) => sorted(word) === sorted(name) || (Math.abs(word.length - name.length) <= 1 && common(word, name) >= word.length - 1));
  return close === undefined ? "" : `, did you mean ${close}?`;
}

/** Letters that two words have in common at the beginning and at the end. */
function common(a: string, b: string): number {
  let front = 0, back = 0;
  while (front < Math.min(a.length, b.length) && a[front] === b[front]) front++;
  while (back < Math.min(a.length, b.length) - front && a.at(-1 - back) === b.at(-1 - back)) back++;
  return front + back;
}
