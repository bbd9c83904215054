import { differentiate } from "../expr/differentiate.ts";
import * as raw from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import type { Order } from "../losses/derive.ts";
import type { PairLoss } from "../losses/loss.ts";
import { pairFormula } from "../losses/pair.ts";
import type { Pass, Program } from "./emitPasses.ts";
import { bind, ifTop, meaningsOf, newPower, overRestOf, power, powers, rest, shares, strongest, t, weight, z } from "./rowPasses.ts";

const { add, sub, mul, neg, abs, select, sym } = raw;
const isLabel = sub(t, 1), own = sym("own"), rival = sym("rival"), ownPower = sym("ownPower"), rivalPower = sym("rivalPower");
const ofLabel = (a: Expr, name: string): Expr => select(isLabel, a, sym(name));
// Strictly below the label's, and above every rival before it.
const better = select(sub(z, own), -1, select(sub(rival, z), -1, 1)), ifBetter = (a: Expr, name: string): Expr => select(better, a, sym(name));

/** A loss over a row's label and its strongest rival as passes; each row's own loss goes where its weight was. */
export function pairPasses(loss: PairLoss, order: Order): Program {
  const u = sym("u"), v = sym("v"), f = pairFormula(loss, simplify.sigmoid(u), simplify.sigmoid(v), "alphaOwn");
  const [byU, byV] = ["u", "v"].map((name) => differentiate(f, name)) as [Expr, Expr];
  const formulas: Record<string, Expr> = {
    weights: f,
    ...(order > 0 && { slopeU: byU, slopeV: byV }),
    ...(order > 1 && { bendUU: differentiate(byU, "u"), bendUV: differentiate(byU, "v"), bendVV: differentiate(byV, "v") }),
  };
  const bound = bind(lower(Object.values(formulas)), [...meaningsOf(u, ownPower, own), ...meaningsOf(v, rivalPower, rival)]);
  const weighted = Object.keys(formulas).map((name, i) => [name, mul(mul(weight, i > 0 ? sym("scale") : raw.num(1)), bound[i]!)]);
  return {
    parameters: ["alphaT", "scale"], start: { top: -Infinity, rival: -Infinity, rivalAt: -1 },
    passes: [
      { perClass: true, out: { ...strongest.out, own: ofLabel(z, "own"), alphaOwn: ofLabel(sym("alphaT"), "alphaOwn") } },
      { perClass: true, out: {
        ...powers.out, ownPower: ofLabel(newPower, "ownPower"), rival: ifBetter(z, "rival"), rivalPower: ifBetter(newPower, "rivalPower"),
        rivalAt: ifBetter(sym("at"), "rivalAt"), at: add(sym("at"), 1),
      } },
      shares,
      { perClass: false, out: { ...Object.fromEntries(weighted), overOwn: overRestOf(ownPower), overRival: overRestOf(rivalPower) } },
      ...(order > 0 ? [spread(order)] : []),
    ],
  };
}

/**
 * From the derivatives by both margins to those by the logits, with r_j = e_j ÷ Σ_{i≠k} e_i for the margin of class k:
 *
 *   a_j = ∂u_k/∂z_j = 1 where j = k, else −r_j        ∂²u_k/∂z_j² = 0 where j = k, else −r_j (1 − r_j)
 */
function spread(order: Order): Pass {
  const one = raw.num(1), zero = raw.num(0), isRival = neg(abs(sub(sym("classAt"), sym("rivalAt"))));
  const [r, s] = [mul(power, sym("overOwn")), mul(power, sym("overRival"))];
  const [a, b] = [select(isLabel, one, neg(r)), select(isRival, one, neg(s))];
  // Where e_j is 1, what is left of 1 − r_j is the sum of the powers but for e_j and e_k.
  const bent = (r: Expr, e: Expr, over: Expr): Expr => neg(mul(r, ifTop(mul(sub(rest, e), over), sub(one, r))));
  const [slopeU, slopeV, bendUU, bendUV, bendVV] = ["slopeU", "slopeV", "bendUU", "bendUV", "bendVV"].map(sym) as [Expr, Expr, Expr, Expr, Expr];
  return { perClass: true, out: {
    classAt: add(sym("classAt"), 1),
    grad: add(mul(slopeU, a), mul(slopeV, b)),
    ...(order > 1 && { hessian: add(
      mul(bendUU, a, a), mul(raw.num(2), bendUV, a, b), mul(bendVV, b, b),
      mul(slopeU, select(isLabel, zero, bent(r, ownPower, sym("overOwn")))), mul(slopeV, select(isRival, zero, bent(s, rivalPower, sym("overRival")))),
    ) }),
  } };
}
