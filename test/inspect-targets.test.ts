import fc from "fast-check";
import { expect, test } from "vitest";
import { inspectTargets } from "../src/heads/labels.ts";

const ignoreIndices = [undefined, 0, 1, -1, -100, 2, 255, 1024, 0.5, 3e9];

test("targets are counted as one by one: ones, those between, and those that are ignored", () => {
  const drawn = fc.constantFrom(...ignoreIndices).chain((ignoreIndex) => fc.tuple(
    fc.constant(ignoreIndex), fc.array(fc.constantFrom(0, 1, ...(ignoreIndex === undefined ? [] : [ignoreIndex])), { maxLength: 60 }), fc.array(fc.constantFrom(0.25, 5e-324, 1 - 2 ** -53), { maxLength: 1 })));
  fc.assert(fc.property(drawn, ([ignoreIndex, hard, soft]) => {
    const targets = [...hard, ...soft], counted = targets.filter((t) => t !== ignoreIndex);
    expect(inspectTargets(targets, ignoreIndex)).toEqual({ soft: soft.length > 0, valid: counted.length, positives: counted.filter((t) => t > 0).length });
  }), { numRuns: 500 });
});

test.each([[-1, -1.0000000000000002], [255, 254], [-100, NaN], [2, Infinity], [undefined, -1]])("beside the ignored %s a target of %s is refused", (ignoreIndex, target) => {
  expect(() => inspectTargets([0, 1, ignoreIndex ?? 0, target, 0], ignoreIndex)).toThrow(`targets[3] must be in [0, 1]${ignoreIndex === undefined ? "" : ` or the ignored ${ignoreIndex}`}, got ${target}`);
});
