import { dualFocal, defineLoss, focal } from "focal-loss";
import type { AnyLoss } from "focal-loss";
import { add, exp, log, mul, neg, pow, sub } from "focal-loss/expr";
import { render } from "focal-loss/render";
import { describe, expect, test } from "vitest";
import { batchLosses, marginLosses, rowLosses, scoreLosses } from "./family/members.ts";
import { goldens, nameOf } from "./golden/read.ts";
import type { Golden } from "./golden/read.ts";
import { lossOf } from "./golden/lossOf.ts";
import { ask, findPython } from "./python/ask.ts";
import type { Case } from "./python/ask.ts";

/** What printed functions take: targets per logit or labels per row, without columns of classes. */
const served = ({ head, classes, options, targets, logits }: Golden): boolean =>
  options?.smoothing === undefined && (head === "softmax" ? targets.length < logits.length : classes === undefined);

const tables = goldens().filter(({ golden }) => served(golden)).map(({ file, golden }) => {
  const { head, classes, options, logits, targets } = golden, given = lossOf(golden);
  const loss = (options?.soft ? { ...given, soft: options.soft } : given) as AnyLoss;
  return { golden, name: `${file}: ${nameOf(golden)}`, loss, head, classes, logits, targets };
});

/** The whole family at the ends of what float32 holds, and beyond. */
const line = [-1000, -104, -100, -89, -40, -1, 0, 1, 40, 89, 100, 104, 1000];
const ends = [0, 0.5, 1.7, 2].flatMap((gamma): Omit<Case, "dtype">[] => [
  ...[...marginLosses, ...scoreLosses].map(({ name, of }) => ({
    name: `${name}, γ = ${gamma}`, loss: of(gamma), head: "sigmoid" as const, logits: [0, 0.3, 1].flatMap(() => line), targets: [0, 0.3, 1].flatMap((t) => line.map(() => t)),
  })),
  ...[...marginLosses, ...rowLosses].map(({ name, of }) => ({
    name: `${name}, γ = ${gamma}, softmax`, loss: of(gamma), head: "softmax" as const, classes: 3, logits: line.flatMap((x) => [x, 0, 0, 0, x, 1, -x, 0, x]), targets: line.flatMap(() => [0, 1, 2]),
  })),
  ...batchLosses.flatMap(({ name, of }): Omit<Case, "dtype">[] => [
    { name: `${name}, γ = ${gamma}`, loss: of(gamma), head: "sigmoid", logits: line, targets: line.map((_, i) => i % 2) },
    { name: `${name}, γ = ${gamma}, softmax`, loss: of(gamma), head: "softmax", classes: 3, logits: line.flatMap((x) => [x, 0, 1]), targets: line.map((_, i) => i % 3) },
  ]),
]);

/** What σ's own gradient y(1 − y) loses near y = 1, as automatic differentiation takes it; margin losses ask for σ(−|x|) and log σ instead. */
const lostNearOne = ({ kind }: AnyLoss, unit: number): number => (kind === "margin" ? 0 : unit);

const arithmetics = [
  { library: "pytorch", dtype: "float64", gate: 1e-12, unit: 1e-15, floor: 1e-150, why: "float64's digits, and 1e-15 where σ's own gradient is taken" },
  { library: "pytorch", dtype: "float32", gate: 2e-5, unit: 1e-7, floor: 1e-25, why: "the last bit of a logit of 100, moved and multiplied by 1 + γ, and 1e-7 where σ's own gradient is taken" },
  { library: "keras", dtype: "float32", gate: 2e-5, unit: 1e-7, floor: 1e-25, why: "the last bit of a logit of 100, moved and multiplied by 1 + γ, and 1e-7 where σ's own gradient is taken" },
] as const;

