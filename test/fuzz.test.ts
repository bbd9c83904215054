/** The models of `npm run fuzz`, a bounded number of cases with a fixed seed; and what more cases have found. */
import { describe, expect, test, vi } from "vitest";
import fc from "fast-check";
import { decide } from "focal-loss/evaluate";
import { lossCurves } from "focal-loss/plot";
import { fromText } from "../apps/cli/src/model/schema.ts";
import { readCoco } from "../apps/cli/src/detection/data/coco.ts";
import { Problems } from "../apps/cli/src/detection/data/problems.ts";
import { parseFormula } from "../apps/lab/src/formula/parse.ts";
import { guided } from "../scripts/fuzz/guided.ts";
import { models } from "./models/index.ts";
import type { Parser } from "./models/parsers.ts";

vi.spyOn(console, "warn").mockImplementation(() => undefined); // scores that look like probabilities

test.each(models.map((model) => [model.name, model] as const))("%s", async (_, { share, property }) => {
  await fc.assert(property, { seed: 1, numRuns: 20 * share });
});

test("a search that coverage guides goes deeper branch by branch, and gives back the input that fails", async () => {
  const parser: Parser = { name: "words", files: /models\/guessing\.ts/, corpus: ["x"], read: (await import("./models/guessing.ts")).guess };
  const { failure, corpus } = await guided(parser, 4000, 1);
  expect(String(failure?.error)).toContain("guessed");
  expect(corpus).toBe(3); // the x, one with a brace, one with both
});

describe("found by fuzzing", () => {
  test("decide refuses a number of classes below 2 before it makes room for them", () => {
    expect(() => decide([], -1)).toThrow("classes must be a whole number ≥ 2, got -1");
  });

  test("lossCurves refuses a kind and a list of γ that are none, and a number of points over two lines", () => {
    expect(() => lossCurves({ what: [] as never })).toThrow("what must be loss, gradient, factor, curvature, got an array");
    expect(() => lossCurves({ gammas: 2 as never })).toThrow("gammas must name at least one γ, got 2");
    expect(() => lossCurves({ points: "\n" as never })).toThrow('points must be an integer ≥ 2, got the string "\\n"');
  });

  test("a model or COCO file that is no JSON is refused in one line, though the parser quotes it over several", () => {
    for (const read of [() => fromText(':{\n "a": 1\n}', "m.json"), () => readCoco(':{\n "a": 1\n}', "c.json", ".", new Problems())]) {
      expect(read).toThrow(/is no whole (model|JSON) file: [^\n]+$/);
    }
  });

  test("a mistake in a formula marks what was typed, not the longer name that a Greek letter stands for", () => {
    for (const [text, at] of [["α", 0], ["-log(α)", 5], ["pt β", 3]] as const) expect(() => parseFormula(text)).toThrow(expect.objectContaining({ at, length: 1 }));
  });
});
