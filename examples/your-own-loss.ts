/** A loss of your own: write the formula; value, gradient, Hessian and source text follow. */
import { criterion, defineLoss } from "focal-loss";
import { add, log, mul, neg, pow, sub } from "focal-loss/expr";
import { render } from "focal-loss/render";

// Poly-1 focal loss (Leng et al., 2022): FL + ε (1 − p_t)^(γ+1).
const poly = defineLoss("poly1Focal", { gamma: 2, epsilon: 1 }, ({ pt, gamma, epsilon }) =>
  add(mul(pow(sub(1, pt), gamma), neg(log(pt))), mul(epsilon, pow(sub(1, pt), add(gamma, 1)))));

console.log(render(poly, "tex")); // (1 - p_t)^{\gamma} (-\log(p_t)) + \epsilon (1 - p_t)^{\gamma + 1}

const { value, grad, hessian } = criterion(poly({ epsilon: 0.5 }), { reduction: "sum" }).derivatives([0], [1]);
console.log([value, grad[0]!, hessian[0]!].map((v) => v.toFixed(6)).join(" ")); // 0.235787 -0.392037 0.492893

// Stable where the formula as written is not: 1 − p_t is exactly 0 in floating point here.
console.log(criterion(poly(), { reduction: "sum" }).value([40], [1]).toExponential(3)); // 1.534e-52
