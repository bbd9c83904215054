import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FocalError } from "focal-loss";
import { quote } from "../data/near.ts";

/** Lets `write` fill a file beside `path`, then renames it: readers see the old file or the whole new one, never a half. */
export async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // where none could be written, none can be removed
    if (error instanceof FocalError) throw error;
    throw new FocalError("data", `cannot write ${quote(path)}: ${reason(error)}`);
  }
}

export function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  return replaceFile(path, (temporary) => writeFile(temporary, content));
}

/** What a file system had against it, in words. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "its folder does not exist";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EROFS") return "its file system is read-only";
  if (code === "ENOTDIR") return "part of its path is a file";
  if (code === "ENOSPC") return "the disk is full";
  if (code === "EISDIR") return "it is a folder";
  return (message ?? String(error)).split("\n", 1)[0]!;
}
