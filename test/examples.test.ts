import { readdirSync, readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";

const folder = new URL("../examples/", import.meta.url);
const examples = readdirSync(folder).filter((name) => name.endsWith(".ts"));

/** What the comments behind `console.log(…)` say it prints. */
const promised = (source: string): string[] => [...source.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]!);

test.each(examples)("%s prints what its comments say", async (name) => {
  const lines: string[] = [];
  const print = vi.spyOn(console, "log").mockImplementation((line: unknown) => void lines.push(String(line)));
  try {
    await import(new URL(name, folder).href);
  } finally {
    print.mockRestore();
  }
  const source = readFileSync(new URL(name, folder), "utf8");
  expect(promised(source).length).toBe(source.match(/console\.log/g)!.length);
  expect(lines).toEqual(promised(source));
});
