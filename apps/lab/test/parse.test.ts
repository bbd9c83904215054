/** Formulas as people type them: what they mean, and what is said about those that mean nothing. */
import { criterion, focal, focalStar, poly1Focal, qualityFocal } from "focal-loss";
import type { Loss } from "focal-loss";
import { add, div, log, max, mul, neg, num, pow, sub, sym } from "focal-loss/expr";
import { describe, expect, test } from "vitest";
import { derive } from "../../../src/losses/derive.ts";
import { highlight } from "../src/formula/highlight.ts";
import { parseFormula } from "../src/formula/parse.ts";
import { lossOf, stagesOf } from "../src/formula/pipeline.ts";
import { presets } from "../src/formula/presets.ts";
import { FormulaMistake } from "../src/formula/tokens.ts";
import { values } from "../src/formula/values.ts";

const pt = sym("pt"), a = sym("a"), b = sym("b");

describe("a formula means", () => {
  test.each([
    ["-log(pt)", neg(log(pt))],
    ["pt - a - b", sub(sub(pt, a), b)],
    ["pt / a / b", div(div(pt, a), b)],
    ["pt + a * b", add(pt, mul(a, b))],
    ["(pt + a) * b", mul(add(pt, a), b)],
    ["pt ^ a ^ b", pow(pt, pow(a, b))],
    ["pt ** a", pow(pt, a)],
    ["-pt ^ a", neg(pow(pt, a))],
    ["pt ^ -a", pow(pt, neg(a))],
    ["-a * pt", neg(mul(a, pt))],
    ["a * -pt", mul(a, neg(pt))],
    ["a + -pt", add(a, neg(pt))],
    ["+pt", pt],
    ["1e-3 * pt + .5 - 2.", sub(add(mul(num(1e-3), pt), num(0.5)), num(2))],
    ["max(pt, 0)", max(pt, num(0))],
    ["  −αₜ · (1 − pₜ)^γ × log(p_t) ÷ 2 ", neg(div(mul(mul(sym("alphaT"), pow(sub(1, pt), sym("gamma"))), log(pt)), 2))],
    ["ln(pt)", log(pt)],
  ])("%s", (text, expr) => {
    expect(parseFormula(text).expr).toBe(expr); // equal formulas are one object
  });

  test("its parameters are the names that mean nothing else, in order", () => {
    expect(parseFormula("-alphaT * b * (a - pt)^b * log(pt) + xt").parameters).toEqual(["b", "a"]);
  });
});

