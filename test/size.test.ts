import { expect, test } from "vitest";
import { bundleOf, BUNDLES, FOLDERS, LINES, median, sourcesOf } from "./size/budgets.ts";

for (const [line, limit, goal] of BUNDLES) {
  const { bytes, parts } = await bundleOf(line);
  test(`${line}: at most ${limit} bytes minified and gzipped; ${bytes} now`, () => {
    expect(bytes, `the largest parts, before gzip: ${parts.slice(0, 12).map((part) => part.join(" ")).join(", ")}`).toBeLessThanOrEqual(limit);
  });
  // Not there yet: this turns red, and goes, once it is.
  test.fails(`${line}: the goal of ${goal} bytes`, () => {
    expect(bytes).toBeLessThanOrEqual(goal);
  });
}

test.each(FOLDERS)(`%s: no file has more than ${LINES.file} lines, and half of them at most ${LINES.median}`, (folder) => {
  const sources = sourcesOf(folder);
  expect(sources.filter(({ lines }) => lines > LINES.file)).toEqual([]);
  expect(median(sources)).toBeLessThanOrEqual(LINES.median);
});

test(`the language of formulas stays within ${LINES.language} lines`, () => {
  expect(sourcesOf("src/expr").reduce((sum, { lines }) => sum + lines, 0)).toBeLessThanOrEqual(LINES.language);
});

test("a loss that is not imported is not bundled", async () => {
  const { bytes } = await bundleOf("export { focal } from \"focal-loss\""), { bytes: two } = await bundleOf("export { focal, varifocal } from \"focal-loss\"");
  expect(two).toBeGreaterThan(bytes);
  expect((await bundleOf("export { FocalError } from \"focal-loss\"")).bytes).toBeLessThan(1000);
});

test("sigmoidFocalLoss comes without the softmax head, other losses, losses of a batch, threads, printers and metrics", async () => {
  const own = /^src\/losses\/(cache|derive|family|focal|parameters)\.ts$/, strange = /softmax|row|pair|mixture|heads\/(batch|whole)|kernels\/.*batch|passes|threads|losses|render|tex|wgsl|python|onnx|metrics/i;
  const files = (await bundleOf(BUNDLES[0][0])).parts.map(([file]) => file);
  expect(files).toContain("src/losses/focal.ts");
  expect(files.filter((file) => strange.test(file) && !own.test(file))).toEqual([]);
});
