import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

test("every TypeScript block of the README runs and prints what its comments say", async () => {
  const folder = mkdtempSync(join(root, "test", "readme-"));
  try {
    const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!);
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

test("every file the README links to exists", () => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]!);
  expect(targets.length).toBeGreaterThan(5);
  for (const target of targets) expect(existsSync(join(root, target)), target).toBe(true);
});