for (const { library, dtype, gate, unit, floor, why } of arithmetics) {
  const { python, reason } = findPython(library);
  if (python === undefined) console.warn(`skipped: printed ${library} is not run in ${dtype}: ${reason}`);
  const say = python === undefined ? ` (skipped: ${reason})` : "";

  describe.skipIf(python === undefined)(`${library} in ${dtype}${say}`, () => {
    const tails = dtype === "float32" ? ends : [], cases = [...tables, ...tails].map((asked): Case => ({ ...asked, dtype }));
    const answers = python === undefined ? [] : ask(python, library, cases);

    test.each(tables.map((table, i) => [table.name, table, i] as const))(`%s: value and gradient within ${gate} of 50 digits: ${why}`, (_, { golden, loss }, i) => {
      const { value, grad } = answers[i]!, values = [golden.value].flat(), lost = lostNearOne(loss, unit);
      const compare = (got: readonly number[], want: readonly (number | null)[], size: (j: number) => number): void => want.forEach((w, j) => {
        expect(got.length).toBe(want.length);
        if (w === null) return;
        expect(Math.abs(got[j]! - w), `[${j}] is ${got[j]}, should be ${w}`).toBeLessThanOrEqual(gate * (Math.abs(w) + size(j)) + lost + floor);
      });
      compare(value, values, () => 0);
      // A gradient is a sum of terms as large as the loss it belongs to, and may pass through 0.
      compare(grad, golden.grad, (j) => Math.abs(values[loss.kind === "batch" ? 0 : Math.floor(j / (golden.classes ?? 1))] ?? 0));
    });

    if (tails.length > 0) test.each(tails.map(({ name }, i) => [name, tables.length + i] as const))("%s: value, gradient and second derivatives are finite up to ±1000", (_, i) => {
      const { value, grad, second } = answers[i]!;
      for (const [part, list] of Object.entries({ value, grad, second })) list.forEach((x, j) => expect(Number.isFinite(x), `${part}[${j}] is ${x}`).toBe(true));
    });

    if (dtype === "float64") test("differentiated twice, losses of one logit have the Hessian of 50 digits, within 1e-9", () => {
      let checked = 0;
      tables.forEach(({ golden, loss, name }, i) => {
        if (golden.head !== "sigmoid" || loss.kind === "batch") return;
        checked++;
        golden.hessian.forEach((want, j) => {
          if (want !== null) expect(Math.abs((answers[i]!.second[j] ?? 0) - want), `${name} [${j}]`).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(want)));
        });
      });
      expect(checked).toBeGreaterThan(100);
    });
  });
}

test("a loss of one's own prints with its parameters as settings; names that Python or the function uses get an underscore", () => {
  const mine = defineLoss("myLoss", { lambda: 1, targets: 2, gammaPos: 3 }, ({ pt, lambda, targets, gammaPos }) =>
    mul(pow(sub(1, pt), lambda), neg(log(pt)), add(targets, exp(neg(gammaPos)))));
  const source = render(mine, "pytorch");
  expect(source).toContain("def sigmoid_my_loss(logits, targets, *, lambda_=1.0, targets_=2.0, gamma_pos=3.0, alpha=None, reduction=\"mean\"):");
  expect(source).toContain("import math");
  expect(source).toContain("math.exp(-gamma_pos)");
});

test("a parameter of 0 switches its part off and is no setting", () => {
  const source = render(focal({ gamma: 0 }), "pytorch");
  expect(source).toContain(String.raw`-\alpha_t (1 - p_t)^{\gamma} \log(p_t) with gamma = 0`);
  expect(source).not.toContain("gamma=");
});

test("which functions there are follows from the loss", () => {
  const functions = (loss: AnyLoss): string[] => [...render(loss, "pytorch").matchAll(/^def (s\w+)/gm)].map((match) => match[1]!);
  expect(functions(focal())).toEqual(["sigmoid_focal", "softmax_focal"]);
  expect(functions(focal({ alpha: 0.25 }))).toEqual(["sigmoid_focal"]);
  expect(functions(dualFocal())).toEqual(["softmax_dual_focal"]);
  expect(() => render(dualFocal({ alpha: 0.25 }), "pytorch")).toThrow("dualFocal needs the softmax head, where alpha must be one weight per class, got 0.25");
});
