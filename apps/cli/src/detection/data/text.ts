import { open, readFile, stat } from "node:fs/promises";
import { FocalError } from "focal-loss";
import { quote } from "../../data/near.ts";
import { reason } from "../../model/write.ts";

/** A COCO file can be gigabytes of text; JavaScript's strings end before that. */
const LARGEST = 2 ** 29;

/** The first 64 kB and the last, where a format shows itself. */
export async function beginningOf(file: string): Promise<string> {
  const handle = await open(file, "r").catch((error: unknown) => { throw new FocalError("data", `cannot read ${quote(file)}: ${reason(error)}`); });
  try {
    const bytes = Buffer.alloc(65_536), { size } = await handle.stat();
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    const head = bytes.subarray(0, bytesRead).toString("latin1");
    if (size <= bytes.length) return head;
    const { bytesRead: last } = await handle.read(bytes, 0, bytes.length, size - bytes.length);
    return head + bytes.subarray(0, last).toString("latin1");
  } finally {
    await handle.close();
  }
}

export async function textOf(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > LARGEST) throw new FocalError("data", `${quote(file)} is too large: expected at most ${LARGEST / 2 ** 20} MB, got ${Math.round(size / 2 ** 20)}`);
  return readFile(file, "utf8").catch((error: unknown) => { throw new FocalError("data", `cannot read ${quote(file)}: ${reason(error)}`); });
}
