import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const documents = ["README.md", "docs/migration.md"];
const read = (document: string): string => readFileSync(join(root, document), "utf8");

test.each(documents)("every TypeScript block of %s runs and prints what its comments say", async (document) => {
  const folder = mkdtempSync(join(root, "test", "readme-"));
  try {
    const blocks = [...read(document).matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);
    expect(blocks.length).toBeGreaterThan(0);
    for (const [i, block] of blocks.entries()) {
      const lines: string[] = [];
      const print = vi.spyOn(console, "log").mockImplementation((...parts: unknown[]) => void lines.push(parts.join(" ")));
      writeFileSync(join(folder, `block${i}.ts`), block);
      try {
        await import(join(folder, `block${i}.ts`));
      } finally {
        print.mockRestore();
      }
      expect(lines).toEqual([...block.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]!));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(documents)("every file that %s links to exists", (document) => {
  const targets = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]!);
  expect(targets.length).toBeGreaterThan(1);
  for (const target of targets) expect(existsSync(join(root, dirname(document), target)), target).toBe(true);
});
