import { crossEntropy, focal, FocalError } from "focal-loss";
import { brier, diagnose, expectedCalibrationError, reliability } from "focal-loss/evaluate";
import type { Loss } from "focal-loss";
import type { Diagnosis } from "focal-loss/evaluate";
import { quote } from "../data/near.ts";
import type { Explanation, Reliability } from "../explanation.ts";
import { percent } from "../report/format.ts";
import { probabilitiesOf } from "./logits.ts";
import type { Predictions, ScoredRows } from "./read.ts";

/** A loss with the name it goes by. */
export interface NamedLoss {
  readonly name: string;
  readonly loss: Loss;
}

/** γ of the curves, as in the paper's figures. */
const GAMMAS = [0.5, 1, 2, 5];

/** Explains what a loss does with predictions, beside cross-entropy and focal loss at several γ. */
export function explain(predictions: Predictions, explained: NamedLoss, reproduce: Explanation["reproduce"]): Explanation {
  const { source, classes, explained: rows, judged, notes } = predictions;
  const [only, another] = new Set(rows.labels);
  if (another === undefined) {
    throw new FocalError("data", only === undefined
      ? `no row of ${source.files.join(" and ")} has a label to explain`
      : `every row${source.part === undefined || source.part === "all" ? "" : ` of the part ${quote(source.part)}`} has the label ${quote(classes[only]!)}, nothing to tell apart`);
  }
  const against = [{ name: "cross-entropy", loss: crossEntropy() }, ...GAMMAS.map((gamma) => ({ name: `focal γ = ${gamma}`, loss: focal({ gamma }) }))]
    .filter(({ name }) => name !== explained.name);
  const diagnosis = diagnose(rows.logits, rows.labels, explained.loss, {
    ...(classes.length === 2 ? { head: "sigmoid" } : { head: "softmax", classes: classes.length }), against: against.map(({ loss }) => loss), names: classes,
  });
  const suggested = suggestedBy(diagnosis, classes);
  return {
    format: 1, headline: headlineOf(diagnosis), ...(suggested !== undefined && { suggested }), source, classes,
    losses: [explained, ...against].map(({ name }) => name), diagnosis, reliability: judge(judged, classes.length), notes, reproduce,
  };
}

function headlineOf({ verdict: { gamma, easyBackground, reasons } }: Diagnosis): string {
  if (gamma === undefined) return reasons[0]!;
  if (gamma === 0) return "On these predictions cross-entropy leaves focal loss nothing to do: no easy background drowns the rest.";
  return `On these predictions an easy background makes ${percent(easyBackground[0]!.gradient)} of cross-entropy's gradient; focal loss with γ = ${gamma} leaves it ${percent(easyBackground.at(-1)!.gradient)}.`;
}

function suggestedBy({ verdict: { gamma, alpha } }: Diagnosis, classes: readonly string[]): string | undefined {
  if (gamma === undefined) return undefined;
  const weights = alpha === undefined ? "" : typeof alpha === "number" ? `α = ${alpha}` : `class weights ${weightsInWords(alpha as readonly number[], classes)}`;
  if (gamma === 0) return weights === "" ? "cross-entropy" : `cross-entropy with ${weights}`;
  return `focal loss with γ = ${gamma}${weights === "" ? "" : ` and ${weights}`}`;
}

/** All weights are in the numbers; a sentence holds a few. */
function weightsInWords(weights: readonly number[], classes: readonly string[]): string {
  const some = weights.slice(0, 8).map((weight, k) => `${weight} (${classes[k]!})`);
  return some.length < weights.length ? `${some.join(", ")}, …` : some.join(", ");
}

function judge({ part, labels, logits, recovered }: ScoredRows, classes: number): Reliability {
  const curve = (scores: "raw" | "recovered", of: Float64Array) => {
    const p = probabilitiesOf(of, classes);
    return { scores, bins: reliability(p, labels, classes, 10), ece: expectedCalibrationError(p, labels, classes), brier: brier(p, labels, classes) };
  };
  // A model trained with plain cross-entropy has nothing to recover.
  const differs = recovered?.some((logit, i) => Math.abs(logit - logits[i]!) > 1e-3);
  return { ...(part !== undefined && { part }), rows: labels.length, curves: [curve("raw", logits), ...(differs ? [curve("recovered", recovered!)] : [])] };
}
