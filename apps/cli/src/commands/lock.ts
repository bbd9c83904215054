import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FocalError } from "focal-loss";
import { quote } from "../data/near.ts";
import { reason } from "../model/write.ts";

/**
 * Keeps a folder for one run at a time: two would take each other's checkpoints and mix their results.
 *
 * What a killed run has left names a process that is no more, and is passed over.
 *
 * @returns gives the folder back
 * @throws FocalError `argument` while another process works there
 */
export function lock(folder: string): () => void {
  const path = join(folder, ".running");
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw new FocalError("argument", `out must be a folder to write to, but ${quote(folder)} cannot be: ${reason(error)}`);
    const owner = Number(readFileSync(path, "utf8"));
    if (owner !== process.pid && isAlive(owner)) throw new FocalError("argument", `another run (process ${owner}) is working in ${quote(folder)}: wait for it, or name another folder with --out`);
    writeFileSync(path, String(process.pid));
  }
  return () => rmSync(path, { force: true });
}

function isAlive(id: number): boolean {
  try {
    return Number.isInteger(id) && id > 0 && process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
  }
}
