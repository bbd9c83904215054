import type { RunName } from "./compare.ts";

/** Cross-entropy in the ink of the page, its restart dashed, focal loss in the first colour of series. */
export const runLooks: Readonly<Record<RunName, { readonly name: string; readonly color: string; readonly dash?: string }>> = {
  crossEntropy: { name: "cross-entropy", color: "var(--ink)" },
  again: { name: "cross-entropy again", color: "var(--faint)", dash: "5 3" },
  focal: { name: "focal loss", color: "var(--c1)" },
};
