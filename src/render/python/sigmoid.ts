import { sym } from "../../expr/expr.ts";
import { simplify } from "../../expr/simplify.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Dialect } from "./dialect.ts";
import { inside, mentions, statementsOf } from "./formula.ts";
import { isUniform, settingsOf, shift } from "./settings.ts";

const { neg, sigmoid } = simplify;

/** From `logits` and `targets` to `loss`, targets between 0 and 1 being read by the loss's own soft rule. */
export function sigmoidLines(loss: Loss, dialect: Dialect): string[] {
  const lines = [...preamble(loss, dialect)];
  if (loss.kind === "score") {
    const x = sym("logits");
    return [...lines, alphaT, ...statementsOf(loss, { symbols: new Map([["p", sigmoid(x)], ["t", sym("targets")]]) }, x, dialect.library, "loss =")];
  }
  return loss.soft === "mixture" ? [...lines, ...mixture(loss, dialect)] : [...lines, alphaT, ...between(loss, dialect)];
}

const alphaT = "alpha_t = targets * positive + (1 - targets) * negative";

/** Everything that is given per class or per column, and the weights of negatives and positives. */
function preamble(loss: Loss, { array, at }: Dialect): string[] {
  const pair = Array.isArray(loss.alpha) && loss.alpha.length === 2;
  return [
    ...(loss.offsets ? [`logits = logits${shift(loss.offsets[1]! - loss.offsets[0]!)}`] : []),
    ...settingsOf(loss).flatMap(({ name, value }) => (typeof value === "number" ? [] : [`${name} = ${value.length === 2 ? at(name, "targets") : array(name)}`])),
    ...(Array.isArray(loss.alpha) && !pair ? [`alpha = ${array("alpha")}`] : []),
    `negative, positive = ${pair ? "alpha" : isUniform(loss) ? "alpha, alpha" : "(1.0, 1.0) if alpha is None else (1 - alpha, alpha)"}`,
  ];
}

/** t·L(as a positive) + (1 − t)·L(as a negative) */
function mixture(loss: Loss, { library }: Dialect): string[] {
  const u = sym("u"), [negative, positive] = loss.margins ?? [0, 0];
  return [
    "", "def of_margin(u, alpha_t):",
    ...inside(statementsOf(loss, { symbols: new Map([["pt", sigmoid(u)], ["xt", u]]) }, u, library, "return")), "",
    `loss = targets * of_margin(logits${shift(-positive!)}, positive) + (1 - targets) * of_margin(-logits${shift(-negative!)}, negative)`,
  ];
}

/** By p_t between the classes. Every logit is looked at from its own side, |x|, where nothing is a small difference. */
function between(loss: Loss, { library }: Dialect): string[] {
  const { prefix, logSigmoid } = library, interpolated = loss.soft === "interpolate", pt = sym("p_t");
  const formula = statementsOf(loss, { symbols: new Map([["pt", pt]]), complements: new Map([[pt, sym("q_t")]]), logs: new Map([[pt, neg(sym("ce"))]]) }, sym("u"), library, "loss =");
  const usesPt = mentions(formula, "p_t");
  return [
    "right = logits >= 0",
    `u = ${prefix}.where(right, logits, -logits)`,
    `w = ${prefix}.where(right, 1 - targets, targets)  # how wrong the logit's side is`,
    ...(usesPt || mentions(formula, "q_t") ? [`s = ${prefix}.sigmoid(-u)  # at most 1/2`] : []),
    ...(mentions(formula, "q_t") || (usesPt && !interpolated) ? [`q_t = ${interpolated ? "w * (1 - s) + (1 - w) * s" : `${prefix}.abs(w * (1 - s) - (1 - w) * s)`}  # 1 - p_t`] : []),
    ...(usesPt ? [`p_t = ${interpolated ? "w * s + (1 - w) * (1 - s)" : "1 - q_t"}`] : []),
    ...(mentions(formula, "ce") ? [`ce = w * u - ${logSigmoid}(u)  # -log p_t`] : []),
    ...formula,
  ];
}
