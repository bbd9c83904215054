import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { FocalError } from "focal-loss";
import { quote } from "../data/near.ts";
import type { Dataset } from "../data/index.ts";
import { reason } from "../model/write.ts";

interface Saved {
  /** Of what command, and of which shape. */
  readonly format: string;
  readonly fingerprint: string;
  readonly state: unknown;
}

/** Where an interrupted run of a command leaves what it has found. */
export interface CheckpointFile<State> {
  /**
   * Written at once, under a temporary name first: it must not be torn by what it guards against.
   *
   * @throws FocalError `data` when it cannot be written; an earlier one stays as it was
   */
  save(state: State): void;
  /**
   * The state to go on from.
   *
   * @throws FocalError `model` when there is none, it cannot be read, or it belongs to other data or settings
   */
  load(): State;
  remove(): void;
  /** Renames the checkpoint of an earlier run, that this one will not go on with. Returns its new name; undefined where there is none. */
  setAside(): string | undefined;
}

/** What a checkpoint must agree on to be continued: the data, to the last value, and every setting that changes a number. */
export function fingerprint({ table, target, official, ignored, rest }: Dataset, settings: readonly unknown[]): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([settings, target.classes, [...ignored], rest?.rows]));
  hash.update(target.labels);
  if (official) hash.update(official.parts);
  for (const column of table.columns) {
    hash.update(column.name);
    if (column.kind === "number") hash.update(column.values);
    if (column.kind === "text") hash.update(column.codes).update(column.levels.join("\0"));
  }
  return hash.digest("hex");
}

/** The checkpoint of a command at a path, for the run of this fingerprint. */
export function checkpointFile<State>(path: string, command: string, print: string): CheckpointFile<State> {
  const format = `focal ${command} 2`;
  return {
    save(state) {
      try {
        writeFileSync(`${path}.new`, serialize({ format, fingerprint: print, state } satisfies Saved));
        renameSync(`${path}.new`, path);
      } catch (error) {
        rmSync(`${path}.new`, { force: true });
        throw new FocalError("data", `cannot write ${quote(path)}: ${reason(error)}${existsSync(path) ? "; the checkpoint before it is whole, and --resume goes on from there" : ""}`);
      }
    },
    load() {
      if (!existsSync(path)) throw new FocalError("model", `nothing to resume: there is no ${path}`);
      let saved: Partial<Saved>;
      try {
        saved = deserialize(readFileSync(path)) as Partial<Saved>;
      } catch {
        throw new FocalError("model", `${path} is no readable checkpoint (truncated?); delete it and start again without --resume`);
      }
      if (saved?.format !== format || !saved.state) throw new FocalError("model", `${path} is no checkpoint of focal ${command}`);
      if (saved.fingerprint !== print) throw new FocalError("model", `${path} belongs to other data or settings; repeat the same command with --resume, or start again without it`);
      return saved.state as State;
    },
    remove: () => rmSync(path, { force: true }),
    setAside() {
      if (!existsSync(path)) return undefined;
      renameSync(path, `${path}.old`);
      return `${path}.old`;
    },
  };
}
