import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { FocalError } from "focal-loss";
import type { Dataset } from "../data/index.ts";
import { emptyState, type Plan, type State } from "./compare.ts";

interface Saved {
  readonly format: "focal train 1";
  readonly fingerprint: string;
  readonly state: State;
}

/** What a checkpoint must agree on to be continued: the data, to the last value, and every setting that changes a number. */
export function fingerprint({ table, target, official, ignored }: Dataset, plan: Plan): string {
  const hash = createHash("sha256");
  // More repeats may be asked for later, and the number of jobs changes no result.
  const { hidden, repeats: _, jobs: __, candidates, ...settings } = plan;
  hash.update(JSON.stringify([settings, hidden, candidates.map(({ name }) => name), target.classes, [...ignored]]));
  hash.update(target.labels);
  if (official) hash.update(official.parts);
  for (const column of table.columns) {
    hash.update(column.name);
    if (column.kind === "number") hash.update(column.values);
    if (column.kind === "text") hash.update(column.codes).update(column.levels.join("\0"));
  }
  return hash.digest("hex");
}

/** Written at once, under a temporary name first: it must not be torn by what it guards against. */
export function saveCheckpoint(path: string, print: string, state: State): void {
  writeFileSync(`${path}.new`, serialize({ format: "focal train 1", fingerprint: print, state } satisfies Saved));
  renameSync(`${path}.new`, path);
}

export const removeCheckpoint = (path: string): void => rmSync(path, { force: true });

/**
 * The state to go on from.
 *
 * @throws FocalError `model` when there is none, it cannot be read, or it belongs to other data or settings
 */
export function loadCheckpoint(path: string, print: string): State {
  if (!existsSync(path)) throw new FocalError("model", `nothing to resume: there is no ${path}`);
  let saved: Partial<Saved>;
  try {
    saved = deserialize(readFileSync(path)) as Partial<Saved>;
  } catch {
    throw new FocalError("model", `${path} is no readable checkpoint (truncated?); delete it and start again without --resume`);
  }
  if (saved?.format !== "focal train 1" || !saved.state) throw new FocalError("model", `${path} is no checkpoint of focal train`);
  if (saved.fingerprint !== print) throw new FocalError("model", `${path} belongs to other data or settings; repeat the same command with --resume, or start again without it`);
  return { ...emptyState(), ...saved.state };
}
