/** The language of formulas: what passes, printers and the lab's editor make of a random formula means what the formula means. */
import fc from "fast-check";
import { criterion, defineLoss, FocalError } from "focal-loss";
import { add, differentiate, div, exp, log, lower, mul, neg, num, pow, sigmoid, softplus, sqrt, sub, sym } from "focal-loss/expr";
import type { Expr } from "focal-loss/expr";
import { render } from "focal-loss/render";
import { evaluate } from "../../src/targets/evaluate.ts";
import { js } from "../../src/targets/js.ts";
import { parseFormula } from "../../apps/lab/src/formula/parse.ts";
import { double } from "./arbitraries.ts";
import { model, must, near, refusable } from "./model.ts";

/** A formula of pt in three tongues: the library's, the lab's, and plain JavaScript, which also says the largest number on the way. */
interface Said {
  readonly expr: Expr;
  readonly text: string;
  readonly of: (pt: number, seen: (part: number) => number) => number;
}

const said = (expr: Expr, text: string, of: Said["of"]): Said => ({ expr, text, of: (pt, seen) => seen(of(pt, seen)) });
const two = (make: (a: Expr, b: Expr) => Expr, text: (a: string, b: string) => string, of: (a: number, b: number) => number) =>
  (a: Said, b: Said): Said => said(make(a.expr, b.expr), text(a.text, b.text), (pt, seen) => of(a.of(pt, seen), b.of(pt, seen)));
const one = (make: (a: Expr) => Expr, text: (a: string) => string, of: (a: number) => number) => (a: Said): Said => said(make(a.expr), text(a.text), (pt, seen) => of(a.of(pt, seen)));

const binary = [
  two(add, (a, b) => `(${a}) + (${b})`, (a, b) => a + b), two(sub, (a, b) => `(${a}) - (${b})`, (a, b) => a - b), two(mul, (a, b) => `(${a})*(${b})`, (a, b) => a * b),
  two((a, b) => div(a, add(1.5, mul(b, b))), (a, b) => `(${a}) / (1.5 + (${b}) * (${b}))`, (a, b) => a / (1.5 + b * b)),
] as const;
const unary = [
  one(neg, (a) => `-(${a})`, (a) => -a), one((a) => exp(neg(mul(a, a))), (a) => `exp(-((${a}) * (${a})))`, (a) => Math.exp(-a * a)), one((a) => log(add(1.5, mul(a, a))), (a) => `log(1.5 + (${a}) * (${a}))`, (a) => Math.log(1.5 + a * a)),
  one(sigmoid, (a) => `sigmoid(${a})`, (a) => 1 / (1 + Math.exp(-a))), one(softplus, (a) => `softplus(${a})`, (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))),
  one((a) => sqrt(add(1, mul(a, a))), (a) => `sqrt(1 + (${a}) * (${a}))`, (a) => Math.sqrt(1 + a * a)), one((a) => pow(sigmoid(a), 1.7), (a) => `sigmoid(${a})^1.7`, (a) => (1 / (1 + Math.exp(-a))) ** 1.7), one((a) => pow(a, 2), (a) => `(${a})^2`, (a) => a * a),
] as const;

const leaf = fc.oneof({ weight: 3, arbitrary: fc.constant(said(sym("pt"), "pt", (pt) => pt)) }, { weight: 1, arbitrary: double(0.01, 4).map((value) => said(num(value), value.toFixed(17), () => value)) },
  { weight: 2, arbitrary: fc.constant(said(neg(log(sym("pt"))), "-log(pt)", (pt) => -Math.log(pt))) });
/** Formulas of depth 4 at most, that mention pt. */
const formula: fc.Arbitrary<Said> = fc.letrec<{ said: Said }>((tie) => ({
  said: fc.oneof({ maxDepth: 4 }, leaf, fc.tuple(fc.nat(unary.length - 1), tie("said")).map(([k, a]) => unary[k]!(a)), fc.tuple(fc.nat(binary.length - 1), tie("said"), tie("said")).map(([k, a, b]) => binary[k]!(a, b))),
})).said.filter(({ text }) => text.includes("pt"));
/** Shown by its text, from which it can be read again. */
const shown = formula.map((known) => Object.assign(known, { toString: () => known.text }));

/** A formula's value, and how large the numbers were that it came from: what rounding is measured by. */
function valueOf({ of }: Said, pt: number): { value: number; size: number } {
  let size = 1;
  return { value: of(pt, (part) => { size = Math.max(size, Math.abs(part)); return part; }), size };
}
const probability = double(0.02, 0.98);

const passes = model("formulas: evaluated, lowered, printed as JavaScript, and typed into the lab, a formula means the same (1e-11 of its largest part, squared)", 25, fc.tuple(shown, probability), ([known, pt]) => {
  const { value, size } = valueOf(known, pt), allowed = 1e-11 * size * size;
  fc.pre(size < 1e6);
  near(evaluate([known.expr], { pt })[0]!, value, 0, allowed, "evaluated");
  near(evaluate(lower([known.expr]), { pt })[0]!, value, 0, allowed, "lowered");
  const { statements, values } = js([known.expr], (name) => name);
  near((new Function("pt", `${statements.join("\n")}\nreturn ${values[0]!};`) as (pt: number) => number)(pt), value, 0, allowed, "as JavaScript");
  near(evaluate([parseFormula(known.text).expr], { pt })[0]!, value, 0, allowed, "typed");
});

const slopes = model("formulas: a derivative is the slope (1e-5 of the largest part, squared: central differences of 1e-6)", 12, fc.tuple(shown, probability), ([known, pt]) => {
  const h = 1e-6, { size } = valueOf(known, pt);
  fc.pre(size < 100);
  const slope = (evaluate([known.expr], { pt: pt + h })[0]! - evaluate([known.expr], { pt: pt - h })[0]!) / (2 * h);
  near(evaluate([differentiate(known.expr, "pt")], { pt })[0]!, slope, 1e-5, 1e-5 * size * size, "slope");
});

const dialects = ["duckdb", "clickhouse", "postgres", "trino", "spark"] as const;
const losses = model("formulas: any formula is a loss, that runs on both engines and prints in every language, or is refused in a sentence", 3, fc.tuple(shown, probability), ([known, pt]) => {
  const loss = refusable(() => defineLoss("mine", {}, () => known.expr)());
  if (loss === undefined) return;
  const { value, size } = valueOf(known, pt), x = Math.log(pt / (1 - pt));
  const got = refusable(() => criterion(loss).value([x], [1]));
  if (got !== undefined && size < 1e4) near(got, value, 0, 1e-9 * size * size, "as a loss");
  const simd = refusable(() => criterion(loss, { engine: "wasm" }).value(Float32Array.of(x), [1]));
  if (simd !== undefined && size < 100) near(simd, value, 0, 1e-3 * size * size, "as a kernel");
  for (const language of ["tex", "js", "wgsl", "wasm", "pytorch", "keras"] as const) must((refusable(() => render(loss, language)) ?? "refused").length > 0, language);
  for (const dialect of dialects) refusable(() => render(loss, "sql", { dialect }));
});

const hostile = model("formulas: what is no formula is refused in a sentence", 4, fc.tuple(fc.constantFrom(add, div, pow, log), fc.array(fc.anything(), { minLength: 1, maxLength: 2 })), ([make, parts]) => {
  try {
    (make as (...parts: unknown[]) => Expr)(...parts);
  } catch (error) {
    must(error instanceof FocalError, String(error));
  }
});

export const formulas = [passes, slopes, losses, hostile];
