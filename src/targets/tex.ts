import type { Target } from "../expr/fold.ts";

/** A piece of TeX and how tightly it holds together: 0 sum or sign, 1 product, 2 power, 3 atom. */
interface Tex {
  readonly text: string;
  readonly tightness: number;
  /** What it means that the piece is ≥ 0, where that can be said more plainly. */
  readonly atLeastZero?: string;
}

const names: Readonly<Record<string, string>> = { pt: "p_t", pj: "p_j", xt: "x_t", tp: "TP", fn: "FN", fp: "FP", alphaT: "\\alpha_t" };
const greek = new Set(["alpha", "beta", "gamma", "delta", "epsilon", "lambda", "mu", "pi", "rho", "sigma", "tau", "theta", "xi"]);
const signs: Readonly<Record<string, string>> = { Pos: "+", Neg: "-" };
const word = (name: string): string => (greek.has(name) ? `\\${name}` : name.length === 1 ? name : `\\mathrm{${name}}`);
/** gammaPos → \gamma_{+} */
function symbol(name: string): string {
  const [, letter, index] = /^([a-z]+)([A-Z]\w*)$/.exec(name) ?? [];
  if (names[name] !== undefined || letter === undefined || !greek.has(letter)) return names[name] ?? word(name);
  return `${word(letter)}_{${signs[index!] ?? `\\mathrm{${index!.toLowerCase()}}`}}`;
}

const atom = (text: string): Tex => ({ text, tightness: 3 });
const hold = (a: Tex, tightness: number): string => (a.tightness < tightness ? `(${a.text})` : a.text);
const call = (name: string) => (a: Tex): Tex => atom(`${name}(${a.text})`);
/** Two numerals side by side need a sign between them. */
const times = (a: string, b: string): string => (/^\d/.test(b) ? `${a} \\cdot ${b}` : `${a} ${b}`);

/** Prints a formula as its paper would. */
export const tex: Target<Tex> = {
  num: (value) => ({ text: String(value), tightness: value < 0 ? 0 : 3 }),
  sym: (name) => atom(symbol(name)),
  neg: (a) => ({ text: `-${hold(a, 1)}`, tightness: 0, atLeastZero: `${a.text} \\le 0` }),
  add: (a, b) => ({ text: `${a.text} + ${hold(b, 1)}`, tightness: 0 }),
  sub: (a, b) => ({ text: `${a.text} - ${hold(b, 1)}`, tightness: 0, atLeastZero: `${a.text} \\ge ${b.text}` }),
  mul: (a, b) => ({ text: times(hold(a, 1), hold(b, 1)), tightness: 1 }),
  div: (a, b) => ({ text: `\\frac{${a.text}}{${b.text}}`, tightness: 2 }),
  pow: (a, b) => ({ text: `${hold(a, 3)}^{${b.text}}`, tightness: 2 }),
  exp: (a) => ({ text: `e^{${a.text}}`, tightness: 2 }),
  log: call("\\log"),
  sigmoid: call("\\sigma"),
  softplus: call("\\operatorname{softplus}"),
  abs: (a) => atom(`\\lvert ${a.text} \\rvert`),
  max: (a, b) => atom(`\\max(${a.text}, ${b.text})`),
  min: (a, b) => atom(`\\min(${a.text}, ${b.text})`),
  select: (c, a, b) => atom(`\\begin{cases} ${a.text} & ${c.atLeastZero ?? `${c.text} \\ge 0`} \\\\ ${b.text} & \\text{else} \\end{cases}`),
  sqrt: (a) => atom(`\\sqrt{${a.text}}`),
  log1p: (a) => atom(`\\log(1 + ${a.text})`),
};
