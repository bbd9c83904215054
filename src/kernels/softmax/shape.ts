import type { Order } from "../../losses/derive.ts";

/** What a softmax kernel is compiled for, beside its loss. */
export interface Shape {
  readonly order: Order;
  readonly classes: number;
  /** How logits lie: "rows", one example after another, or "planes", one class after another. */
  readonly layout: "rows" | "planes";
  readonly weighted: boolean;
  /** Whether some label says that an example does not count; it is weighted then. */
  readonly ignoring: boolean;
  /** Numbers that each class has one of, by the names that the passes know them by. */
  readonly tables: readonly string[];
}

/** One number per example that a pass leaves to the next ones: see the passes for what they are. */
export const perExample = ["base", "own", "power", "shift", "sum", "rest", "top", "inverse", "pull", "slope", "curvature", "ignored"] as const;
export type PerExample = (typeof perExample)[number];

/** Rows of up to so many classes go by many at a time. */
const short = 256;
/** Vectors of examples whose formulas run in lockstep. */
export const lockstepOf = ({ classes, layout }: Shape): number => (layout === "planes" || classes <= short ? 4 : 1);
/** Examples that a kernel takes in one go at least. */
export const unitOf = (shape: Shape): number => 4 * lockstepOf(shape);

/** Logits of a group: powers are to stay in the level-1 cache from pass to pass, but planes are to be read in long runs. */
const groupLength = { rows: 2048, planes: 8192 };
/** Examples that all passes go over before the next ones have their turn. */
export const groupOf = (shape: Shape): number => Math.max(1, Math.floor(groupLength[shape.layout] / shape.classes / unitOf(shape))) * unitOf(shape);

/** Where the numbers of a group are, in bytes behind the address of its scratch. */
export interface Scratch {
  readonly of: Readonly<Record<PerExample, number>>;
  /** A power of e for every logit, as the logits lie, planes without gaps; then room for rows that hang over. */
  readonly powers: number;
  /** One table after another, each a whole number of vectors. */
  readonly tables: number;
  readonly tableBytes: number;
  readonly bytes: number;
}

export function scratchOf(shape: Shape): Scratch {
  const group = groupOf(shape), { classes } = shape;
  const of = Object.fromEntries(perExample.map((name, i) => [name, 4 * group * i])) as Record<PerExample, number>;
  const powers = 4 * group * perExample.length, tables = powers + 4 * ((group + 1) * classes + 16), tableBytes = 16 * Math.ceil(classes / 4);
  return { of, powers, tables, tableBytes, bytes: tables + tableBytes * shape.tables.length };
}

/** A row's vectors: how many there are, and how many classes the last of them holds. */
export const vectorsOf = (classes: number): { readonly count: number; readonly inLast: number } => ({ count: Math.ceil(classes / 4), inLast: ((classes - 1) % 4) + 1 });
/** Rows of up to so many vectors are written out, longer ones looped over. */
export const writtenOut = 8;
