import { accessSync, constants, existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FocalError } from "focal-loss";
import { quote } from "../data/near.ts";
import { reason } from "../model/write.ts";
import { lock } from "./lock.ts";

/**
 * Works with a folder that results go to: made if it is not there, and taken away again if the work fails before anything is in it.
 *
 * Its parents are made one by one: where a file system lets none be made, as /proc, Node's own recursion never ends.
 *
 * @throws FocalError `argument` when it cannot be made or written to, or another run works there, before any work is done for it
 */
export async function inFolder<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  if (path === "") throw new FocalError("argument", "out must name a folder, got nothing");
  const made = makeFolder(path);
  try {
    const unlock = lock(path);
    try {
      return await work();
    } finally {
      unlock();
    }
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
}

/** Returns the folders that were not there before, the innermost first. */
function makeFolder(path: string): string[] {
  const missing: string[] = [];
  let there = resolve(path);
  while (!existsSync(there) && dirname(there) !== there) {
    missing.unshift(there);
    there = dirname(there);
  }
  if (!statSync(there).isDirectory()) {
    throw new FocalError("argument", missing.length === 0 ? `out must be a folder, but ${quote(path)} is a file` : `out cannot be made: ${quote(path)} lies in ${quote(there)}, which is a file`);
  }
  const made: string[] = [];
  try {
    for (const folder of missing) {
      mkdirSync(folder);
      made.unshift(folder);
    }
    accessSync(path, constants.W_OK);
  } catch (error) {
    removeEmpty(made);
    throw new FocalError("argument", `out must be a folder to write to, but ${quote(path)} cannot be: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "none can be made there" : reason(error)}`);
  }
  return made;
}

function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      return; // something is in it that is worth keeping: a checkpoint
    }
  }
}
