/** Pages of docs/ whose code is run as it stands. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

describe.each(["jax.md", "databases.md"])("docs/%s", (page) => {
  const text = readFileSync(join(root, "docs", page), "utf8");
  const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);

  test.each(blocks.map((block, i) => [i, block] as const))("block %i prints what its comments say", async (_, block) => {
    const folder = mkdtempSync(join(root, "test", "docs-")), lines: string[] = [];
    const print = vi.spyOn(console, "log").mockImplementation((...parts: unknown[]) => void lines.push(parts.join(" ")));
    try {
      writeFileSync(join(folder, "block.ts"), block);
      await import(join(folder, "block.ts"));
    } finally {
      print.mockRestore();
      rmSync(folder, { recursive: true });
    }
    expect(lines).toEqual([...block.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]!));
  });

  test("every file it links to exists", () => {
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) expect(existsSync(join(root, "docs", target!)), target).toBe(true);
  });
});
