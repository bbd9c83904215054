import { alloc, criterion, crossEntropy, defineLoss, focal, ldam, logitAdjusted, poly1Focal } from "focal-loss";
import type { CriterionOptions, Loss } from "focal-loss";
import { log, mul, neg, pow, sub } from "focal-loss/expr";
import { describe, expect, test } from "vitest";
import { wasmSoftmax } from "../src/kernels/wasmSoftmax.ts";
import { randomNumbers } from "../src/random.ts";

/** Answers per row and per logit. */
interface Answers {
  readonly value: Float32Array;
  readonly grad: Float32Array;
  readonly hessian: Float32Array;
}

const run = (engine: "js" | "wasm", loss: Loss, options: CriterionOptions, logits: Float32Array, labels: ArrayLike<number>, call = {}): Answers =>
  criterion(loss, { head: "softmax", reduction: "none", ...options, engine }).derivatives(logits, labels as number[], call) as unknown as Answers;

/** Where the loss of a logit's row is. */
const rowOf = (i: number, classes: number, inner: number): number => Math.floor(i / (classes * inner)) * inner + (i % inner);

/** Compares what one engine answers with what the other does: value and gradient within 2e-6, the Hessian within 3e-6, of their size or their row's loss. */
function agree(got: Answers, want: Answers, classes: number, inner = 1): void {
  const close = (part: keyof Answers, allowed: number, sizeOf: (i: number) => number): void => {
    expect(got[part].length).toBe(want[part].length);
    want[part].forEach((expected, i) => {
      const error = Math.abs(got[part][i]! - expected), size = Math.max(Math.abs(expected), Math.abs(sizeOf(i)));
      if (Number.isNaN(expected) ? !Number.isNaN(got[part][i]!) : !(error <= allowed * size + 2 ** -118)) expect(got[part][i], `${part}[${i}]`).toBe(expected);
    });
  };
  const lossAt = (i: number): number => want.value[inner === 1 ? Math.floor(i / classes) : rowOf(i, classes, inner)]!;
  close("value", 2e-6, () => 0);
  close("grad", 2e-6, lossAt);
  close("hessian", 3e-6, (i) => Math.max(Math.abs(lossAt(i)), Math.abs(want.grad[i]!)));
}

/** Logits of many kinds, by number: near each other, far apart, all far from 0, and of sizes that no network has. */
function logitsOf(kind: number, length: number): Float32Array {
  const next = randomNumbers(kind + length), pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const draw = [() => (next() + next() + next() - 1.5) * 8, () => (next() - 0.5) * 200, () => (next() - 0.5) * 8 + 1000, () => pick([1e30, -1e30, 1e4, -300, 70, -70, 5, 0]), () => pick([0, 1, 50, 70, -65])][kind]!;
  return Float32Array.from({ length }, draw);
}
const kinds = [0, 1, 2, 3, 4];
const labelsOf = (rows: number, classes: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => (i * 7919 + 3) % classes);

const perClass = (classes: number): number[] => Array.from({ length: classes }, (_, k) => [0, 0.5, 1, 2, 3.3][k % 5]!);
const counts = (classes: number): number[] => Array.from({ length: classes }, (_, k) => 1 + ((k * 37) % 500));
const mine = defineLoss("mine", { tau: 1.5, sum: 2 }, ({ pt, tau, sum }) => mul(mul(pow(sub(1, pt), tau), sum), neg(log(pt))));
const losses: readonly [string, (classes: number) => Loss][] = [
  ["cross-entropy", () => crossEntropy()], ["focal, γ = 2", () => focal({ gamma: 2 })], ["focal, γ = 1.7", () => focal({ gamma: 1.7 })], ["focal, γ = 0.5", () => focal({ gamma: 0.5 })], ["poly-1", () => poly1Focal({ gamma: 1 })],
  ["focal, one α per class", (classes) => focal({ gamma: 2, alpha: perClass(classes) })], ["focal, one γ per class", (classes) => focal({ gamma: perClass(classes) })],
  ["one's own loss, parameters per class", (classes) => mine({ tau: perClass(classes), sum: perClass(classes) })],
  ["LDAM", (classes) => ldam(focal({ gamma: 1 }), counts(classes))], ["adjusted logits", (classes) => logitAdjusted(focal({ gamma: 2 }), counts(classes))],
  ["LDAM with adjusted logits", (classes) => ldam(logitAdjusted(crossEntropy(), counts(classes)), counts(classes))],
];

