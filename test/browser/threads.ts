/** Runs in the page, and in Node beside it: what is asked of it comes and goes as plain data. */
import { alloc, criterion, focal, threads } from "focal-loss";
import type { FocalError } from "focal-loss";
import { words } from "../../src/kernels/threads/control.ts";
import { Experience } from "../../src/kernels/threads/experience.ts";
import { Team } from "../../src/kernels/threads/team.ts";

export { threads };

const n = 10 * 16384 + 1003;

/** Bits of numbers, in short: FNV-1a. */
function digest(...parts: readonly (number | Float32Array)[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    const { buffer, byteOffset, byteLength } = typeof part === "number" ? Float64Array.of(part) : part.slice();
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

export interface Answers {
  readonly value: number;
  /** Of value, gradient and Hessian: hard and soft targets, from arrays of a room and from plain ones. */
  readonly bits: readonly number[];
}

export function answers(engine?: "wasm"): Answers {
  const room = alloc(n), loss = criterion(focal({ gamma: 2, alpha: 0.25 }), { ...(engine && { engine }) });
  for (let i = 0; i < n; i++) room.logits[i] = ((i * 7919) % 1000) / 50 - 10;
  const logits = room.logits.slice(), soft = room.targets.map((_, i) => (i % 5 === 0 ? 0.25 : 0)), bits = [];
  for (let i = 0; i < n; i++) room.targets[i] = i % 7 === 0 ? 1 : 0;
  for (const [x, targets, out] of [[room.logits, room.targets, room.grad], [logits, room.targets.slice(), undefined], [logits, soft, undefined]] as const) {
    const { value, grad, hessian } = loss.derivatives(x, targets, out ? { out } : {});
    bits.push(digest(value, grad, hessian));
  }
  return { value: loss.value(logits, room.targets), bits };
}

/** The same on some threads, again and again until workers have done blocks of it; tells of each answer that differs from the first. */
export async function answersOn(count: number): Promise<Answers & { readonly started: number; readonly blocks: number; readonly differing: number }> {
  let team: Team | undefined;
  const start = Team.start, of = Experience.prototype.of;
  Team.start = async (...given) => (team = await start.apply(Team, given));
  // Workers take part, whether that pays on this machine or not.
  Experience.prototype.of = () => ({ alone: 1, together: 0, left: Infinity, cold: false, waking: false });
  try {
    const started = await threads(count), first = answers("wasm"), end = performance.now() + 20_000;
    const blocks = (): number => Atomics.load(team!.control, words.done);
    let differing = 0;
    for (let again = 0; again < 5 || (blocks() === 0 && performance.now() < end); again++) if (JSON.stringify(answers("wasm")) !== JSON.stringify(first)) differing++;
    return { ...first, started, blocks: blocks(), differing };
  } finally {
    Team.start = start;
    Experience.prototype.of = of;
  }
}

/** What asking for threads comes to: their number, or why there are none. */
export async function ask(count: number): Promise<number | { readonly message: string; readonly code: string }> {
  try {
    return await threads(count);
  } catch (error) {
    const { message, code } = error as FocalError;
    return { message, code };
  }
}
