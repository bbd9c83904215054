import type { LossResult, Results } from "../results.ts";

/** A loss with the look it keeps through all figures. */
export interface Player {
  readonly result: LossResult;
  readonly role: "reference" | "noise floor" | "candidate";
  readonly color: string;
  readonly dash: string;
  readonly strokeWidth: number;
}

/** More lines than this in one panel cannot be told apart. */
const MOST = 6;

/**
 * Which losses the figures draw, and how: cross-entropy in ink, its restart dashed, the others in colours.
 *
 * Of many candidates the recommended one and those of highest average precision are drawn; the table shows all.
 */
export function castOf({ losses, recommendation }: Results): readonly Player[] {
  const candidates = losses.slice(2);
  const ranked = [...candidates].sort((a, b) => rank(b, recommendation.loss) - rank(a, recommendation.loss));
  const chosen = new Set(ranked.slice(0, MOST - 2));
  let colored = 0;
  return losses.flatMap((result, i): Player[] => {
    if (i === 0) return [{ result, role: "reference", color: "var(--ink)", dash: "none", strokeWidth: 2.2 }];
    if (i === 1) return [{ result, role: "noise floor", color: "var(--faint)", dash: "4 3", strokeWidth: 1.5 }];
    if (!chosen.has(result)) return [];
    return [{ result, role: "candidate", color: `var(--c${(colored++ % 6) + 1})`, dash: "none", strokeWidth: 1.8 }];
  });
}

function rank(loss: LossResult, recommended: string): number {
  const { mean } = loss.summary.averagePrecision;
  return loss.name === recommended ? Infinity : Number.isFinite(mean) ? mean : -Infinity;
}

/** Cross-entropy and the recommended loss; where that is cross-entropy itself, the best candidate beside it. */
export function referenceAndRecommended(cast: readonly Player[], recommended: string): readonly Player[] {
  const [reference] = cast;
  const candidates = cast.filter(({ role }) => role === "candidate");
  const best = [...candidates].sort((a, b) => rank(b.result, recommended) - rank(a.result, recommended))[0];
  return [reference, best].filter((player) => player !== undefined);
}
