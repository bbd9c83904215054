import type { Example } from "./examples.ts";

export const exampleNames: Readonly<Record<Example, { readonly label: string; readonly says: string }>> = {
  detector: { label: "A detector’s boxes", says: "30 000 logits, 1 object in 170" },
  screening: { label: "A screening test", says: "20 000 probabilities, 1 ill in 80" },
  animals: { label: "Three kinds of animals", says: "4 000 rows, 3 logits each" },
  machines: { label: "Machines that fail", says: "12 000 rows to train on" },
  million: { label: "A million rows", says: "18 MB, made in the page" },
};
