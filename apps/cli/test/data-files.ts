import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FocalError } from "focal-loss";
import { afterAll, expect } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "focal-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Where a file of that name would be. */
export const pathOf = (name: string): string => join(folder, name);

/** Writes a small file and returns its path. */
export function file(name: string, content: string | Uint8Array): string {
  writeFileSync(pathOf(name), content);
  return pathOf(name);
}

/** The error that work ends with: one sentence in one line. */
export async function sentence(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(FocalError);
    expect((error as FocalError).message).not.toContain("\n");
    return `${(error as FocalError).code}: ${(error as FocalError).message.replaceAll(`${folder}/`, "")}`;
  }
  throw new Error("expected an error, got none");
}

/** A generator of its own for test data, so that the tests depend on no other code. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
