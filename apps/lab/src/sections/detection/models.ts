import { PRIOR } from "./settings.ts";
import type { Name, Settings } from "./settings.ts";

/** The detectors as they are told apart: by name, colour and dashes. */
export const models: readonly { readonly name: Name; readonly title: string; readonly color: string; readonly dash: string }[] = [
  { name: "half", title: "Cross-entropy from ½", color: "var(--c3)", dash: "6 3" },
  { name: "prior", title: "Cross-entropy", color: "var(--ink)", dash: "0" },
  { name: "focal", title: "Focal loss", color: "var(--c1)", dash: "0" },
];

/** From which probability of an object a detector starts at every anchor. */
export const startOf = (name: Name, { prior }: Pick<Settings, "prior">): number | false => (name === "half" || (name === "focal" && !prior) ? false : PRIOR);
