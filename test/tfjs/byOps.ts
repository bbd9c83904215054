/** What losses in a backend's own operations are held to. */
import { expect } from "vitest";
import { compare } from "../golden/compare.ts";
import type { Golden } from "../golden/read.ts";
import { isCurved } from "./answers.ts";
import type { Answers } from "./answers.ts";

export const gatesByOps = [2e-5, 2e-5, 2e-5] as const;
/**
 * Why: a margin near 88 is rounded to 4e-6 before its exponential, of which γ takes a multiple, and a GPU's exponential may
 * itself be off by 3 + 2|x| units in the last place.
 */
export const whyByOps = "a margin of 88 is rounded to 4e-6, which γ multiplies";

/** Value, gradient and the gradient's own, relative to their size and to how fast they move. */
export function compareByOps(golden: Golden, { hessian = [], ...answers }: Answers, name: string): void {
  expect([...answers.value, ...answers.grad, ...hessian].every(Number.isFinite), name).toBe(true);
  compare({ ...golden, hessian: isCurved(golden) ? golden.hessian : [] }, { ...answers, hessian }, gatesByOps, 2 ** -110, true);
}
