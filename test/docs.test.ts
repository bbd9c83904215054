/** README and the pages of docs/: their TypeScript and JavaScript runs as it stands, their links lead somewhere. Commands: docs-commands.test.ts. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { blocksOf, documents, root, textOf } from "./docs/blocks.ts";

/** What the reader of a page brings along: stands before each block of it. */
const brought: Readonly<Record<string, string>> = {
  "docs/tfjs.md": `
    import * as tf from "@tensorflow/tfjs";
    const labels = tf.tensor2d([[1], [0]]), logits = tf.tensor2d([[2], [-1]]);
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  `,
};

/** Languages of blocks that are run, and of those that are not. */
const languages = { run: ["ts", "js", "sh"], not: { python: "calls of other libraries", text: "what a command prints; compared where the command is run" } };

describe.each(documents)("%s", (document) => {
  const blocks = blocksOf(document), promised = /console\.log\(.*\); \/\/ (.*)$/gm;

  test("has blocks of known languages alone", () => {
    for (const { language, line } of blocks) expect([...languages.run, ...Object.keys(languages.not)], `line ${line}`).toContain(language);
  });

  const code = blocks.filter(({ language }) => language === "ts" || language === "js");
  test.each(code)("the block at line $line runs and prints what its comments say", async ({ code: block }) => {
    const folder = mkdtempSync(join(root, "test", "docs-")), lines: string[] = [];
    const print = vi.spyOn(console, "log").mockImplementation((...parts: unknown[]) => void lines.push(parts.join(" ")));
    try {
      writeFileSync(join(folder, "block.ts"), (brought[document] ?? "") + block);
      await import(join(folder, "block.ts"));
    } finally {
      print.mockRestore();
      rmSync(folder, { recursive: true });
    }
    expect(lines).toEqual([...block.matchAll(promised)].map((match) => match[1]!));
  });

  test("every file and section it links to exists", () => {
    for (const [, target, section] of textOf(document).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)) {
      const page = target === "" ? document : join(dirname(document), target!);
      expect(existsSync(join(root, page)), page).toBe(true);
      if (section !== undefined) expect(sectionsOf(page), `${page}#${section}`).toContain(section);
    }
  });
});

/** The names GitHub gives to headings. */
const sectionsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase().replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-"));
