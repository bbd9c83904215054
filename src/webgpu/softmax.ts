import { add, log, sym } from "../expr/expr.ts";
import { expOfNegative, toFloat32 } from "../expr/float32.ts";
import { derive } from "../losses/derive.ts";
import { wgslFunction } from "../targets/wgsl.ts";
import { entry, isNaNText, pairOf, shader } from "./shader.ts";
import type { Shader } from "./shader.ts";
import { outputs, results } from "./sigmoid.ts";
import type { Variant } from "./sigmoid.ts";

/** Threads of a workgroup. */
const size = 64;

/** Rows of up to so many classes are a thread's own; a longer one is shared by a workgroup, so that its logits are read side by side. */
const ownRow = 32;

/** How many threads share a row. */
export const lanesOf = (classes: number): number => (classes <= ownRow ? 1 : size);

/** How many rows a workgroup goes over at a time. */
export const rowsAtOnce = (classes: number): number => size / lanesOf(classes);

/**
 * The softmax head, as `softmaxHead` says it: the margin u = z_y − logsumexp_{j≠y} z_j, the formulas at u, and the
 * others' shares r_j. The greatest of the others is left out of their sum of powers, being 1.
 *
 * Differences of logits are taken in two parts, because float32 is coarse where they are large.
 */
export function softmaxShader(variant: Variant, lanes: number): Shader {
  const { loss, order, weighted, ignoring, each } = variant;
  // The shader takes the class's margin off u, in both of its parts.
  const exprs = toFloat32(derive({ ...loss, margins: undefined }, "hard", order), new Map([["u", sym("tail")]]));
  const x = sym("x");
  const alone = lanes === 1;
  const body = `
${wgslFunction("loss", ["u", "tail", "alphaT"], exprs, { struct: "Derivatives", names: results.slice(0, order + 1) })}
${wgslFunction("powerOf", ["x", "tail"], [expOfNegative(x, sym("tail"))], undefined)}
${wgslFunction("logOnePlus", ["x"], toFloat32([log(add(1, x))]), undefined)}
const lanes = ${lanes}u;
// A logit that is not finite, as of a class that is masked, becomes one that is.
fn logit(at: u32, k: u32) -> vec2f {
  let z = logits[at];
  let finite = vec2f(select(select(z, 1.5e38f, z > 1.5e38f), -1.5e38f, z < -1.5e38f), 0);
  return ${loss.offsets ? "plus(finite, tables[k].yz)" : "finite"};
}
fn above(a: vec2f, b: vec2f) -> bool { return a.x > b.x || (a.x == b.x && a.y > b.y); }
fn relative(z: vec2f, top: vec2f) -> f32 { let d = plus(z, -top); return powerOf(d.x, d.y); }
${alone ? "" : reductions}
${entry} {
  let lane = thread % lanes;
  let abreast = size / lanes;
  ${each ? "" : "var running = Running(0, 0);"}
  for (var base = group.x * abreast; base < params.count; base += groups.x * abreast) {
    let row = base + thread / lanes;
    let inside = row < params.count;
    let label = select(0, targets[min(row, params.count - 1u)], inside);
    let counts = ${ignoring ? "inside && label != i32(params.ignored)" : "inside"};
    let own = u32(label);
    let start = (row / params.inner) * params.inner * params.classes + row % params.inner;
    var top = vec2f(-3e38f, 0);
    var unknown = 0f;
    if (counts) {
      for (var j = lane; j < params.classes; j += lanes) {
        let z = logit(start + j * params.inner, j);
        if (${isNaNText("z.x")}) { unknown = 1; }
        if (j != own && above(z, top)) { top = z; }
      }
    }
    ${alone ? "" : "top = greatest(top, thread);"}
    var rest = Running(0, 0);
    var ties = 0f;
    if (counts) {
      for (var j = lane; j < params.classes; j += lanes) {
        let z = logit(start + j * params.inner, j);
        if (j == own) { continue; }
        if (all(z == top)) { ties += 1; } else { rest = include(rest, relative(z, top)); }
      }
    }
    ${alone ? "let others = vec3f(rest.sum, ties, unknown);" : "let others = total(vec3f(rest.sum, ties, unknown), thread);"}
    if (counts) {
    let remaining = others.x + (others.y - 1);
    let sum = 1 + remaining;
    let table = tables[own];
    let lead = plus(logit(start + own * params.inner, own), -top);
    let margin = ${loss.margins ? "plus(plus(lead, vec2f(-logOnePlus(remaining), 0)), vec2f(-table.w, 0))" : "plus(lead, vec2f(-logOnePlus(remaining), 0))"};
    let found = loss(margin.x, margin.y, table.x);
    let nan = fromBits(0x7fc00000u);
    let bad = others.z > 0;
    let weight = ${weighted ? "weights[row]" : "1f"};
    let value = select(found.value * weight, nan, bad);
    ${each ? "if (lane == 0u) { losses[row] = value * params.scale; }" : "if (lane == 0u) { running = include(running, value); }"}
    ${order > 0 ? `let slope = select(found.slope * (weight * params.scale), nan, bad);
    ${order > 1 ? "let curvature = select(found.curvature * (weight * params.scale), nan, bad);" : ""}
    for (var j = lane; j < params.classes; j += lanes) {
      let at = start + j * params.inner;
      let z = logit(at, j);
      let power = relative(z, top);
      let r = power / sum;
      grad[at] = select(-slope * r, slope, j == own);
      ${order > 1 ? "let complement = select(sum - power, remaining, all(z == top)) / sum;\n      hessian[at] = select(curvature * r * r - slope * r * complement, curvature, j == own);" : ""}
    }` : ""}
    }${ignoring ? ` else if (inside) {
      ${each ? "if (lane == 0u) { losses[row] = 0; }" : ""}
      ${order > 0 ? `for (var j = lane; j < params.classes; j += lanes) { grad[start + j * params.inner] = 0; ${order > 1 ? "hessian[start + j * params.inner] = 0;" : ""} }` : ""}
    }` : ""}
  }
  ${each ? "" : `let sumOfAll = gather(${pairOf(1, "running")}, thread);\n  if (thread == 0u) { partials[params.slot + group.x] = sumOfAll; }`}
}`;
  return shader(1, size, [
    { name: "logits", type: "f32" }, { name: "targets", type: "i32" }, weighted && { name: "weights", type: "f32" }, { name: "tables", type: "vec4f" }, ...outputs(variant, "f32"),
  ], body);
}

/** What the threads that share a row find out together, in a fixed order. */
const reductions = `
var<workgroup> tops: array<vec2f, size>;
var<workgroup> totals: array<vec3f, size>;
fn greatest(x: vec2f, thread: u32) -> vec2f {
  workgroupBarrier();
  tops[thread] = x;
  workgroupBarrier();
  for (var reach = size / 2u; reach > 0u; reach /= 2u) {
    if (thread < reach && above(tops[thread + reach], tops[thread])) { tops[thread] = tops[thread + reach]; }
    workgroupBarrier();
  }
  return tops[0];
}
fn total(x: vec3f, thread: u32) -> vec3f {
  workgroupBarrier();
  totals[thread] = x;
  workgroupBarrier();
  for (var reach = size / 2u; reach > 0u; reach /= 2u) {
    if (thread < reach) { totals[thread] += totals[thread + reach]; }
    workgroupBarrier();
  }
  return totals[0];
}`.trim();
