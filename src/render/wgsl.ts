import { toFloat32 } from "../expr/float32.ts";
import type { Loss } from "../losses/loss.ts";
import { wgslFunction, words } from "../targets/wgsl.ts";
import { by, derivatives, results } from "./derivatives.ts";

/** A function to put into a shader of one's own, beside the few functions that it is written in. */
export function renderWgsl(loss: Loss): string {
  const { exprs, inputs } = derivatives(loss);
  return [
    `// ${loss.name}: ${results.join(", ")} by ${by(loss)}, in float32 with polynomials of its own.`,
    "// Float, Int and Bits may as well be vec4f, vec4i and vec4u. zero must be bound to a 0: the compiler, which cannot",
    "// know it, then leaves alone what rounding took away and is needed again.",
    "@group(0) @binding(0) var<uniform> zero: u32;",
    words(1, "zero"),
    wgslFunction(loss.name, inputs, toFloat32(exprs), { struct: "Derivatives", names: results }),
  ].join("\n");
}
