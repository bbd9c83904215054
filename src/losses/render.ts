import { FocalError } from "../errors.ts";
import { fold } from "../expr/fold.ts";
import { js } from "../targets/js.ts";
import { tex } from "../targets/tex.ts";
import { derive, symbolsOf } from "./derive.ts";
import type { Language, Loss } from "./loss.ts";

const printers: Readonly<Record<Language, (loss: Loss) => string>> = {
  tex: (loss) => fold(loss.formula, tex).text,
  js: renderJs,
};

/** The loss in another language. `tex` is the formula as written, the others are the stable form that runs. */
export function render(loss: Loss, language: Language): string {
  const print = (printers as Record<string, ((loss: Loss) => string) | undefined>)[language];
  if (!print) throw new FocalError("argument", `language must be ${Object.keys(printers).join(" or ")}, got ${JSON.stringify(language)}`);
  return print(loss);
}

function renderJs(loss: Loss): string {
  const { value, slope, curvature } = derive(loss, "hard");
  const exprs = [value, slope, curvature];
  const inputs = ["u", ...[...symbolsOf(...exprs)].filter((name) => name !== "u").sort()];
  const { statements, values } = js(exprs, (name) => name);
  return [
    `/** ${loss.name}: value, slope and curvature by the margin u = logit of the true class. */`,
    `function ${loss.name}(${inputs.join(", ")}) {`,
    ...statements.map((statement) => `  ${statement}`),
    `  return { value: ${values[0]}, slope: ${values[1]}, curvature: ${values[2]} };`,
    "}",
  ].join("\n");
}
