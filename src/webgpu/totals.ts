import { entry, pairOf, shader } from "./shader.ts";
import type { Shader } from "./shader.ts";

/** What the sum is divided by, where only the GPU knows: examples not ignored, targets above 0, or weights not ignored. */
export type Counted = "valid" | "positives" | "weights";

/** Adds up a divisor in the same two stages as the losses. */
export function divisorShader(counted: Counted, targets: "f32" | "i32", ignoring: boolean): Shader {
  const one = counted === "weights" ? "weights[i]" : counted === "positives" ? "select(0f, 1f, targets[i] > 0)" : "1f";
  return shader(1, 256, [(ignoring || counted === "positives") && { name: "targets", type: targets }, counted === "weights" && { name: "weights", type: "f32" }, { name: "partials", type: "vec2f", writes: true }], `
${entry} {
  var running = Running(0, 0);
  for (var i = group.x * size + thread; i < params.count; i += groups.x * size) {
    ${ignoring ? `if (targets[i] == ${targets}(params.ignored)) { continue; }` : ""}
    running = include(running, ${one});
  }
  let total = gather(${pairOf(1, "running")}, thread);
  if (thread == 0u) { partials[group.x] = total; }
}`);
}

/**
 * The second stage: adds up the workgroups' sums. Leaves the scaled total, its two parts unscaled, and the scale;
 * or the scale that a divisor makes, 1 ÷ the total (1 where there is nothing to divide by).
 */
export const totalShader = (of: "losses" | "divisor"): Shader => shader(1, 256, [{ name: "partials", type: "vec2f" }, { name: "result", type: "f32", writes: true }], `
${entry} {
  var part = vec2f(0, 0);
  for (var i = thread; i < params.count; i += size) { part = plus(part, partials[i]); }
  let total = gather(part, thread);
  if (thread == 0u) {
    let sum = total.x + total.y;
    ${of === "losses" ? "let scale = params.scale;" : "let scale = 1 / select(1f, sum, sum > 0);"}
    result[0] = sum * scale;
    result[1] = total.x;
    result[2] = total.y;
    result[3] = scale;
  }
}`);