describe("softmax on SIMD and in float64 agree within 2e-6 (value and gradient) and 3e-6 (Hessian)", () => {
  const compare = (loss: Loss, classes: number, rows: number): void => {
    for (const kind of kinds) {
      // A float64 offset is lost beside 1e30, where the kernel keeps it.
      if (kind === 3 && loss.offsets) continue;
      const logits = logitsOf(kind, rows * classes), labels = labelsOf(rows, classes);
      agree(run("wasm", loss, { classes }, logits, labels), run("js", loss, { classes }, logits, labels), classes);
    }
  };

  test.each([2, 3, 4, 5, 7, 8, 10, 16, 31, 32, 33, 34, 35, 36, 37, 100, 256, 257, 1000])("rows of %s classes, 1 to 50 of them, logits of any size", (classes) => {
    for (const rows of classes > 100 ? [3, 17] : [1, 3, 4, 5, 15, 16, 17, 50]) compare(focal({ gamma: 2, alpha: perClass(classes) }), classes, rows);
  });

  test.each(losses)("%s", (_, loss) => {
    for (const classes of [2, 5, 33]) compare(loss(classes), classes, 30);
  });

  test.each([2, 3, 10, 33, 150])("planes of %s classes: several images of 2 to 2500 pixels, ignored pixels, weights", (classes) => {
    for (const inner of [2, 3, 7, 15, 16, 17, 49, 64, 2500]) {
      for (const kind of kinds) {
        if (inner * classes > 2e4 && kind !== 1) continue;
        const rows = 3 * inner, logits = logitsOf(kind, rows * classes), labels = labelsOf(rows, classes).map((label, i) => (i % 11 === 0 ? 255 : label));
        const options = { classes, inner, ignoreIndex: 255 }, weights = Float32Array.from(labels, (_, i) => (i % 4) / 2), loss = focal({ gamma: 2, alpha: perClass(classes) });
        agree(run("wasm", loss, options, logits, labels, { weights }), run("js", loss, options, logits, labels, { weights }), classes, inner);
      }
    }
  });
});

const bits = ({ value, grad, hessian }: Answers): number[][] => [value, grad, hessian].map((array) => [...new Int32Array(array.slice().buffer)]);

test.each([[2, 1], [3, 1], [10, 1], [33, 1], [100, 1], [300, 1], [5, 49], [5, 1000]])("rows of %s classes, %s pixels to a plane: a row's bits do not depend on where it stands, or beside which others", (classes, inner) => {
  const rows = inner === 1 ? Math.ceil(40_000 / classes) : 2 * inner, loss = logitAdjusted(focal({ gamma: 1.7, alpha: perClass(classes) }), counts(classes));
  const logits = logitsOf(0, rows * classes), labels = labelsOf(rows, classes), all = bits(run("wasm", loss, { classes, inner }, logits, labels));
  const isWild = (row: number): boolean => row % 50 === 7, others = logits.slice();
  for (let i = 0; i < others.length; i++) if (isWild(inner === 1 ? Math.floor(i / classes) : rowOf(i, classes, inner))) others[i] = i % 3 === 0 ? NaN : 1e30;
  const beside = bits(run("wasm", loss, { classes, inner }, others, labels));
  for (let row = 0; row < rows; row += 13) {
    const at = Array.from({ length: classes }, (_, k) => (inner === 1 ? row * classes + k : Math.floor(row / inner) * inner * classes + (row % inner) + k * inner));
    // Planes are added up class by class, rows four classes at a time: alone it is in two pixels, if it was in planes.
    const copies = inner === 1 ? 1 : 2, [value, grad, hessian] = bits(run("wasm", loss, { classes, inner: copies }, Float32Array.from(at.flatMap((i) => new Array<number>(copies).fill(logits[i]!))), new Array<number>(copies).fill(labels[row]!)));
    const alone = [value!.slice(1 - copies), grad!.filter((_, i) => i % copies === 0), hessian!.filter((_, i) => i % copies === 0)];
    for (const found of isWild(row) ? [all] : [all, beside]) expect([[found[0]![row]], at.map((i) => found[1]![i]), at.map((i) => found[2]![i])]).toEqual(alone);
  }
});

