import type { LossProfile } from "focal-loss/evaluate";
import type { Explanation } from "../explanation.ts";
import type { Look } from "./panel.ts";

/** A loss of an explanation with the look it keeps through all figures. */
export interface LossLook extends Look {
  readonly name: string;
  readonly profile: LossProfile;
  readonly explained: boolean;
}

/** Cross-entropy in ink, the others in colours by rising γ; the explained loss is drawn boldest. */
export function lossLooks({ losses, diagnosis }: Explanation): readonly LossLook[] {
  const all = losses.map((name, i) => ({ name, profile: diagnosis.losses[i]!, explained: i === 0 }));
  const strength = ({ name, profile: { parameters } }: (typeof all)[number]): number =>
    (name === "cross-entropy" ? -1 : typeof parameters["gamma"] === "number" ? parameters["gamma"] : Infinity);
  let colored = 0;
  return [...all].sort((a, b) => strength(a) - strength(b)).map((loss) => ({
    ...loss, dash: "none", strokeWidth: loss.explained ? 2.8 : 1.5,
    color: loss.name === "cross-entropy" ? "var(--ink)" : `var(--c${(colored++ % 6) + 1})`,
  }));
}
