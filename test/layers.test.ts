import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const src = join(root, "src");

/** The folders and files of src/, lowest first: each may import only itself and what stands before it. */
const layers = [
  "errors.ts", "random.ts", "expr", "targets", "balance.ts", "losses", "render", "heads", "kernels", "forms.ts", "alloc.ts", "threads.ts", "inputs.ts", "scores.ts", "normalizer.ts", "options.ts", "run", "criterion.ts", "onnx", "webgpu", "objective.ts", "optimalBias.ts", "focalLoss.ts", "presets",
  "adapters", "metrics", "calibrate.ts", "diagnose", "train", "evaluate.ts", "detect", "sql", "plot", "index.ts",
];
/** The only packages that src/ may import, and from where: optional peers of their subpaths. */
const packages: Record<string, readonly string[]> = { "@jax-js/jax": ["adapters", "train", "detect"], "@tensorflow/tfjs-core": ["adapters"], "@observablehq/plot": ["plot"] };

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const layerOf = (file: string): string => file.split("/")[0]!;
const importsOf = (file: string): string[] =>
  [...readFileSync(join(src, file), "utf8").matchAll(/^(?:import|export)\b[^"]*?from "([^"]+)"/gms)].map((match) => match[1]!);

test.each(files)("%s imports downwards only", (file) => {
  const rank = layers.indexOf(layerOf(file));
  expect(rank, `${layerOf(file)} has a place in the order of layers`).toBeGreaterThanOrEqual(0);
  for (const target of importsOf(file)) {
    if (!target.startsWith(".")) {
      expect(packages[target] ?? [], `${file} imports ${target}`).toContain(layerOf(file));
      continue;
    }
    const imported = relative(src, normalize(join(src, dirname(file), target)));
    expect(layers.indexOf(layerOf(imported)), `${file} imports ${imported}`).toBeLessThanOrEqual(rank);
  }
});

test("files within a folder do not import each other in circles", () => {
  const graph = new Map(files.map((file) => [file, importsOf(file).filter((t) => t.startsWith(".")).map((t) => relative(src, normalize(join(src, dirname(file), t))))]));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    expect(path, [...path, file].join(" → ")).not.toContain(file);
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test("the library has no runtime dependencies", () => {
  expect(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies).toBeUndefined();
});
