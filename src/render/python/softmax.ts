import { num, sym } from "../../expr/expr.ts";
import { simplify } from "../../expr/simplify.ts";
import type { Loss, PairLoss } from "../../losses/loss.ts";
import type { Dialect } from "./dialect.ts";
import { inside, statementsOf } from "./formula.ts";
import { isUniform, literal, settingsOf } from "./settings.ts";

const u = sym("u");

/** From `logits` and `labels` to `loss`: the label's margin u, for which softmax's p_t is σ(u), then the formula. */
export function softmaxLines(loss: Loss | PairLoss, dialect: Dialect): string[] {
  const { array, between, rival } = dialect;
  const offsets = loss.kind === "margin" && loss.offsets ? [`logits = logits + ${array(literal(loss.offsets))}`] : [];
  if (loss.kind === "margin" && loss.labels === "between") {
    return [
      ...offsets, "", "def of_label(labels):", ...inside(ofLabel(loss, dialect, "return")), "",
      ...between.read, "loss = (1 - fraction) * of_label(lower) + fraction * of_label(lower + 1)",
    ];
  }
  return [...offsets, ...(loss.kind === "pair" ? rival : []), ...ofLabel(loss, dialect, "loss =")];
}

function ofLabel(loss: Loss | PairLoss, { library, at }: Dialect, last: string): string[] {
  const margins = loss.kind === "margin" ? loss.margins : undefined;
  return [
    ...settingsOf(loss).flatMap(({ name, value }) => (typeof value === "number" ? [] : [`${name} = ${at(name, "labels")}`])),
    `alpha_t = ${isUniform(loss) ? "alpha" : `1.0 if alpha is None else ${at("alpha", "labels")}`}`,
    `u = margin(logits, labels)${margins ? ` - ${at(literal(margins), "labels")}` : ""}`,
    ...statementsOf(loss, { symbols: new Map([["pt", simplify.sigmoid(u)], ["xt", u], ["own", num(1)], ["pj", sym("p_j")]]) }, u, library, last),
  ];
}
