import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What every candidate is given. */
export interface Problem {
  readonly head: "sigmoid" | "softmax";
  readonly logits: Float32Array;
  /** 0 or 1 per logit (sigmoid), the label of each row (softmax). */
  readonly targets: Float32Array;
  /** Logits per row; 1 with the sigmoid head. */
  readonly classes: number;
  readonly gamma: number;
}

/** α of a positive, under the sigmoid head; a negative has 1 − α. Softmax rows are not weighted. */
export const alpha = 0.25;

/** The same numbers at every run: mulberry32. */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fills with a function of nothing, but for a million values only, which are then repeated. */
function filled(length: number, draw: () => number): Float32Array {
  const values = new Float32Array(length), own = Math.min(length, 1 << 20);
  for (let i = 0; i < own; i++) values[i] = draw();
  for (let at = own; at < length; at += own) values.copyWithin(at, 0, Math.min(own, length - at));
  return values;
}

const normal = (next: () => number) => (): number => 2 * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Logits ~ N(0, 2²), one target in five positive. */
export function sigmoidProblem(n: number, gamma = 2): Problem {
  const next = random(1);
  return { head: "sigmoid", logits: filled(n, normal(next)), targets: filled(n, () => (next() < 0.2 ? 1 : 0)), classes: 1, gamma };
}

/** Logits ~ N(0, 2²), labels at random. */
export function softmaxProblem(rows: number, classes: number, gamma = 2): Problem {
  const next = random(2);
  return { head: "softmax", logits: filled(rows * classes, normal(next)), targets: filled(rows, () => Math.floor(next() * classes)), classes, gamma };
}

let folder: string | undefined;
const files = new WeakMap<Problem, string>();

/** A file of the problem's logits and then its targets, as this machine keeps float32, for candidates in other processes. */
export function fileOf(problem: Problem): string {
  let file = files.get(problem);
  if (file === undefined) {
    if (folder === undefined) {
      const made = (folder = mkdtempSync(join(tmpdir(), "focal-bench-")));
      process.on("exit", () => rmSync(made, { recursive: true, force: true }));
    }
    file = join(folder, `${problem.head}-${problem.logits.length}-${problem.classes}-${problem.gamma}`);
    writeFileSync(file, problem.logits);
    writeFileSync(file, problem.targets, { flag: "a" });
    files.set(problem, file);
  }
  return file;
}
