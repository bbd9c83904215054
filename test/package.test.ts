/** What `npm pack` puts into the package, of what `npm run build` made. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { afterAll, expect, test } from "vitest";
import { pack, root } from "./package/packed.ts";

const packed = pack(), installed = join(packed.folder, "node_modules/focal-loss");
afterAll(() => packed.remove());

const read = (file: string): string => readFileSync(join(installed, file), "utf8");

test("it holds what every source became, as modules and as CommonJS, and what a reader looks for; nothing else", () => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts")).map((file) => file.replace(/\.ts$/, ""));
  const built = sources.flatMap((file) => ["dist", "dist/cjs"].flatMap((folder) => [`${folder}/${file}.d.ts`, `${folder}/${file}.js`]));
  expect(packed.files).toEqual([...built, "CHANGELOG.md", "LICENSE", "README.md", "dist/cjs/package.json", "package.json"].sort());
});

test("its package.json names only files that it holds", () => {
  const { main, types, exports, typesVersions } = JSON.parse(read("package.json")) as Record<string, unknown>;
  const named = [...JSON.stringify([main, types, exports, typesVersions]).matchAll(/"\.\/([^"]+\.[^"/]+)"/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((file) => !packed.files.includes(file))).toEqual([]);
});

test("no file names a source map, which the package does not hold", () => {
  expect(packed.files.filter((file) => /\.(js|ts)$/.test(file) && read(file).includes("sourceMappingURL"))).toEqual([]);
});

test("types of require are those of import", () => {
  for (const file of packed.files.filter((file) => file.startsWith("dist/cjs/") && file.endsWith(".d.ts"))) {
    expect(read(file), file).toBe(read(file.replace("cjs/", "")));
  }
});

test("publint finds nothing to say", async () => {
  expect(await publint({ pack: { tarball: new Uint8Array(readFileSync(packed.tarball)).buffer }, strict: true })).toMatchObject({ messages: [] });
});

test("Are the types wrong? No, for every subpath and every way of resolving", () => {
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const { analysis } = JSON.parse(execFileSync(process.execPath, [attw, packed.tarball, "--format", "json"], { encoding: "utf8" })) as { analysis: { problems: unknown[]; entrypoints: object } };
  expect(analysis.problems).toEqual([]);
  expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys((JSON.parse(read("package.json")) as { exports: object }).exports));
});
