import type { Loss } from "../losses/loss.ts";
import { js } from "../targets/js.ts";
import { by, derivatives, results } from "./derivatives.ts";

/** A function of plain numbers. */
export function renderJs(loss: Loss): string {
  const { exprs, inputs } = derivatives(loss);
  const { statements, values } = js(exprs, (name) => name);
  return [
    `/** ${loss.name}: value, slope and curvature by ${by(loss)}. */`,
    `function ${loss.name}(${inputs.join(", ")}) {`,
    ...statements.map((statement) => `  ${statement}`),
    `  return { ${results.map((name, i) => `${name}: ${values[i]}`).join(", ")} };`,
    "}",
  ].join("\n");
}
