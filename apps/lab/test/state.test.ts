/** Values as the address keeps them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { choice, choices, flag, number, numbers, text, whole } from "../src/state/field.ts";

describe("what is written is read back", () => {
  test("numbers, to seven digits", () => {
    const field = number(0, { least: -1e6, most: 1e6 });
    fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
      const back = field.read(field.write(value))!;
      expect(Math.abs(back - value)).toBeLessThanOrEqual(5e-7 * Math.abs(value));
      expect(field.read(field.write(back))).toBe(back); // a link of a link is the same
    }));
  });

  test("whole numbers, words, lists and text", () => {
    fc.assert(fc.property(fc.maxSafeInteger(), fc.array(fc.integer({ min: 0, max: 9 })), fc.string({ maxLength: 500 }), fc.boolean(), (seed, list, said, on) => {
      expect(whole(0).read(whole(0).write(seed))).toBe(seed);
      expect(numbers([]).read(numbers([]).write(list))).toEqual(list);
      expect(text("").read(text("").write(said))).toBe(said);
      expect(flag(false).read(flag(false).write(on))).toBe(on);
    }));
    const some = choices(["a"], ["a", "b", "c"]);
    for (const value of [[], ["a"], ["c", "a"]] as const) expect(some.read(some.write(value))).toEqual(value);
  });
});

describe("what is no value is not believed", () => {
  test.each([
    ["number", number(2, { least: 0, most: 10 }), ["", " ", "x", "-1", "11", "NaN", "Infinity", "1e999", "2,3"]],
    ["whole", whole(1, { least: 0 }), ["1.5", "-1", "9007199254740993", ""]],
    ["flag", flag(true), ["true", "2", ""]],
    ["choice", choice("a", ["a", "b"]), ["c", "A", "", "__proto__"]],
    ["numbers", numbers([1], { least: 0, most: 5, count: 2 }), ["1,2,3", "1,,2", "6", "1,x", ","]],
    ["choices", choices(["a"], ["a", "b"]), ["a,a", "c", "a,", ","]],
    ["text", text("", { most: 3 }), ["four"]],
  ])("%s", (_, field, bad) => {
    for (const said of bad) expect(field.read(said), said).toBeUndefined();
  });
});
