import { differentiate } from "../expr/differentiate.ts";
import * as raw from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import type { Order } from "../losses/derive.ts";
import type { PairLoss } from "../losses/loss.ts";
import { pairFormula } from "../losses/pair.ts";
import type { Pass, Program } from "./emitPasses.ts";
import { bind, byLogP, known, newPower, p, power, powers, readingOf, shares, strongest, t, weight, z } from "./rowPasses.ts";

const { add, sub, mul, neg, abs, select, sym } = raw;

const isLabel = sub(t, 1), own = sym("own"), rival = sym("rival");
const ofLabel = (a: Expr, name: string): Expr => select(isLabel, a, sym(name));
// Strictly below the label's, and above every rival before it.
const better = select(sub(z, own), -1, select(sub(rival, z), -1, 1)), ifBetter = (a: Expr, name: string): Expr => select(better, a, sym(name));

/** A loss over a row's label and its strongest rival as passes; each row's own loss goes where its weight was. */
export function pairPasses(loss: PairLoss, order: Order): Program {
  const byRival = (f: Expr): Expr => simplify.mul(sym("pj"), differentiate(f, "pj"));
  const f = pairFormula(loss, p, sym("pj"), "alphaOwn", known), byOwn = byLogP(f), byOther = byRival(f);
  const formulas: Record<string, Expr> = {
    weights: f,
    ...(order > 0 && { ownSlope: byOwn, rivalSlope: byOther }),
    ...(order > 1 && { ownBend: byLogP(byOwn), crossBend: byRival(byOwn), rivalBend: byRival(byOther) }),
  };
  const bound = bind(lower(Object.values(formulas)), { ...readingOf(sym("ownPower"), own), pj: mul(sym("rivalPower"), sym("inverse")) });
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
      { perClass: false, out: Object.fromEntries(weighted) },
      ...(order > 0 ? [spread(order)] : []),
    ],
  };
}

/**
 * From the derivatives by log p_y and log p_r to those by the logits, with a_j = [j = y] − p_j and b_j = [j = r] − p_j:
 *
 *   ψ_y a_j + ψ_r b_j        χ_yy a_j² + 2 χ_yr a_j b_j + χ_rr b_j² − (ψ_y + ψ_r) p_j q_j
 */
function spread(order: Order): Pass {
  const { p, q } = readingOf(power, z), [ownSlope, rivalSlope] = [sym("ownSlope"), sym("rivalSlope")];
  const a = select(isLabel, q, neg(p)), b = select(neg(abs(sub(sym("classAt"), sym("rivalAt")))), q, neg(p));
  return { perClass: true, out: {
    classAt: add(sym("classAt"), 1),
    grad: add(mul(ownSlope, a), mul(rivalSlope, b)),
    ...(order > 1 && { hessian: sub(add(mul(sym("ownBend"), a, a), mul(2, sym("crossBend"), a, b), mul(sym("rivalBend"), b, b)), mul(add(ownSlope, rivalSlope), p, q)) }),
  } };
}
