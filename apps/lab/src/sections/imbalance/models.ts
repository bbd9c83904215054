import type { Name } from "./settings.ts";

/** The models as they are told apart: by name, colour and dashes. */
export const models: readonly { readonly name: Name; readonly title: string; readonly color: string; readonly dash: string }[] = [
  { name: "ce", title: "Cross-entropy", color: "var(--ink)", dash: "0" },
  { name: "balanced", title: "Balanced", color: "var(--c3)", dash: "6 3" },
  { name: "focal", title: "Focal loss", color: "var(--c1)", dash: "0" },
];
