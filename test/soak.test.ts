/** `npm run soak` watches memory for minutes; here is what it can tell, and what it found. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { mul, num, sym } from "focal-loss/expr";
import { expect, test } from "vitest";
import { trend } from "../scripts/soak/trend.ts";

test("a line through samples: growth is found under noise, and noise alone is none", () => {
  const noisy = (slope: number) => Array.from({ length: 100 }, (_, i) => [i / 10, slope * i / 10 + (((i * 48271) % 101) / 101 - 0.5)] as const);
  expect(trend(noisy(1)).growth).toBeCloseTo(9.9, 0);
  expect(trend(noisy(1)).atLeast).toBeGreaterThan(9);
  expect(trend(noisy(0)).atLeast).toBeLessThan(0);
});

test("a formula that nothing mentions any more goes, and made again is one object again", async () => {
  setFlagsFromString("--expose_gc");
  const collect = runInNewContext("gc") as () => void, make = () => mul(sym("pt"), num(2.718281828));
  const ref = (() => new WeakRef(make()))();
  for (let turn = 0; turn < 100 && ref.deref(); turn++) {
    await new Promise((resume) => setTimeout(resume, 10));
    collect();
  }
  expect(ref.deref()).toBeUndefined();
  expect(make()).toBe(make());
  await new Promise((resume) => setTimeout(resume, 50)); // what remembers the first one is cleared now
  const again = make();
  collect();
  expect(make()).toBe(again);
});
