import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Candidate } from "../bench/harness.ts";
import { automatic, javascript } from "../bench/ours.ts";
import { plain } from "../bench/peers/plain.ts";
import { sigmoidProblem, softmaxProblem } from "../bench/problems.ts";
import { readmeTable, withTable } from "../bench/readmeTable.ts";

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

test("the README's table of speed is what npm run table:bench makes of bench/results/throughput.json", () => {
  const readme = read("README.md");
  expect(withTable(readme, readmeTable(JSON.parse(read("bench/results/throughput.json"))))).toBe(readme);
});

test.each([["sigmoid", sigmoidProblem(1000)], ["softmax", softmaxProblem(100, 10)]] as const)(
  "what the benchmark's %s loop computes is what the library computes: loss and gradient within 1e-5 of their size (the engine may be float32)", async (_, problem) => {
    const loop = await plain.prepare(problem);
    const reading = async (candidate: Candidate): Promise<number[]> => [(await candidate.run(1)).loss, ...Array.from(await candidate.gradient())];
    const wanted = await reading(loop);
    for (const peer of [automatic, javascript]) {
      const got = await reading(await peer.prepare(problem));
      expect(got.length).toBe(problem.logits.length + 1);
      got.forEach((value, i) => expect(Math.abs(value - wanted[i]!), `${peer.title}, ${i}`).toBeLessThanOrEqual(1e-5 * Math.max(Math.abs(wanted[i]!), 1e-3)));
    }
  });
