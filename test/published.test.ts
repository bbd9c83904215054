import { readFileSync } from "node:fs";
import { criterion, focal, focalStar } from "focal-loss";
import type { Criterion, CriterionOptions } from "focal-loss";
import * as presets from "focal-loss/presets";
import { describe, expect, test } from "vitest";

type Nested = number | readonly Nested[];

/** One published example; the file says where each stands. */
interface Case {
  readonly source: string;
  /** A preset and the options it is called with, or a loss of this library with its parameters and a criterion's options. */
  readonly preset?: string;
  readonly settings?: object;
  readonly loss?: "focal" | "focalStar";
  readonly parameters?: object;
  readonly options?: CriterionOptions;
  readonly scores: Nested;
  readonly targets: Nested;
  readonly weights?: number[];
  readonly normalizer?: number;
  readonly value?: Nested;
  readonly grad?: Nested;
  readonly hessian?: Nested;
  /** What the source prints, and how far it may be from the truth: its last digit, its own tolerance, or float32. */
  readonly printed?: Nested;
  readonly within?: number;
  readonly printedGrad?: Nested;
  readonly gradWithin?: number;
  readonly finite?: true;
  readonly tolerance?: number;
}

const { cases } = JSON.parse(readFileSync(new URL("published.json", import.meta.url), "utf8")) as { cases: Case[] };

const flat = (values: Nested): number[] => (typeof values === "number" ? [values] : values.flatMap(flat));

function make({ preset, settings, loss, parameters, options }: Case): Criterion {
  if (preset === undefined) return criterion({ focal, focalStar }[loss!](parameters), options);
  const [library, call] = preset.split(".") as [string, string];
  const calls = presets as unknown as Record<string, Record<string, (settings?: object) => Criterion>>;
  return calls[library]![call]!(settings);
}

function run(entry: Case): { value: number[]; grad: number[]; hessian: number[] } {
  const { weights, normalizer } = entry;
  const { value, grad, hessian } = make(entry).derivatives(flat(entry.scores), flat(entry.targets), { ...(weights && { weights }), ...(normalizer !== undefined && { normalizer }) });
  return { value: typeof value === "number" ? [value] : [...value], grad: [...grad], hessian: [...hessian] };
}

const near = (got: readonly number[], want: Nested, distance: (want: number) => number): void => {
  const wanted = flat(want);
  expect(got.length).toBe(wanted.length);
  got.forEach((g, i) => expect(Math.abs(g - wanted[i]!), `[${i}]: got ${g}, want ${wanted[i]}`).toBeLessThanOrEqual(distance(wanted[i]!)));
};

describe("published values: within 1e-9 of 50 digits (some inputs are printed with 12), within its own tolerance of what is printed", () => {
  test.each(cases.map((entry) => [`${entry.preset ?? entry.loss}: ${entry.source}`, entry] as const))("%s", (_, entry) => {
    const { value, grad, hessian } = run(entry);
    if (entry.finite) for (const v of [...value, ...grad, ...hessian]) expect(Number.isFinite(v)).toBe(true);
    const exact = (want: number): number => (entry.tolerance ?? 1e-9) * Math.abs(want) + 1e-15;
    if (entry.value !== undefined) near(value, entry.value, exact);
    if (entry.grad !== undefined) near(grad, entry.grad, exact);
    if (entry.hessian !== undefined) near(hessian, entry.hessian, exact);
    if (entry.printed !== undefined) near(value, entry.printed, () => entry.within!);
    if (entry.printedGrad !== undefined) near(grad, entry.printedGrad, () => entry.gradWithin!);
  });
});
