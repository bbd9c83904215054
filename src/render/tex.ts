import { sym } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import type { AnyLoss } from "../losses/loss.ts";
import { tex } from "../targets/tex.ts";

/** The formula as written. */
export function renderTex(loss: AnyLoss): string {
  const written = fold(loss.formula, tex).text;
  if (loss.kind === "margin") {
    const listed = (values: readonly number[]): string => `(${values.map((value) => Number(value.toPrecision(4))).join(", ")})`;
    const margin = loss.margins ? `, \\quad p_t = \\sigma(x_t - \\Delta_y), \\; \\Delta = ${listed(loss.margins)}` : "";
    return `${written}${margin}${loss.offsets ? `, \\quad \\text{of the logits plus } ${listed(loss.offsets)}` : ""}`;
  }
  if (loss.kind !== "batch") return written;
  const sums = Object.entries(loss.sums).map(([name, term]) => `${fold(sym(name), tex).text} = \\sum ${fold(term, tex).text}`);
  return `${written}, \\quad ${sums.join(", \\; ")}`;
}
