/** Bits of the kernels do not depend on what runs them: `npm run platforms` also asks other Nodes, and docs/results/platforms.md shows what they answered. */
import { expect, test } from "vitest";
import { askBrowser, askNode, browserPath } from "./platforms/ask.ts";
import { exact, results } from "./platforms/results.ts";

const here = await results();
const picked = (answers: Readonly<Record<string, string>>) => ({ ...answers["error"] !== undefined && { error: answers["error"] }, ...Object.fromEntries(exact.map((name) => [name, answers[name]])) });

test("two threads give the bits of one", () => {
  expect(here["2 threads"]).toBe(here["1 thread"]);
});

test("the questions tell answers apart: JavaScript's float64 gives other bits than the kernels", () => {
  expect(here["in JavaScript"]).not.toBe(here["kernels"]);
});

test("bundled for a Node of its own, the library answers as here, to the last bit, with Math's powers too", async () => {
  expect((await askNode(process.execPath)).results).toEqual(here);
});

for (const name of ["chromium", "firefox"] as const) {
  const missing = browserPath(name) === undefined;
  if (missing) console.error(`\n*** NOT TESTED: the kernels' bits in ${name}, which is not on this machine. ***\n`);
  test.skipIf(missing)(`${name} gives the kernels' bits of Node`, async () => {
    expect(picked((await askBrowser(name)).results)).toEqual(picked(here));
  });
}
