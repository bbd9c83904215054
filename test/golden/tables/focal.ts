/** Focal loss itself, on a finer grid than the others: the README's error bounds are these tables'. */
import type { Entry } from "../entry.ts";
import { cross, fine, labelled, rowsOf } from "./grids.ts";

const gammas = [0, 0.3, 0.5, 1, 1.7, 2, 3, 5];
const half = fine.filter((_, i) => i % 2 === 0);

export const hard: Entry[] = gammas.map((gamma) => ({ loss: "focal", settings: { gamma, alpha: 0.25 }, head: "sigmoid", ...cross([0, 1], fine) }));

export const soft: Entry[] = gammas.map((gamma) =>
  ({ loss: "focal", settings: { gamma, alpha: 0.25 }, head: "sigmoid", ...cross([0.1, 0.5, 0.9].map(Math.fround), half) }));

export const softmax: Entry[] = [0, 0.5, 1.7, 2, 5].flatMap((gamma) => Object.values(rowsOf).map((rows) => {
  const alpha = rows[0]!.map((_, k) => (k + 1) / 4);
  return { loss: "focal", settings: { gamma, alpha }, head: "softmax", ...labelled(rows) };
}));
