/** The printed WGSL, run here by a reader of its few forms: what it means needs no GPU to be known. */
import { crossEntropy, defineLoss, focal, focalStar, qualityFocal } from "focal-loss";
import type { Loss } from "focal-loss";
import { abs, add, exp, fold, log, lower, max, min, mul, pow, select, sigmoid, softplus, sqrt, sub, sym, toFloat32 } from "focal-loss/expr";
import type { Expr } from "focal-loss/expr";
import { describe, expect, test } from "vitest";
import { derive } from "../src/losses/derive.ts";
import { float32Numbers } from "../src/targets/number.ts";
import { wgsl } from "../src/targets/wgsl.ts";

const view = new DataView(new ArrayBuffer(4));
const bitsOf = (x: number): number => (view.setFloat32(0, x), view.getUint32(0));
const fromBits = (bits: number): number => (view.setUint32(0, bits >>> 0), view.getFloat32(0));

/** What the functions of the shader's prelude do, for one lane. */
const functions: Readonly<Record<string, (...args: number[]) => number>> = {
  kept: (x) => x!, fromBits: (bits) => fromBits(bits!), abs: (x) => Math.abs(x!), sqrt: (x) => Math.fround(Math.sqrt(x!)), Float: (x) => Math.fround(x!),
  power2: (x) => fromBits(bitsOf(x!) << 23), head: (x) => fromBits(bitsOf(x!) & 0xfffff000),
  exponent: (x) => ((bitsOf(x!) >>> 23) & 0xff) - 127, significand: (x) => fromBits((bitsOf(x!) & 0x7fffff) | 0x3f800000),
  select: (no, yes, which) => (which ? yes! : no!),
};
const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => Math.fround(a + b), "-": (a, b) => Math.fround(a - b), "*": (a, b) => Math.fround(a * b), "/": (a, b) => Math.fround(a / b),
  "<": (a, b) => Number(a < b), ">=": (a, b) => Number(a >= b),
};

/** The value of one printed expression: a name, a literal, −x, f(x, …) or x op y. */
function valueOf(code: string, names: ReadonlyMap<string, number>): number {
  const tokens = [...code.matchAll(/0x[\da-f]+u|\d[\d.]*(?:e[+-]?\d+)?f?|\w+|<|>=|[-+*/(),]/g)].map(([token]) => token);
  let at = 0;
  const operand = (): number => {
    const token = tokens[at++]!;
    if (token === "-") return -operand();
    if (/^\d/.test(token)) return token.startsWith("0x") ? Number.parseInt(token, 16) : Number.parseFloat(token);
    if (tokens[at] !== "(") {
      if (!names.has(token)) throw new Error(`${token} is used before it is made, in ${code}`);
      return names.get(token)!;
    }
    const args: number[] = [];
    while (tokens[at++] !== ")") args.push(expression());
    return functions[token]!(...args);
  };
  const expression = (): number => {
    const left = operand(), operator = operators[tokens[at]!];
    if (!operator) return left;
    at++;
    return operator(left, operand());
  };
  const value = expression();
  if (at !== tokens.length) throw new Error(`cannot read ${code}`);
  return value;
}

function run(exprs: readonly Expr[], symbols: Readonly<Record<string, number>>): number[] {
  const { statements, values } = wgsl(exprs, (name) => name);
  const names = new Map(Object.entries(symbols).map(([name, value]) => [name, Math.fround(value)]));
  for (const statement of statements) {
    const [, name, code] = /^let (v\d+) = (.*);$/.exec(statement)!;
    names.set(name!, valueOf(code!, names));
  }
  return values.map((value) => valueOf(value, names));
}

const points = Array.from({ length: 81 }, (_, i) => (i - 40) * 2.47);

describe("the printed WGSL has the formula's operations: rounded to float32 after each it gives the evaluator's bits", () => {
  const poly = defineLoss("poly", { gamma: 1 }, ({ pt, gamma }) => add(mul(pow(sub(1, pt), gamma), sub(0, log(pt))), pow(sub(1, pt), add(gamma, 1))));
  const losses: Loss[] = [crossEntropy(), ...[0.3, 0.5, 1, 1.7, 2, 5].map((gamma) => focal({ gamma, alpha: 0.25 })), poly({ gamma: 1.3 }), focalStar(), qualityFocal()];
  test.each(losses.map((loss) => [`${loss.name} ${JSON.stringify(loss.parameters)}`, loss] as const))("%s", (_, loss) => {
    const readings = loss.kind === "score" ? ["score"] as const : loss.name === "focalStar" ? ["hard", "mixture"] as const : ["hard", "interpolate", "mixture", "quality"] as const;
    for (const labels of readings) {
      const exprs = toFloat32(derive(loss, labels, 2));
      for (const u of points) {
        const symbols = { u, w: 0.3, alphaT: 0.25, alphaRest: 0.75 }, memo = new Map<Expr, number>(), meaning = float32Numbers(symbols);
        expect(run(exprs, symbols)).toEqual(exprs.map((expr) => fold(expr, meaning, memo)));
      }
    }
  });

  const u = sym("u");
  test.each(Object.entries({
    "every word": [select(sub(abs(u), 1), max(min(u, 0.3), -2), sqrt(add(1, mul(u, u)))), sigmoid(u), softplus(u)],
    "logarithms, of negative numbers too": [log(u), log(add(1.5, mul(u, u)))], "a wide exp": [exp(mul(-0.7, u)), exp(u)],
    "numbers that are not finite": [mul(u, Infinity), mul(u, 1e300)],
  }))("%s", (_, exprs) => {
    const lowered = toFloat32(lower(exprs));
    for (const x of points) expect(run(lowered, { u: x })).toEqual(lowered.map((expr) => fold(expr, float32Numbers({ u: x }))));
  });
});

test("whatever is subtracted, or subtracted from, was kept as it was rounded", () => {
  const { statements } = wgsl(toFloat32(derive(focal({ gamma: 1.7 }), "hard", 2).slice(2)), (name) => name);
  const code = new Map(statements.map((statement) => /^let (v\d+) = (.*);$/.exec(statement)!.slice(1, 3) as [string, string]));
  const differences = [...code.values()].flatMap((text) => [...text.matchAll(/(\w+) - (\w+)/g)]);
  expect(differences.length).toBeGreaterThan(3);
  for (const [, ...names] of differences) {
    for (const name of names) if (/ [-+*/] /.test(code.get(name!) ?? "")) expect(code.get(name!)).toMatch(/^kept\(/);
  }
});
