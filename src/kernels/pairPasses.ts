import { differentiate } from "../expr/differentiate.ts";
import * as raw from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { lower } from "../expr/lower.ts";
import { simplify } from "../expr/simplify.ts";
import { pairFormula } from "../losses/pair.ts";
import type { PairLoss } from "../losses/loss.ts";
import type { Program } from "./emitPasses.ts";
import { bind, byLogP, carriedOfRow, known, newPower, p, power, powers, readingOf, shares, strongest, t, weight, z } from "./rowPasses.ts";

const { add, sub, mul, neg, abs, select, sym } = raw;

/** A loss over a row's label and its strongest rival as passes; each row's own loss goes where its weight was. */
export function pairPasses(loss: PairLoss, order: number): Program {
  const own = sym("own"), rival = sym("rival"), ofOwn = (a: raw.Term, b: raw.Term): Expr => select(sub(t, 1), a, b);
  // Strictly below the label's, and above every rival before it.
  const better = select(sub(z, own), -1, select(sub(rival, z), -1, 1)), ifBetter = (a: Expr, b: string): Expr => select(better, a, sym(b));
  const labelled = { ...strongest, carry: { ...strongest.carry, own: ofOwn(z, own), alphaOwn: ofOwn(sym("alphaT"), sym("alphaOwn")) } };
  const found = { ...powers, carry: {
    ...powers.carry, ownPower: ofOwn(newPower, sym("ownPower")), rival: ifBetter(z, "rival"), rivalPower: ifBetter(newPower, "rivalPower"), rivalAt: ifBetter(sym("at"), "rivalAt"), at: add(sym("at"), 1),
  } };
  // By the logarithms of both probabilities.
  const byRival = (f: Expr): Expr => simplify.mul(sym("pj"), differentiate(f, "pj"));
  const f = pairFormula(loss, p, sym("pj"), "alphaOwn", known);
  const firsts = order > 0 ? { ownSlope: byLogP(f), rivalSlope: byRival(f) } : {};
  const seconds = order > 1 ? { ownBend: byLogP(byLogP(f)), crossBend: byRival(byLogP(f)), rivalBend: byRival(byRival(f)) } : {};
  const names = Object.keys({ ...firsts, ...seconds });
  const reading = { ...readingOf(sym("ownPower"), own), pj: mul(sym("rivalPower"), sym("inverse")) };
  const [value, ...derivatives] = bind(lower([f, ...Object.values(firsts), ...Object.values(seconds)]), reading) as [Expr, ...Expr[]];
  const formulas = {
    perClass: false, store: { weights: mul(weight, value) },
    carry: Object.fromEntries(derivatives.map((e, i) => [names[i]!, mul(mul(weight, sym("scale")), e)])),
  };
  const zeros = Object.fromEntries([...names, "own", "alphaOwn", "ownPower", "rivalPower", "at", "classAt"].map((name) => [name, 0]));
  return {
    passes: [labelled, found, shares, formulas, ...(order > 0 ? [spread(order)] : [])],
    carried: { ...carriedOfRow, ...zeros, rival: -Infinity, rivalAt: -1 }, sums: 0, parameters: ["alphaT", "scale"],
  };
}

/**
 * From the derivatives by log p_y and log p_r to those by the logits, with a_j = [j = y] − p_j and b_j = [j = r] − p_j:
 *
 *   ψ_y a_j + ψ_r b_j        χ_yy a_j² + 2 χ_yr a_j b_j + χ_rr b_j² − (ψ_y + ψ_r) p_j q_j
 */
function spread(order: number): Program["passes"][number] {
  const { p, q } = readingOf(power, z);
  const [ownSlope, rivalSlope, ownBend, crossBend, rivalBend] = ["ownSlope", "rivalSlope", "ownBend", "crossBend", "rivalBend"].map(sym) as [Expr, Expr, Expr, Expr, Expr];
  const isRival = neg(abs(sub(sym("classAt"), sym("rivalAt"))));
  const a = select(sub(t, 1), q, neg(p)), b = select(isRival, q, neg(p));
  return {
    perClass: true, carry: { classAt: add(sym("classAt"), 1) },
    store: {
      grad: add(mul(ownSlope, a), mul(rivalSlope, b)),
      ...(order > 1 && { hessian: sub(add(mul(ownBend, a, a), mul(2, crossBend, a, b), mul(rivalBend, b, b)), mul(add(ownSlope, rivalSlope), p, q)) }),
    },
  };
}
