/** What the SIMD kernels of the sigmoid head have to answer, bit for bit: the formulas' meaning in float32, an example at a time. */
import { fold, sym, toFloat32 } from "focal-loss/expr";
import type { Expr } from "focal-loss/expr";
import type { Loss } from "focal-loss";
import { derive } from "../../src/losses/derive.ts";
import type { Labels } from "../../src/losses/derive.ts";
import { float32Numbers } from "../../src/targets/number.ts";

const round = Math.fround;

/** One example, and what is set for its column. */
export interface Example {
  readonly x: number;
  readonly t: number;
  readonly weight?: number;
  readonly alpha: readonly [negative: number, positive: number];
  /** What the loss has one number per column of. */
  readonly settings?: Readonly<Record<string, number>>;
}

/** Value, gradient and Hessian, times the weight; derivatives also times the scale. */
export function meaningOf(loss: Loss, labels: Labels, scale = 1): (example: Example) => number[] {
  const perColumn = Object.entries(loss.parameters).filter(([, given]) => typeof given !== "number").map(([name]) => name);
  const exprs = toFloat32(derive(loss, labels, 2), new Map(perColumn.map((name) => [name, sym(`${name} tail`)])));
  const direct = labels === "score" || labels === "mixture";
  return ({ x, t, weight = 1, alpha: [negative, positive], settings = {} }) => {
    const right = direct || (labels === "hard" ? t === 1 : x >= 0), rest = round(1 - t), factor = round(scale);
    const alphaT = direct ? positive : labels === "hard" ? (t === 1 ? positive : negative) : round(round(t * round(positive)) + round(rest * round(negative)));
    const symbols = {
      u: right ? x : -x, w: direct ? t : x >= 0 ? rest : t, alphaT, alphaRest: negative,
      ...settings, ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${name} tail`, value - round(value)])),
    };
    const memo = new Map<Expr, number>(), target = float32Numbers(symbols);
    const [f, d, dd] = exprs.map((expr) => round(fold(expr, target, memo) * round(weight))) as [number, number, number];
    return [f, round((right ? d : -d) * factor), round(dd * factor)];
  };
}
