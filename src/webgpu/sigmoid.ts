import { toFloat32 } from "../expr/float32.ts";
import type { Order } from "../losses/derive.ts";
import { derive } from "../losses/derive.ts";
import type { Labels } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import { wgslFunction } from "../targets/wgsl.ts";
import { entry, isNaNText, pairOf, shader } from "./shader.ts";
import type { Shader } from "./shader.ts";

/** What a shader is compiled for. */
export interface Variant {
  readonly loss: Loss;
  /** How targets are read. */
  readonly labels: Labels;
  readonly order: Order;
  readonly weighted: boolean;
  /** Some targets may be of the value that is ignored. */
  readonly ignoring: boolean;
  /** Stores every example's loss instead of summing. */
  readonly each: boolean;
}

export const results = ["value", "slope", "curvature"] as const;

/** The storage that both heads read and write, beside targets and tables. */
export const outputs = ({ order, each }: Variant, type: string) => [
  each && { name: "losses", type, writes: true },
  order > 0 && { name: "grad", type, writes: true },
  order > 1 && { name: "hessian", type, writes: true },
  !each && { name: "partials", type: "vec2f", writes: true },
];

/**
 * The sigmoid head around a loss's formulas: each thread takes a vector of logits, and the next one as far on as there
 * are threads. Width 1 is the same shader for the few logits that fill no vector.
 */
export function sigmoidShader(variant: Variant, width: 1 | 4): Shader {
  const { loss, labels, order, weighted, ignoring, each } = variant;
  const exprs = toFloat32(derive(loss, labels, order));
  const body = `
${wgslFunction("loss", ["u", "w", "alphaT", "alphaRest"], exprs, { struct: "Derivatives", names: results.slice(0, order + 1) })}
fn example(i: u32) -> Float {
  let loaded = logits[i];
  let x = loaded + Float(params.offset);
  let given = targets[i];
  ${ignoring ? "let counts = given != Float(params.ignored);" : ""}
  let t = ${ignoring ? "select(Float(0), given, counts)" : "given"};
  let negative = Float(params.negative);
  let positive = Float(params.positive);
  ${reading(labels)}
  let nan = fromBits(0x7fc00000u);
  let unknown = ${isNaNText("loaded")};
  let weight = ${weighted ? "weights[i]" : "Float(1)"};
  let value = ${answer("found.value * weight")};
  ${each ? "losses[i] = value * params.scale;" : ""}
  ${order > 0 ? `grad[i] = ${answer(`${labels === "score" || labels === "mixture" ? "found.slope" : "select(-found.slope, found.slope, right)"} * (weight * params.scale)`)};` : ""}
  ${order > 1 ? `hessian[i] = ${answer("found.curvature * (weight * params.scale)")};` : ""}
  return value;
}
${entry} {
  ${each ? "" : "var running = Running(Float(0), Float(0));"}
  for (var i = group.x * size + thread; i < params.count; i += groups.x * size) {
    ${each ? "_ = example(params.first + i);" : "running = include(running, example(params.first + i));"}
  }
  ${each ? "" : `let total = gather(${pairOf(width, "running")}, thread);\n  if (thread == 0u) { partials[params.slot + group.x] = total; }`}
}`;
  function answer(result: string): string {
    const known = `select(${result}, nan, unknown)`;
    return ignoring ? `select(Float(0), ${known}, counts)` : known;
  }
  return shader(width, 256, [{ name: "logits", type: "Float" }, { name: "targets", type: "Float" }, weighted && { name: "weights", type: "Float" }, ...outputs(variant, "Float")], body);
}

/** From logit x and target t to the formulas' symbols; see `Labels`. */
function reading(labels: Labels): string {
  if (labels === "score" || labels === "mixture") return "let found = loss(x, t, positive, negative);";
  if (labels === "hard") {
    return "let right = t != Float(0);\n  let found = loss(select(-x, x, right), t, select(negative, positive, right), negative);";
  }
  return "let right = x >= Float(0);\n  let found = loss(abs(x), select(t, Float(1) - t, right), t * positive + (Float(1) - t) * negative, negative);";
}
