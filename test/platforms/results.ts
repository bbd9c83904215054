/** What every engine answers to the same questions, as one hash each: for Node and for a page. */
import { alloc, criterion, focal, FocalError, threads } from "focal-loss";
import type { AnyLoss, Criterion, CriterionOptions, Engine } from "focal-loss";
import { batchLosses, gammas, marginLosses, rowLosses, scoreLosses, softRules } from "../family/members.ts";

/** Whole numbers by Park and Miller, whose products are exact everywhere. */
let state = 1;
const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;

const classes = 5, rows = 40;
/** Logits on multiples of 2⁻¹⁰ up to ±32, and the edges. */
const logits = Float32Array.from({ length: rows * classes }, (_, i) => [0, -0, 100, -100, 1e30, -1e30, 1e-30][i] ?? (next(65536) - 32768) / 1024);
const labels = Int32Array.from({ length: rows }, () => next(classes)), hard = Float32Array.from(logits, () => next(2)), soft = Float32Array.from(logits, () => next(9) / 8);

/** Every loss with every head that it has. */
function* questions(): Generator<readonly [AnyLoss, CriterionOptions, ArrayLike<number>]> {
  const softmax = { head: "softmax", classes } as const;
  for (const gamma of gammas) {
    for (const member of marginLosses) {
      yield [member.of(gamma), softmax, labels];
      yield [member.of(gamma), { ...softmax, smoothing: 0.125 }, labels];
      yield [member.of(gamma), {}, hard];
      for (const rule of softRules(member)) yield [member.of(gamma), { soft: rule }, soft];
    }
    for (const member of scoreLosses) yield [member.of(gamma), {}, soft];
    for (const member of rowLosses) yield [member.of(gamma), softmax, labels];
    for (const member of batchLosses) yield* [[member.of(gamma), softmax, labels], [member.of(gamma), {}, hard]] as const;
  }
}

async function hashOf(parts: readonly (number | Float32Array)[]): Promise<string> {
  const bytes = new Float64Array(parts.flatMap((part) => (typeof part === "number" ? [part] : Array.from(part))));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * All values, gradients and Hessians of an engine; what it leaves to JavaScript does not count.
 *
 * @param whole - losses that are one number for the batch: they raise float64 sums to a power by the host's Math.pow, whose last bit
 * differs between engines. Or all the others
 */
async function of(engine: Engine, whole: boolean): Promise<string> {
  const parts: (number | Float32Array)[] = [];
  let count = 0;
  for (const [loss, options, targets] of questions()) {
    if ((loss.kind === "batch") !== whole) continue;
    try {
      const { value, grad, hessian } = (criterion(loss, { ...options, engine }) as Criterion).derivatives(logits, targets as Float32Array);
      parts.push(value, grad, hessian);
      count++;
    } catch (error) {
      if (!(error instanceof FocalError && error.code === "engine")) throw error;
    }
  }
  return `${await hashOf(parts)} of ${count}`;
}

/** A call that is large enough for threads, on one or on two. */
async function large(count: number): Promise<string> {
  await threads(count);
  try {
    const { logits: x, targets, grad } = alloc(200_000);
    for (let i = 0; i < x.length; i++) [x[i], targets[i]] = [logits[i % logits.length]!, hard[i % hard.length]!];
    const { value } = criterion(focal({ gamma: 1.7, alpha: 0.25 })).valueAndGrad(x, targets, { out: grad });
    return await hashOf([value, grad]);
  } finally {
    await threads(1);
  }
}

/** The hash of each engine's results. */
export async function results(): Promise<Record<string, string>> {
  const canShare = typeof window === "undefined" || crossOriginIsolated;
  return {
    kernels: await of("wasm", false), "1 thread": await large(1), ...(canShare && { "2 threads": await large(2) }),
    "losses of a batch": await of("wasm", true), "in JavaScript": await of("js", false),
  };
}

/** What must be the same everywhere: the rest also depends on the host's Math. */
export const exact = ["kernels", "1 thread", "2 threads"];
