import type { Job } from "../heads/job.ts";
import type { Loss } from "../losses/loss.ts";
import { blockLength } from "./arrays.ts";

/** What a loss has one number per class of, by name. */
export function perClass({ parameters, margins }: Loss): [string, readonly number[]][] {
  const given = Object.entries({ ...parameters, ...(margins && { margins }) });
  return given.filter((entry): entry is [string, readonly number[]] => typeof entry[1] !== "number");
}

/** The symbol of what float32 takes from a setting. */
export const tailName = (name: string): string => `${name} tail`;

/** As many tables as a machine has room for. */
export const mostTables = 12;

/** Values given per column, by the symbols of the formulas: one for each of the columns. */
export type Columns = Readonly<Record<string, ArrayLike<number>>>;

/** What a job is given per column. */
export function columnsOf({ loss, alpha, perColumn }: Pick<Job<Loss>, "loss" | "alpha" | "perColumn">): Columns {
  const varies = (weights: Float64Array): boolean => weights.some((weight) => weight !== weights[0]);
  const settings = perColumn ? perClass(loss).filter(([name]) => name !== "margins") : [];
  return {
    ...((varies(alpha.negative) || varies(alpha.positive)) && { alphaRest: alpha.negative, alphaT: alpha.positive }),
    ...Object.fromEntries(settings.flatMap(([name, values]) => [[name, Float32Array.from(values)], [tailName(name), values.map((v) => v - Math.fround(v))]])),
  };
}

/** Room for one value per element of a block, for each table, and what stands there. */
export interface Tables {
  /** The address of the first. */
  readonly at: number;
  /** All of them, side by side. */
  readonly values: Float32Array;
  /** The columns whose values stand there, as far as the first elements, from which place in a row of columns on. */
  columns: Columns | undefined;
  phase: number;
  length: number;
}

/** Writes every element's values, from column to column, for some elements in a row. */
export function fillTables(tables: Tables, columns: Columns, { classes, inner }: Pick<Job, "classes" | "inner">, from: number, to: number): void {
  const period = classes * inner, phase = from % period, length = to - from, own = Math.min(period, length);
  if (tables.columns === columns && tables.phase === phase && tables.length >= length) return;
  Object.assign(tables, { columns, phase, length });
  let start = 0;
  for (const values of Object.values(columns)) {
    let column = Math.floor(phase / inner), end = inner - (phase % inner);
    for (let at = 0; at < own; at = end, end += inner, column = column + 1 === classes ? 0 : column + 1) {
      if (inner === 1) tables.values[start + at] = values[column]!;
      else tables.values.fill(values[column]!, start + at, start + Math.min(end, own));
    }
    // What is there is copied behind itself.
    for (let done = own; done < length; done *= 2) tables.values.copyWithin(start + done, start, start + Math.min(done, length - done));
    start += blockLength;
  }
}
