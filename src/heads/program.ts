import { symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { LossCache } from "../losses/cache.ts";
import { derive } from "../losses/derive.ts";
import type { Curvature, Labels, Order } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import { evaluator } from "../targets/evaluate.ts";
import { js } from "../targets/js.ts";

/** Examples that formulas run over at a time: few enough for their numbers to stay in the nearest cache. */
export const blockLength = 256;

const column = (): Float64Array => new Float64Array(blockLength);

/**
 * What formulas read, one number per example. A head fills it in, runs a program and reads the results, with nothing in
 * between: all heads share it.
 *
 * `u` is what formulas are a function of, a margin or a logit; `w` how wrong the logit's side is, or the target itself
 * (see `Labels`); `k` the class, for what is given per class.
 */
export const block = { u: column(), w: column(), alphaT: column(), alphaRest: column(), k: column() };

/** Formulas ready to run over the block. */
export interface Program {
  /** Over its first n examples. */
  run(n: number): void;
  /** What each formula came to, per example. */
  readonly results: readonly Float64Array[];
}

const compiled = new LossCache<Program>();

/** A loss by one margin or logit: value, slope and curvature, as many as the order asks for. */
export const program = (loss: Loss, labels: Labels, order: Order, curvature: Curvature = "exact"): Program =>
  compiled.get(loss, `${labels} ${order} ${curvature}`, () => compile(derive(loss, labels, order, curvature), tablesOf(loss)));

/** What the loss has one number per class of. */
function tablesOf({ parameters, margins }: Loss): Record<string, readonly number[]> {
  const tables: Record<string, readonly number[]> = margins === undefined ? {} : { margins };
  for (const [name, given] of Object.entries(parameters)) if (typeof given !== "number") tables[name] = given;
  return tables;
}

/** Whether the page allows code to be made. A refusal is not asked for again: browsers report each one. */
let allowed = true;

/** Formulas over the block, compiled into one loop where the page allows code to be made, else evaluated word by word. */
export function compile(exprs: readonly Expr[], tables: Readonly<Record<string, readonly number[]>> = {}): Program {
  const results = exprs.map(column), symbols = [...symbolsOf(...exprs)];
  const { statements, values } = js(exprs, (name) => name);
  const source = `return function (n) {
for (let i = 0; i < n; i++) {
${symbols.map((name) => `const ${name} = ${name in tables ? `tables.${name}[block.k[i]]` : `block.${name}[i]`};`).join("\n")}
${statements.join("\n")}
${values.map((value, r) => `results[${r}][i] = ${value};`).join("\n")}
}
}`;
  try {
    if (allowed) return { run: new Function("block", "tables", "results", source)(block, tables, results) as Program["run"], results };
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    allowed = false;
  }
  const evaluate = evaluator(exprs, (name) => (name in tables ? block.k.map((k) => tables[name]![k]!) : block[name as keyof typeof block]));
  return { results, run: (n) => evaluate(n).forEach((values, r) => results[r]!.set(values)) };
}