test("logits in the kernel's memory, where a plane, a row or a unit ends within it or at its very end, and elsewhere give the same bits, and nothing else is written", () => {
  for (const [classes, inner, rows] of [[2, 1, 50], [3, 1, 16], [4, 1, 33], [10, 1, 3000], [300, 1, 8], [5, 64, 128], [5, 70, 140], [40, 16, 32]] as const) {
    const length = classes * rows, room = alloc(length + 3), labels = labelsOf(rows, classes), loss = focal({ gamma: 2 });
    for (const [logits, grad] of [[room.logits, room.grad], [room.hessian, room.targets], [room.grad, room.grad]] as const) {
      for (const shift of [0, 3]) {
        const here = logits.subarray(shift, shift + length), out = grad.subarray(shift, shift + length);
        grad.fill(7);
        here.set(logitsOf(0, length));
        const elsewhere = criterion(loss, { head: "softmax", classes, inner, engine: "wasm", reduction: "sum" }).valueAndGrad(here.slice(), labels);
        const kept = here.slice(), found = criterion(loss, { head: "softmax", classes, inner, engine: "wasm", reduction: "sum" }).valueAndGrad(here, labels, { out });
        expect([...new Int32Array(found.grad.slice().buffer)]).toEqual([...new Int32Array(elsewhere.grad.buffer)]);
        expect(found.value).toBe(elsewhere.value);
        if (logits !== grad) expect(here).toEqual(kept);
        expect([...grad.subarray(0, shift), ...grad.subarray(shift + length)].every((x) => x === 7)).toBe(true);
      }
    }
  }
});

test("labels of every array type, logits in shared memory and at odd addresses: the same answers", () => {
  const classes = 7, rows = 100, logits = logitsOf(0, rows * classes), labels = labelsOf(rows, classes), want = run("wasm", focal(), { classes }, logits, labels);
  for (const given of [Array.from(labels), Uint8Array.from(labels), Int8Array.from(labels), Uint16Array.from(labels), Uint32Array.from(labels), Float32Array.from(labels), Float64Array.from(labels)]) expect(run("wasm", focal(), { classes }, logits, given)).toEqual(want);
  for (const buffer of [new SharedArrayBuffer(4 * logits.length + 12), new ArrayBuffer(4 * logits.length + 12)]) {
    const there = new Float32Array(buffer, 12);
    there.set(logits);
    expect(run("wasm", focal(), { classes }, there, labels)).toEqual(want);
  }
});

test.each([[-1, Int32Array], [255, Uint8Array], [3, Int32Array], [-100, Float32Array], [4294967295, Uint32Array], [0.5, Float64Array], [2 ** 40, Array]] as const)("labels of %s are ignored, as %o, whatever their rows hold", (ignoreIndex, type) => {
  const classes = 5, rows = 40, logits = logitsOf(0, rows * classes), labels = (type as Int32ArrayConstructor).from(labelsOf(rows, classes), (label, i) => (i % 3 === 0 ? ignoreIndex : label));
  const spoilt = logits.slice();
  for (let i = 0; i < spoilt.length; i++) if (labels[Math.floor(i / classes)] === ignoreIndex) spoilt[i] = [NaN, Infinity, -Infinity, 1e30][i % 4]!;
  const options = { classes, ignoreIndex }, want = run("js", focal(), options, logits, labels);
  agree(run("wasm", focal(), options, spoilt, labels), want, classes);
  for (let i = 0; i < rows; i++) if (labels[i] === ignoreIndex) expect(want.value[i]).toBe(0);
});

