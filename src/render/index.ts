import { expectKnown, FocalError } from "../errors.ts";
import type { AnyLoss, Loss } from "../losses/loss.ts";
import { renderJs } from "./js.ts";
import { keras } from "./python/keras.ts";
import { renderPython } from "./python/module.ts";
import { pytorch } from "./python/pytorch.ts";
import { renderSql } from "./sql/render.ts";
import type { SqlOptions } from "./sql/render.ts";
import { renderTex } from "./tex.ts";
import { renderWasm } from "./wasm.ts";
import { renderWgsl } from "./wgsl.ts";

/** Languages for every loss, and those for a loss of one margin or logit. */
const general = {
  tex: renderTex,
  pytorch: (loss) => renderPython(loss, pytorch),
  keras: (loss) => renderPython(loss, keras),
} satisfies Record<string, (loss: AnyLoss) => string>;
const scalar = { js: renderJs, wasm: renderWasm, wgsl: renderWgsl, sql: renderSql } satisfies Record<string, (loss: Loss, options: SqlOptions) => string>;

export type { SqlOptions } from "./sql/render.ts";
export type { Dialect } from "../targets/sql/dialects.ts";

/** The languages a loss can be printed in. */
export type Language = keyof typeof general | keyof typeof scalar;

/**
 * A loss in another language, as source text.
 *
 * - `tex`: the formula as it was written
 * - `pytorch`, `keras`: functions for training, of logits and targets or labels, that automatic differentiation may
 *   differentiate as often as it likes: finite and right at ±100, for every γ. The loss's parameters are their defaults.
 *   Keras 3, on any backend; they are called with (y_true, y_pred), as `model.compile` calls a loss
 * - `js`, `wasm`, `wgsl`: the stable form that runs: value, slope and curvature by one margin or logit
 * - `sql`: a query over a table of logits and targets that computes the same for each row, in float64; the loss's parameters
 *   and class weights are written into it
 *
 * @param loss - a loss, or a family for the loss at its defaults
 * @param language - "tex", "pytorch", "keras", "js", "wasm", "wgsl" or "sql"; losses that are no function of one margin or logit
 *   have the first three
 * @param options - `dialect`, for "sql": "duckdb" (default), "clickhouse", "postgres", "trino" or "spark"
 * @throws FocalError `argument` for a language or dialect that is not known, or not for this loss
 *
 * @example
 * render(focal, "tex");   // -\alpha_t (1 - p_t)^{\gamma} \log(p_t)
 */
export function render(loss: AnyLoss | (() => AnyLoss), language: Language, options: SqlOptions = {}): string {
  if (typeof loss === "function") return render(loss(), language, options);
  expectKnown("render", options, ["dialect"]);
  if (options.dialect !== undefined && language !== "sql") throw new FocalError("argument", `dialect is for "sql", got language ${JSON.stringify(language)}`);
  if (isOneOf(general, language)) return general[language](loss);
  const one = loss.kind === "margin" || loss.kind === "score";
  if (one && isOneOf(scalar, language)) return scalar[language](loss, options);
  const known = [...Object.keys(general), ...(one ? Object.keys(scalar) : [])].join(", ");
  throw new FocalError("argument", `${one ? "" : `${loss.name} is no function of one margin: `}language must be ${known}, got ${JSON.stringify(language)}`);
}

const isOneOf = <T extends object>(printers: T, language: PropertyKey): language is keyof T => Object.hasOwn(printers, language);
