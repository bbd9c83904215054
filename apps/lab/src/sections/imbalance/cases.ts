import type { View } from "./fields.ts";

/** A view worth a look, and what it shows; the tests train each and hold its text against the outcome. */
export interface Case {
  readonly name: string;
  readonly title: string;
  /** What there is to see. */
  readonly finding: string;
  /** Whether focal loss gains anything over plain cross-entropy here. */
  readonly helps: boolean;
  readonly view: Readonly<Omit<View, "count">>;
}

const usual = { shape: "rings", imbalance: 100, overlap: 0.4, noise: 0, seed: 1, gamma: 2, alpha: 0.5, prior: false, steps: 400 } as const;

export const cases: readonly Case[] = [
  {
    name: "drowned", title: "Drowned in easy negatives", helps: true, view: usual,
    finding: "The paper’s claim. From a start at ½, cross-entropy spends its first steps on 1,980 negatives that all say “lower”, and after 400 steps it has found no positive. Under focal loss those fall silent and the rare class is found. Plain weights do it as well, and sooner, but they call more negatives positive.",
  },
  {
    name: "start", title: "The start was to blame", helps: false, view: { ...usual, prior: true },
    finding: "The same data, but every output starts at its loss’s best constant answer (for cross-entropy, the base rate). Nothing is left to unlearn, and cross-entropy ranks as well as focal loss. Try this first: it costs nothing.",
  },
  {
    name: "converged", title: "Trained to the end", helps: false, view: { ...usual, shape: "blobs", imbalance: 20, steps: 1000 },
    finding: "Classes that overlap, with time to learn them. The three boundaries differ, the rankings do not: average precision agrees within two hundredths. So does F1 once each has its own threshold (dashed). On tables of real data this is the usual outcome.",
  },
  {
    name: "alpha", title: "α moves the boundary", helps: false, view: { ...usual, shape: "blobs", imbalance: 20, alpha: 0.25, steps: 1000 },
    finding: "γ leaves the line at ½ where it was; α moves it. The detectors’ α = 0.25 weighs positives down to a third of negatives, and recall at ½ falls to about half of cross-entropy’s. The ranking is untouched: another threshold would do the same.",
  },
  {
    name: "noise", title: "Wrong labels", helps: false, view: { ...usual, shape: "blobs", imbalance: 20, noise: 0.3 },
    finding: "Of the positives’ labels, 30 % are wrong. To a loss, a wrong label is a hard example, and focal loss looks at hard examples. Here that costs little and gains nothing.",
  },
  {
    name: "even", title: "As many of each", helps: false, view: { ...usual, shape: "moons", imbalance: 1 },
    finding: "Without imbalance nothing is drowned. All three draw the same boundary; only the scores of focal loss are paler, nearer to ½ than the truth. Section 4 puts them back.",
  },
];

/** The case that a view is, if it is one. */
export const caseOf = (view: Readonly<View>): Case | undefined =>
  view.count === 2000 ? cases.find((one) => Object.entries(one.view).every(([name, value]) => view[name as keyof View] === value)) : undefined;
