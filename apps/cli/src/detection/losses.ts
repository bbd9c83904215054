import { FocalError } from "focal-loss";
import type { Loss } from "focal-loss";
import type { BoxLoss } from "focal-loss/detect";
import { families, type Family, type FamilyName } from "../experiment/families.ts";

/** How a detector is trained, as plain data: it can be sent to another thread and written into a file. */
export interface Recipe {
  readonly name: string;
  /** As the report prints it. */
  readonly formula: string;
  readonly family: FamilyName;
  readonly gamma?: number;
  readonly alpha?: number;
  /** The probability that every anchor's class begins with; false: bias 0, which is a probability of one half. */
  readonly prior: number | false;
  /** Only so many background anchors per positive take part, those of the highest loss (OHEM). */
  readonly hardNegatives?: number;
  readonly boxWeight: number;
  /** Smooth L1 where omitted. */
  readonly boxLoss?: BoxLoss;
}

export const BOX_LOSSES = ["smoothL1", "giou"] as const satisfies readonly BoxLoss[];

export const PRIOR = 0.01;

export interface RecipeSettings {
  readonly gamma?: number | undefined;
  readonly alpha?: number | undefined;
  readonly prior?: number | false | undefined;
  readonly boxWeight?: number | undefined;
  readonly boxLoss?: BoxLoss | undefined;
}

/** What `--loss` may be beside the families of losses. */
export const LOSS_NAMES = ["focal", "ce", "balanced", "ohem", ...Object.keys(families).filter((name) => name !== "focal" && name !== "crossEntropy")];

/**
 * A loss by the name people give it, with what the paper that it comes from sets beside it.
 *
 * @throws FocalError `argument` for an unknown name, or a setting that this loss does not have
 */
export function recipeOf(loss: string, { gamma, alpha, prior = PRIOR, boxWeight = 1, boxLoss = "smoothL1" }: RecipeSettings = {}): Recipe {
  const word = { ce: "crossEntropy", "cross-entropy": "crossEntropy", balanced: "crossEntropy", ohem: "crossEntropy" }[loss] ?? loss;
  if (!Object.hasOwn(families, word)) throw new FocalError("argument", `loss must be ${LOSS_NAMES.join(", ")}, got ${JSON.stringify(loss)}`);
  const family: Family = families[word as FamilyName];
  if (gamma !== undefined && family.zero === undefined) throw new FocalError("argument", `${loss} has no gamma, got ${gamma}`);
  const focusing = family.zero === undefined ? undefined : gamma ?? 2;
  const weight = alpha ?? (loss === "balanced" ? 0.75 : loss === "focal" ? paperAlpha(focusing!) : undefined);
  const hardNegatives = loss === "ohem" ? 3 : undefined;
  const called = loss === "ohem" ? "OHEM 1 : 3" : word === "crossEntropy" ? (weight === undefined ? "cross-entropy" : "α-balanced cross-entropy") : word;
  const suffix = [...(focusing === undefined ? [] : [`γ = ${focusing}`]), ...(weight === undefined ? [] : [`α = ${weight}`])].join(", ");
  const recipe: Recipe = {
    name: [called, ...(suffix === "" ? [] : [suffix])].join(" ") + (prior === false ? ", bias 0" : prior === PRIOR ? "" : `, prior ${prior}`) + (boxLoss === "giou" ? ", GIoU" : "") + (boxWeight === 1 ? "" : `, box weight ${boxWeight}`),
    formula: family.formula(weight === undefined ? "" : "αₜ ", focusing) + (hardNegatives === undefined ? "" : `, the ${hardNegatives} hardest of background for each positive`) + (prior === false ? "; bias 0" : `; prior ${prior}`),
    family: word as FamilyName, prior, boxWeight,
    ...(focusing !== undefined && { gamma: focusing }), ...(weight !== undefined && { alpha: weight }), ...(hardNegatives !== undefined && { hardNegatives }), ...(boxLoss !== "smoothL1" && { boxLoss }),
  };
  lossOf(recipe); // refuses what cannot be trained with
  return recipe;
}

/** The paper's table 1b: the best α of each γ. */
function paperAlpha(gamma: number): number {
  return gamma === 0 ? 0.75 : gamma < 0.3 ? 0.75 : gamma <= 0.5 ? 0.5 : 0.25;
}

/** The loss of a recipe. */
export function lossOf({ family, gamma, alpha }: Recipe): Loss {
  const { make }: Family = families[family];
  return make({ ...(gamma !== undefined && { gamma }), ...(alpha !== undefined && { alpha }) });
}

/**
 * What `focal detect compare` trains: the rows of the focal loss paper's table 1, and cross-entropy with its box loss weighted up, which
 * has no other explanation than the weight.
 */
export function rivals(gammas: readonly number[]): Recipe[] {
  return [
    recipeOf("ce"), recipeOf("ce", { prior: false }), recipeOf("balanced"),
    ...gammas.map((gamma) => recipeOf("focal", { gamma })),
    recipeOf("ohem"), recipeOf("ce", { boxWeight: 10 }),
  ];
}
