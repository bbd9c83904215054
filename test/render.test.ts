import { criterion, crossEntropy, defineLoss, focal, ldam, logitAdjusted } from "focal-loss";
import { add, div, exp, log, max, mul, neg, pow, select, sigmoid, sub } from "focal-loss/expr";
import { render } from "focal-loss/render";
import { describe, expect, test } from "vitest";

describe("TeX is the formula as its paper writes it", () => {
  test.each([
    [render(focal, "tex"), String.raw`-\alpha_t (1 - p_t)^{\gamma} \log(p_t)`],
    [render(focal({ gamma: 5, alpha: 0.25 }), "tex"), String.raw`-\alpha_t (1 - p_t)^{\gamma} \log(p_t)`],
    [render(crossEntropy, "tex"), String.raw`-\alpha_t \log(p_t)`],
    [render(defineLoss("a", { tau: 1 }, ({ pt, tau }) => sub(1, sub(pt, tau))), "tex"), String.raw`1 - (p_t - \tau)`],
    [render(defineLoss("b", { tau: 1 }, ({ pt, tau }) => mul(add(pt, tau), neg(pt))), "tex"), String.raw`(p_t + \tau) (-p_t)`],
    [render(defineLoss("c", { rate: 1 }, ({ pt, rate }) => div(exp(neg(pt)), pow(pow(pt, 2), rate))), "tex"), String.raw`\frac{e^{-p_t}}{(p_t^{2})^{\mathrm{rate}}}`],
    [render(defineLoss("d", {}, ({ pt }) => mul(2, mul(3, log(pt)))), "tex"), String.raw`2 \cdot 3 \log(p_t)`],
    [render(defineLoss("e", {}, ({ pt }) => select(sub(pt, 0.5), max(pt, -1), sigmoid(pt))), "tex"), String.raw`\begin{cases} \max(p_t, -1) & p_t \ge 0.5 \\ \sigma(p_t) & \text{else} \end{cases}`],
    [render(ldam(focal(), [1600, 100]), "tex"), String.raw`-\alpha_t (1 - p_t)^{\gamma} \log(p_t), \quad p_t = \sigma(x_t - \Delta_y), \; \Delta = (0.25, 0.5)`],
    [render(logitAdjusted(crossEntropy(), [100, 100]), "tex"), String.raw`-\alpha_t \log(p_t), \quad \text{of the logits plus } (-0.6931, -0.6931)`],
  ])("%s", (printed, expected) => expect(printed).toBe(expected));
});

test("printed JavaScript runs as it is and gives what the criterion gives, to the last bit", () => {
  for (const gamma of [0, 0.5, 1.7, 2]) {
    const loss = focal({ gamma, alpha: 0.25 });
    const printed = new Function(`return ${render(loss, "js").replace(/^\/\*\*.*\*\/\n/, "")}`)() as (u: number, alphaT: number) => { value: number; slope: number; curvature: number };
    for (const u of [-30, -1, 0, 2, 50]) {
      const { value, grad, hessian } = criterion(loss).derivatives([u], [1]);
      expect(printed(u, 0.25)).toEqual({ value, slope: grad[0], curvature: hessian[0] });
    }
  }
});

test("the printed instructions name every input and result, and use nothing before it is made", () => {
  const lines = render(focal({ gamma: 2, alpha: 0.25 }), "wasm").split("\n");
  expect(lines[0]).toBe(";; focal: value, slope, curvature by the margin u = logit of the true class, four float32 lanes at a time");
  expect(lines.filter((line) => line.includes("param")).map((line) => line.split(" ").at(-1))).toEqual(["u", "alphaT"]);
  expect(lines.slice(-3).map((line) => line.split(" ")[0])).toEqual(["value", "slope", "curvature"]);
  lines.slice(1, -3).forEach((line, i) => {
    expect(line.startsWith(`$${i} = `)).toBe(true);
    for (const [, used] of line.split("=")[1]!.matchAll(/\$(\d+)/g)) expect(Number(used)).toBeLessThan(i);
  });
});
