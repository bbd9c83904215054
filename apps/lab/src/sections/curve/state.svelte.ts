import { crossEntropy, focal } from "focal-loss";
import { choice, flag, number, numbers, sectionState } from "../../state/index.ts";
import type { Picture, Series } from "./draw.ts";
import { curveOf, evaluate, grid, logitOf } from "./evaluate.ts";
import { member, overlays } from "./family.ts";
import type { Overlay } from "./family.ts";
import { chips, faces } from "./words.ts";

export const fields = {
  what: choice("loss", ["loss", "factor", "gradient", "curvature"]),
  gammas: numbers([0, 0.5, 1, 5], { least: 0, most: 10, count: 5 }),
  gamma: number(2, { least: 0, most: 10 }),
  weighted: flag(false),
  alpha: number(0.25, { least: 0, most: 1 }),
  side: choice("positive", ["positive", "negative"]),
  axis: choice("probability", ["probability", "logit"]),
  log: flag(false),
  overlay: choice("none", ["none", ...overlays]),
  at: number(0.9, { least: 0.001, most: 0.999 }),
};
export const state = sectionState("curve", fields);

/** An example as hard as this is what easy ones are held against. */
export const HARD = 0.1;

/** Everything that the section shows, from its state. */
export class Curves {
  readonly alpha = $derived(state.weighted ? state.alpha : undefined);
  readonly #weight = $derived(this.alpha === undefined ? {} : { alpha: this.alpha });
  readonly #loss = $derived(focal({ gamma: state.gamma, ...this.#weight }));
  /** Curvature falls below 0, where no logarithm is. */
  readonly log = $derived(state.log && state.what !== "curvature");
  readonly overlay = $derived(state.overlay === "none" ? undefined : member(state.overlay as Overlay, state.gamma, this.alpha));
  readonly #margins = $derived(grid(state.axis));

  readonly series: Series[] = $derived.by(() => {
    const at = Float64Array.of(logitOf(state.at)), made: Series[] = [];
    const put = (loss: Parameters<typeof curveOf>[0], look: Omit<Series, "points" | "here">): void => {
      made.push({ ...look, points: curveOf(loss, state.what, this.#margins, state.side), here: evaluate(loss, state.what, at, state.side)[0]! });
    };
    for (const { value: gamma, color } of chips) {
      if (!state.gammas.includes(gamma) || gamma === state.gamma) continue;
      put(focal({ gamma, ...this.#weight }), { name: gamma === 0 ? (this.alpha === undefined ? "cross-entropy" : "α · cross-entropy") : `γ = ${gamma}`, color, width: gamma === 0 ? 2.5 : 1.75 });
    }
    if (this.overlay) put(this.overlay.loss, { name: this.overlay.loss.name, color: "var(--c6)", width: 2.5, dash: "7 4" });
    put(this.#loss, { name: `γ = ${state.gamma}`, color: "var(--c1)", width: 3 });
    return made;
  });

  readonly picture: Picture = $derived({
    what: state.what, axis: state.axis, log: this.log, label: faces[state.what].axis, series: this.series,
    cursor: { pt: state.at, logit: logitOf(state.at), value: 0 },
  });

  /** What the example at the cursor costs, under plain cross-entropy and here; and the same number one as hard as `HARD`. */
  readonly here = $derived.by(() => {
    const at = Float64Array.of(logitOf(state.at), logitOf(HARD));
    const [plain, plainHard] = evaluate(crossEntropy(), "loss", at, state.side), [mine, hard] = evaluate(this.#loss, "loss", at, state.side);
    return { plain: plain!, mine: mine!, less: plain! / mine!, worthPlain: plainHard! / plain!, worth: hard! / mine! };
  });
}
