/** How long files may be and how large bundles: the one place that the tests and `npm run size` read. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Lines of a file, of the middle file of a folder, and of the language of formulas in all. */
export const LINES = { file: 300, median: 100, language: 600 } as const;

/** What a page may gain by a line, in bytes: bundled, minified, gzipped. Not more than now, and what it should be. */
export const BUNDLES = [
  ['export { sigmoidFocalLoss } from "focal-loss"', 19_800, 10_000],
  ['export * from "focal-loss"', 46_400, 30_000],
] as const;

/** Where the program's text stands. */
export const FOLDERS = ["src", "apps/cli/src", "apps/lab/src", "bench", "scripts"] as const;

export interface Source {
  readonly file: string;
  readonly lines: number;
}

/** Every source file of a folder, longest first. */
export function sourcesOf(folder: string): Source[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) => /\.(ts|js|svelte|css)$/.test(name) && !name.startsWith("dist"));
  return names.map((name) => ({ file: join(folder, name), lines: readFileSync(join(root, folder, name), "utf8").split("\n").length - 1 })).sort((a, b) => b.lines - a.lines);
}

export const median = (sources: readonly Source[]): number => sources[sources.length >> 1]!.lines;

export interface Bundle {
  readonly bytes: number;
  /** Files of which anything is left in it, largest first, each with its bytes before gzip. */
  readonly parts: readonly (readonly [file: string, bytes: number])[];
}

/** What a program that holds just this line adds to a page. */
export async function bundleOf(line: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: line, resolveDir: root }, bundle: true, minify: true, format: "esm", conditions: ["source"], legalComments: "none", write: false, metafile: true,
  });
  const inputs = Object.entries(Object.values(metafile.outputs)[0]!.inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput] as const);
  return { bytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).length, parts: inputs.filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a) };
}
