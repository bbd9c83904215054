/** docs/api, the reference of all that the package exports. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, expect, test } from "vitest";
import { root } from "./package/packed.ts";

const fresh = mkdtempSync(join(tmpdir(), "focal-loss-docs-"));
afterAll(() => rmSync(fresh, { recursive: true }));
const { stdout, stderr } = spawnSync(process.execPath, ["scripts/reference.js", fresh], { cwd: root, encoding: "utf8" });

test("every export has a comment, and typedoc finds no link and no parameter astray", () => {
  expect(stripVTControlCharacters(stdout + stderr).split("\n").filter((line) => /^\[(warning|error)\]|Error/.test(line))).toEqual([]);
});

test("docs/api is what npm run docs writes", () => {
  const pages = (folder: string): Record<string, string> => Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md")).sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
  const written = pages(fresh), kept = pages(join(root, "docs/api"));
  expect(Object.keys(kept)).toEqual(Object.keys(written));
  for (const [file, text] of Object.entries(written)) expect(kept[file], file).toBe(text);
});
