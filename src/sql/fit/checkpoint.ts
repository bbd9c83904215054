import { FocalError } from "../../errors.ts";
import type { Minimization } from "../../train/lbfgs.ts";
import type { Comparison } from "./columns.ts";
import type { Term } from "./model.ts";

/** What was learnt of a source before fitting: plain data. */
export interface Survey {
  /** What aliases begin with. */
  readonly prefix: string;
  readonly target: { readonly column: string; readonly compared: Comparison };
  /** As text. Of two, the second is the positive; a lone one is the positive against all others. */
  readonly classes: readonly string[];
  /** Rows with a target, and the sum of their weights: every pass must see them all. */
  readonly rows: number;
  readonly weight: number;
  /** Σ weight of each class; of a lone positive, of the others and of it. */
  readonly shares: readonly number[];
  /** Rows without a target, which are left out. */
  readonly skipped: number;
  readonly terms: readonly Term[];
}

/** A fit put down between two iterations: plain data, good for JSON. */
export interface FitCheckpoint {
  readonly kind: "sql-linear";
  /** What is being fitted to what; another fit refuses it. */
  readonly run: string;
  readonly survey: Survey;
  /** Σ weight · x xᵀ over all rows, x the standardised terms and a 1: the upper triangle, row by row. */
  readonly gram: readonly number[];
  readonly passes: number;
  readonly seconds: number;
  readonly minimization: Plain<Minimization>;
  /** Newton's damping. */
  readonly damping: number;
}

type Plain<T> = T extends Float64Array ? readonly number[] : T extends readonly (infer Item)[] ? readonly Plain<Item>[] : T extends object ? { readonly [key in keyof T]: Plain<T[key]> } : T;

export const toPlain = ({ x, gradient, moves, changes, ...rest }: Minimization): FitCheckpoint["minimization"] =>
  ({ ...rest, x: [...x], gradient: [...gradient], moves: moves.map((move) => [...move]), changes: changes.map((change) => [...change]) });

export const fromPlain = ({ x, gradient, moves, changes, ...rest }: FitCheckpoint["minimization"]): Minimization =>
  ({ ...rest, x: Float64Array.from(x), gradient: Float64Array.from(gradient), moves: moves.map((move) => Float64Array.from(move)), changes: changes.map((change) => Float64Array.from(change)) });

/** @throws FocalError `model` for a checkpoint of another fit */
export function expectSameRun(checkpoint: FitCheckpoint, run: string): void {
  if (checkpoint?.kind !== "sql-linear") throw new FocalError("model", "resume must be a checkpoint that onCheckpoint was given");
  if (checkpoint.run !== run) throw new FocalError("model", `the checkpoint belongs to another fit: expected ${run}, got ${checkpoint.run}`);
}
