import { FocalError } from "../errors.ts";
import { symbolsOf } from "../expr/expr.ts";
import type { Loss } from "../losses/loss.ts";
import type { Plan } from "../options.ts";

/** A plan that a GPU can run. */
export type GpuPlan = Plan & { readonly loss: Loss };

/** The plan, if a GPU can run it; else one sentence that says what it cannot. */
export function planFor(plan: Plan): GpuPlan {
  const { loss, head, alpha } = plan;
  const refuse = (what: string): never => { throw new FocalError("engine", `the GPU does not run ${what}; criterion does`); };
  if (loss.kind === "pair" || loss.kind === "batch") return refuse(`${loss.name}, which is no function of one margin`);
  if (loss.labels === "between") refuse(`${loss.name}, whose labels stand between two classes`);
  if (symbolsOf(loss.formula).has("own")) refuse(`${loss.name}, which needs every class's share`);
  const perClass = Object.entries(loss.parameters).find(([, value]) => typeof value !== "number")?.[0];
  if (perClass !== undefined) refuse(`${perClass} given per class`);
  if (plan.from !== "logits") refuse(`from: ${JSON.stringify(plan.from)}`);
  if (plan.engine !== undefined) refuse(`engine: ${JSON.stringify(plan.engine)}`);
  if (head === "softmax" && plan.smoothing > 0) refuse("label smoothing with the softmax head");
  if (head === "sigmoid" && loss.margins) refuse(`${loss.name} with the sigmoid head`);
  if (head === "sigmoid" && [alpha.negative, alpha.positive].some((weights) => weights.some((weight) => weight !== weights[0]))) refuse("class weights per column with the sigmoid head");
  return { ...plan, loss };
}
