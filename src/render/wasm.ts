import { toFloat32 } from "../expr/float32.ts";
import type { Loss } from "../losses/loss.ts";
import { Listing } from "../targets/wasm.ts";
import type { Instruction } from "../targets/wasm.ts";
import { by, derivatives, results } from "./derivatives.ts";

/** The instructions over four float32 lanes, one a line; without the head, the loop and the memory around them. */
export function renderWasm(loss: Loss): string {
  const { exprs, inputs } = derivatives(loss);
  const listing = new Listing();
  const symbols = Object.fromEntries(inputs.map((name, i) => [name, listing.emit("param", [], i)]));
  const values = listing.formulas(toFloat32(exprs), symbols);
  return [
    `;; ${loss.name}: ${results.join(", ")} by ${by(loss)}, four float32 lanes at a time`,
    ...listing.instructions.map(({ op, args, immediate }, r) => `$${r} = ${op}${[...args.map((arg) => `$${arg}`), ...operand(op, immediate)].map((text) => ` ${text}`).join("")}`),
    ...values.map((register, i) => `${results[i]} = $${register}`),
  ].join("\n");

  function operand(op: Instruction["op"], immediate: number): string[] {
    if (op === "param") return [inputs[immediate]!];
    if (op === "v128.const") return [`i32x4 0x${(immediate >>> 0).toString(16).padStart(8, "0")} ;; ${new Float32Array(Int32Array.of(immediate).buffer)[0]}`];
    return op.includes(".sh") ? [String(immediate)] : [];
  }
}
