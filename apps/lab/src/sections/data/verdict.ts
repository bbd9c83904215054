import type { Diagnosis } from "focal-loss/evaluate";
import { percent } from "../../ui/format.ts";

/** The verdict in one sentence. */
export function headline({ verdict: { gamma, easyBackground, reasons } }: Diagnosis): string {
  if (gamma === undefined) return reasons[0]!;
  if (gamma === 0) return "On these scores cross-entropy leaves focal loss nothing to do: no easy background drowns the rest.";
  const before = percent(easyBackground[0]!.gradient), after = percent(easyBackground.at(-1)!.gradient);
  return `On these scores an easy background makes ${before} of cross-entropy’s gradient; focal loss with γ = ${gamma} leaves it ${after}.`;
}

/** What is suggested, in the words of a setting; empty where nothing can be. */
export function suggestion({ verdict: { gamma, alpha } }: Diagnosis, classes: readonly string[]): string {
  if (gamma === undefined) return "";
  const loss = gamma === 0 ? "cross-entropy" : `focal loss, γ = ${gamma}`;
  if (alpha === undefined) return loss;
  if (typeof alpha === "number") return `${loss}, α = ${alpha}`;
  const weights = alpha as readonly number[], some = weights.slice(0, 6).map((weight, k) => `${weight} (${classes[k]!})`);
  return `${loss}, class weights ${some.join(", ")}${weights.length > some.length ? ", …" : ""}`;
}
