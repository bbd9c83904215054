import { FocalError } from "../errors.ts";
import type { AnyLoss, Loss } from "../losses/loss.ts";
import { renderJs } from "./js.ts";
import { renderTex } from "./tex.ts";
import { renderWasm } from "./wasm.ts";
import { renderWgsl } from "./wgsl.ts";

const printers = { tex: renderTex, js: renderJs, wasm: renderWasm, wgsl: renderWgsl } satisfies Record<string, (loss: Loss) => string>;

/** The languages a loss can be printed in. */
export type Language = keyof typeof printers;

/**
 * A loss in another language, as source text.
 *
 * `tex` is the formula as it was written; the others are the stable form that runs: value, slope and curvature.
 *
 * @param loss - a loss, or a family for the loss at its defaults
 * @param language - "tex", "js", "wasm" or "wgsl"; losses that are no function of one margin or logit have "tex" alone
 * @throws FocalError `argument` for a language that is not known, or not for this loss
 *
 * @example
 * render(focal, "tex");   // -\alpha_t (1 - p_t)^{\gamma} \log(p_t)
 */
export function render(loss: AnyLoss | (() => AnyLoss), language: Language): string {
  if (typeof loss === "function") return render(loss(), language);
  const print = Object.hasOwn(printers, language) ? printers[language] : undefined;
  if (!print) throw new FocalError("argument", `language must be ${Object.keys(printers).join(", ")}, got ${JSON.stringify(language)}`);
  if (loss.kind === "margin" || loss.kind === "score") return print(loss);
  if (language === "tex") return renderTex(loss);
  throw new FocalError("argument", `${loss.name} is no function of one margin: language must be tex, got ${JSON.stringify(language)}`);
}
