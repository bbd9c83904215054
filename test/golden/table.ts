/**
 * Prints the table of the losses as docs and README have it: `npm run table:losses`.
 *
 * Formulas, parameters, heads and engines are asked of the losses themselves; errors are the worst over the golden values.
 */
import { pathToFileURL } from "node:url";
import * as library from "focal-loss";
import type { AnyLoss, Engine } from "focal-loss";
import { render } from "focal-loss/render";
import { criterionOf, goldens } from "./read.ts";
import type { Golden } from "./read.ts";

type Family = { (): AnyLoss; readonly defaults: Readonly<Record<string, number>> };

/** In reading order: of one margin, of one probability and its target, of rows, of whole batches. */
const names = [
  "crossEntropy", "focal", "focalStar", "poly1Focal", "inverseFocal", "reducedFocal", "reducedFocalContinuous", "flsd53", "equalizedFocal", "cyclicalFocal",
  "asymmetric", "qualityFocal", "varifocal", "gaussianFocal",
  "asymmetricSingleLabel", "distributionFocal", "dualFocal",
  "normalizedFocal", "focalTversky", "unifiedFocal", "asymmetricUnifiedFocal",
] as const;

export interface Row {
  readonly name: string;
  readonly formula: string;
  readonly parameters: string;
  readonly heads: string;
  readonly engines: string;
  /** Of value, gradient and Hessian; undefined where the engine does not run the loss. */
  readonly float64: readonly number[] | undefined;
  readonly float32: readonly number[] | undefined;
}

export function lossTable(): Row[] {
  const missing = Object.entries(library).filter(([name, made]) => typeof made === "function" && "defaults" in made && !names.includes(name as never));
  if (missing.length > 0) throw new Error(`the table has no place for ${missing.map(([name]) => name).join(", ")}`);
  const losses = names.map((name): Row => {
    const family = library[name] as unknown as Family, loss = family();
    const heads = (["sigmoid", "softmax"] as const).filter((head) => works(() => library.criterion(loss, { head, ...(head === "softmax" && { classes: 3 }) })));
    const float32 = worst("wasm", ({ loss, transform }) => loss === name && !transform);
    return {
      name, formula: render(loss, "tex"), heads: heads.join(", "), engines: float32 ? "JS, SIMD" : "JS",
      parameters: Object.entries(family.defaults).map(([key, value]) => `${key} ${value}`).join(", "),
      float64: worst("js", ({ loss, transform }) => loss === name && !transform), float32,
    };
  });
  const transforms = ([["ldam", "L(u - \\Delta_y)"], ["logitAdjusted", "L(z + \\tau \\log \\pi)"]] as const).map(([name, formula]): Row => {
    const own = ({ transform }: Golden): boolean => transform?.name === name;
    const float32 = worst("wasm", own);
    return {
      name: `${name}(loss, counts)`, formula, parameters: name === "ldam" ? "maxMargin 0.5" : "tau 1", heads: "sigmoid, softmax", engines: float32 ? "JS, SIMD" : "JS",
      float64: worst("js", own), float32,
    };
  });
  return [...losses, ...transforms];
}

/**
 * The worst errors of value, gradient and Hessian, each by the size of the result or, where that passes through 0, of the
 * example's own loss. Below 2⁻¹¹⁵ nothing counts in float32, whose factors there have no normal numbers.
 */
function worst(engine: Engine, concerns: (golden: Golden) => boolean): number[] | undefined {
  const type = engine === "js" ? Float64Array : Float32Array, floor = engine === "js" ? 0 : 2 ** -115;
  const errors = [0, 0, 0];
  let ran = false;
  for (const { golden } of goldens()) {
    if (!concerns(golden)) continue;
    let results: (ArrayLike<number> | number)[];
    try {
      const { value, grad, hessian } = criterionOf(golden, engine).derivatives(type.from(golden.logits) as Float64Array, golden.targets as number[]);
      results = [value, grad, hessian];
    } catch (error) {
      if ((error as library.FocalError).code === "engine") continue;
      throw error;
    }
    ran = true;
    [golden.value, golden.grad, golden.hessian].forEach((wanted, which) => {
      [wanted].flat().forEach((want, i) => {
        if (want === null) return;
        const got = results[which]!, difference = Math.abs((typeof got === "number" ? got : got[i]!) - want);
        if (difference > floor) errors[which] = Math.max(errors[which]!, difference / Math.max(Math.abs(want), lossAt(golden, i)));
      });
    });
  }
  return ran ? errors : undefined;
}

/** The loss of the example that logit i belongs to. */
function lossAt({ value, logits }: Golden, i: number): number {
  const losses = [value].flat();
  return Math.abs(losses[Math.floor((i * losses.length) / logits.length)] ?? 0) / (Array.isArray(value) ? 1 : logits.length);
}

function works(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}

const errors = (of: readonly number[] | undefined): string => of?.map((e) => e.toExponential(0)).join(" ") ?? "–";

/** One line of the table in Markdown. */
export const printed = ({ name, formula, parameters, heads, engines, float64, float32 }: Row): string =>
  `| \`${name}\` | $\`${formula}\`$ | ${parameters || "–"} | ${heads} | ${engines} | ${errors(float64)} | ${errors(float32)} |`;

export const heading = [
  "| loss | formula | parameters and defaults | heads | engines | error, float64 | error, float32 SIMD |",
  "|---|---|---|---|---|---|---|",
];

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const line of [...heading, ...lossTable().map(printed)]) console.log(line);
}
