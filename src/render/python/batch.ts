import { sym } from "../../expr/expr.ts";
import { simplify } from "../../expr/simplify.ts";
import { stabilize } from "../../expr/stabilize.ts";
import { isWeighted } from "../../losses/batch.ts";
import type { BatchLoss } from "../../losses/loss.ts";
import { pythonFormula } from "../../targets/python.ts";
import type { Dialect } from "./dialect.ts";
import { boundsFor, mentions } from "./formula.ts";
import { isUniform, parametersOf, settingsOf } from "./settings.ts";

/**
 * From `logits` and `targets`, or `labels`, to `loss`: the sums, each of a formula over the margins of the classes, and
 * the formula over the sums.
 */
export function batchLines(loss: BatchLoss, head: "sigmoid" | "softmax", dialect: Dialect): string[] {
  const { library, batch } = dialect, u = sym("u"), settings = settingsOf(loss), numbers = new Set(settings.map(({ name }) => name));
  const symbols = parametersOf(loss);
  const reading = { symbols: new Map([...symbols, ["p", simplify.sigmoid(u)] as const, ["t", sym("t")] as const, ["alphaT", sym("alpha_t")] as const]) };
  const sums = Object.entries(loss.sums).flatMap(([name, term]) => {
    const { statements, value } = pythonFormula(stabilize(term, reading), library, numbers, new Map());
    return [...statements, `${name} = ${batch.sum(value, loss.per === "class")}`];
  });
  const { statements, value } = pythonFormula(stabilize(loss.formula, { symbols }), library, new Set([...numbers, "count", "classes"]), new Map());
  const whole = [...statements, `loss = ${loss.per === "class" ? batch.sum(value, false) : value}`];
  return [
    ...(head === "softmax" ? batch.softmax : loss.binary === "both" ? batch.both : batch.positive),
    ...(isWeighted(loss) ? weights(loss, head, batch) : []),
    ...boundsFor([...sums, ...whole], dialect),
    ...sums,
    ...(mentions(whole, "count") ? [`count = ${batch.count[head]}`] : []),
    ...(mentions(whole, "classes") || mentions(whole, "background") ? [`classes = ${head === "sigmoid" && loss.binary === "positive" ? 1 : batch.classes}`] : []),
    ...(mentions(whole, "background") ? [`background = ${batch.background}`] : []),
    ...whole,
  ];
}

function weights(loss: BatchLoss, head: "sigmoid" | "softmax", { column }: Dialect["batch"]): string[] {
  if (isUniform(loss)) return ["alpha_t = alpha"];
  if (head === "softmax") return [`alpha_t = 1.0 if alpha is None else ${column("alpha")}`];
  return [`alpha_t = 1.0 if alpha is None else ${column(Array.isArray(loss.alpha) ? "alpha" : "(1 - alpha, alpha)")}`];
}