test.each([NaN, Infinity, -Infinity])("a logit of %s: where its row has no finite answer it spoils that row only", (bad) => {
  const classes = 4, rows = 60, labels = labelsOf(rows, classes), logits = logitsOf(0, rows * classes);
  for (let row = 0; row < rows; row += 7) logits[row * classes + (row % classes)] = bad;
  const [got, want] = [run("wasm", focal(), { classes }, logits, labels), run("js", focal(), { classes }, logits, labels)];
  for (let row = 0; row < rows; row++) {
    const isFinite = [...want.grad.subarray(row * classes, (row + 1) * classes), want.value[row]!].every(Number.isFinite);
    const part = ({ value, grad, hessian }: Answers): Answers => ({ value: value.slice(row, row + 1), grad: grad.slice(row * classes, (row + 1) * classes), hessian: hessian.slice(row * classes, (row + 1) * classes) });
    if (isFinite) agree(part(got), part(want), classes);
    else expect([...part(got).grad].every(Number.isNaN)).toBe(true);
  }
});

test("a class at −∞ has no part in its row", () => {
  const [four, three] = [run("wasm", focal(), { classes: 4 }, Float32Array.of(1, -Infinity, 2, 3), [0]), run("wasm", focal(), { classes: 3 }, Float32Array.of(1, 2, 3), [0])];
  agree({ ...four, grad: four.grad.filter((_, k) => k !== 1), hessian: four.hessian.filter((_, k) => k !== 1) }, three, 3);
  expect([four.grad[1]! + 0, four.hessian[1]! + 0]).toEqual([0, 0]);
});

test("the sum of the losses is right to 1e-6 and their mean to as much, over 70 000 rows", () => {
  const classes = 3, rows = 70_001, logits = logitsOf(0, rows * classes), labels = labelsOf(rows, classes);
  for (const reduction of ["sum", "mean"] as const) {
    const value = (engine: "js" | "wasm"): number => criterion(focal(), { head: "softmax", classes, reduction, engine }).value(logits, labels);
    expect(Math.abs(value("wasm") / value("js") - 1)).toBeLessThan(1e-6);
  }
});

test.each([[[0, 1, 3, 2], 2], [[0, -1, 1, 2], 1], [Float32Array.of(0, 1, 1.5, 2), 2], [Float32Array.of(NaN, 1, 1, 2), 0], [Uint32Array.of(0, 1, 1, 4294967295), 3]] as const)("the kernel finds the label that is no class by itself: %o, at %i", (targets, at) => {
  const classes = 3, logits = logitsOf(0, 4 * classes), grad = new Float32Array(logits.length), table = new Float64Array(classes).fill(1);
  const job = { loss: focal(), labels: "hard", soft: "mixture", order: 1, curvature: "exact", relaxed: false, logits, targets, weights: undefined, ignoreIndex: undefined, alpha: { negative: table, positive: table }, offsets: new Float64Array(classes), classes, perColumn: true, inner: 1, scale: 1, losses: undefined, grad, hessian: undefined } as const;
  expect(() => wasmSoftmax(job)).toThrow(`labels[${at}] must be a class from 0 to 2`);
  expect(wasmSoftmax({ ...job, targets: [0, 1, 2, 0] })).toBeGreaterThan(0);
});

test("no rows have a loss of 0", () => {
  const { value, grad } = criterion(focal(), { head: "softmax", classes: 3, reduction: "sum", engine: "wasm" }).valueAndGrad(new Float32Array(0), []);
  expect([value, grad.length]).toEqual([0, 0]);
});