describe("a mistake is told with its place", () => {
  test.each([
    ["", /^the formula is empty/, 0, 1],
    ["   ", /^the formula is empty/, 0, 1],
    ["-log(pt", /^the parenthesis of log is still open where the formula ends$/, 1, 6],
    ["(1 - pt", /^a parenthesis is still open where the formula ends$/, 0, 7],
    ["-log(pt))", /^there is a \) without its \($/, 8, 1],
    ["(1 - pt) log(pt)", /^"log" follows without a sign; a product needs its \*$/, 9, 3],
    ["2 pt", /^"pt" follows without a sign/, 2, 2],
    ["gamma (1 - pt)", /^there is no function gamma; .* A product needs its sign: gamma \* \(…\)$/, 0, 5],
    ["-lgo(pt)", /^there is no function lgo, did you mean log\?/, 1, 3],
    ["-logs(pt)", /did you mean log\?/, 1, 4],
    ["1 - ", /^something is missing at the end/, 4, 1],
    ["1 - * pt", /^a number, a name or \( must stand where there is "\*"$/, 4, 1],
    ["log()", /^a number, a name or \( must stand where there is "\)"$/, 4, 1],
    ["log(pt, 2)", /^log takes one formula, got 2$/, 0, 10],
    ["max(pt)", /^max takes two formulas, got 1$/, 0, 7],
    ["-log", /^log is a function: log\(…\)$/, 1, 3],
    ["-alpha * log(pt)", /^alpha has a meaning of its own .*; the class weight is alphaT; take another name$/, 1, 5],
    ["-log(u)", /^u has a meaning of its own/, 5, 1],
    ["-log(pt) + α", /the class weight is alphaT/, 11, 1],
    ["-log(pt) ; 3", /^";" has no meaning in a formula/, 9, 1],
    ["pt 🙂", /^"🙂" has no meaning/, 3, 2],
    ["-log(ö * pt)", /^names turn up in generated code/, 5, 1],
    ["gamma + 1", /^the formula must mention pt/, 0, 9],
    ["pt + p", /^a formula is written over pt, or over p and t: pt and p do not go together$/, 5, 1],
    ["__proto__(pt)", /^there is no function __proto__/, 0, 9],
    ["constructor(pt)", /^there is no function constructor/, 0, 11],
    [`${"(".repeat(140)}pt${")".repeat(140)}`, /^more than 100 parentheses/, 101, 1],
    [`${"-".repeat(20_000)}pt`, /^more than 100 /, 101, 1],
    [`${"pt^".repeat(20_000)}pt`, /^more than 100 /, 303, 2],
  ].map(([text, ...rest]) => [String(text).slice(0, 40), text, ...rest] as [string, string, RegExp, number, number]))("%j", (_, text, message, at, length) => {
    let mistake: unknown;
    try {
      parseFormula(text);
    } catch (error) {
      mistake = error;
    }
    expect(mistake).toBeInstanceOf(FormulaMistake);
    expect((mistake as FormulaMistake).message).toMatch(message);
    expect(mistake).toMatchObject({ at, length });
  });
});

describe("a formula's way", () => {
  const logits = Float64Array.from({ length: 41 }, (_, i) => (i - 20) / 2), targets = Uint8Array.from(logits, (_, i) => i % 2);
  const all = (loss: Loss) => criterion(loss, { reduction: "none" }).derivatives(logits, targets);
  const typed = (name: string): Loss => {
    const preset = presets.find((one) => one.name === name)!;
    return lossOf(preset.text, "values" in preset ? preset.values : {}, undefined).loss;
  };

  test.each([["Focal", focal()], ["Focal*", focalStar()], ["Poly-1", poly1Focal()], ["Quality focal", qualityFocal()]])("%s as typed has the value, gradient and curvature of the library's own (within 1e-12 of the largest: another order of the same sums)", (name, own) => {
    const found = all(typed(name)), want = all(own);
    for (const key of ["value", "grad", "hessian"] as const) {
      const scale = Math.max(...Array.from(want[key], Math.abs));
      found[key].forEach((value, i) => expect(Math.abs(value - want[key][i]!)).toBeLessThanOrEqual(1e-12 * scale));
    }
  });

  test.each(presets.map(({ name }) => name))("%s: the steps that are shown end in what the library runs", (name) => {
    const loss = typed(name), stages = stagesOf(loss);
    expect(stages.exprs).toEqual(derive(loss, loss.kind === "margin" ? "hard" : "score", 2));
    stages.exprs.forEach((expr, i) => expect(expr).toBe(derive(loss, loss.kind === "margin" ? "hard" : "score", 2)[i]));
  });

  test("with class weights, too", () => {
    const { loss } = lossOf(presets[0].text, {}, 0.25);
    derive(loss, "hard", 2).forEach((expr, i) => expect(stagesOf(loss).exprs[i]).toBe(expr));
  });

  test.each(presets.map(({ name }) => name))("%s: the lowered lines, run in order as JavaScript, are the loss (within 1e-6: they show nine digits)", (name) => {
    const loss = typed(name), lines = stagesOf(loss).lowered;
    const code = lines.map((line) => {
      const [left, right] = line.split(" = ") as [string, string];
      const plain = right.replaceAll("−", "-").replaceAll("·", "*").replaceAll("≥", ">=").replaceAll("^", "**").replace(/\|([^|]+)\|/g, "Math.abs($1)")
        .replace(/\b(exp|log1p|max|log|min)\(/g, "Math.$1(").replaceAll("√(", "Math.sqrt(");
      return `const ${left} = ${plain};`;
    });
    // eslint-disable-next-line no-new-func
    const run = new Function("u", "t", `${code.join("\n")} return [value, slope, curvature];`) as (u: number, t: number) => number[];
    for (const u of [-3, -0.4, 0.7, 2.5]) {
      const want = criterion(loss, { reduction: "none" }).derivatives([u], [1]), found = run(u, 1);
      [want.value[0]!, want.grad[0]!, want.hessian[0]!].forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value))));
    }
  });

  test.each([
    ["-(1 - pt)^gamma * log(pt)", {}, "1 exponential, 1 division, 1 logarithm"], ["-(1 - pt)^gamma * log(pt)", { gamma: 1.7 }, "2 exponentials, 1 division, 1 logarithm"],
    [presets.find(({ name }) => name === "Asymmetric")!.text, { gammaPos: 1, gammaNeg: 4, shift: 0.05 }, "1 exponential, 3 divisions, 2 logarithms"], ["max(0, 1 - xt)^2", {}, "only sums and products"],
  ])("what %s %j costs is counted, not claimed", (text, given, cost) => {
    expect(stagesOf(lossOf(text, given, undefined).loss).cost).toBe(cost);
  });

  test("values of parameters are read back as they were written, and nonsense is not", () => {
    const given = { gamma: 2.5, beta: -1e-7 };
    expect(values.read(values.write(given))).toEqual(given);
    for (const bad of ["gamma", "gamma:", "gamma:x", ":2", "gamma:2;", "a b:1", "gamma:Infinity"]) expect(values.read(bad)).toBeUndefined();
  });

  test("pieces of highlighted code are the code", () => {
    const code = '/* a */ function f() { return "<b>"; } // end';
    expect(highlight(code, "js").map(({ text }) => text).join("")).toBe(code);
    expect(highlight(code, "js").filter(({ kind }) => kind !== "plain").map(({ text }) => text)).toEqual(["/* a */", "function", "return", "// end"]);
  });
});
