import { random } from "./problems.ts";
import type { Problem } from "./problems.ts";

/** One way to compute value and gradient. Throws where it cannot, and says why. */
export interface Peer {
  readonly title: string;
  prepare(problem: Problem): Candidate | Promise<Candidate>;
  close?(): void;
}

/** A peer with a problem loaded. */
export interface Candidate {
  /** With the version of whatever computes. */
  readonly name: string;
  /** Why its loss is another one, where it is. */
  readonly differs?: string;
  /** Calls it so often, one after the other. */
  run(calls: number): Timing | Promise<Timing>;
  gradient(): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** Where it runs in a process of its own: that process's memory. */
  memory?(): Promise<Memory>;
  close?(): void;
}

export interface Timing {
  /** Of one call. */
  readonly seconds: number;
  readonly loss: number;
}

/** Resident bytes: with the problem loaded, and the most there ever were. */
export interface Memory {
  readonly before: number;
  readonly peak: number;
}

/** Seconds of one call over many turns. */
export interface Row {
  readonly name: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly turns: number;
  readonly callsPerTurn: number;
  readonly loss: number;
}

export interface Patience {
  readonly turns: number;
  /** Seconds that a turn should last at least; quick candidates are called more than once. */
  readonly turn: number;
  /** Seconds after which a candidate has had enough turns, if it had three. */
  readonly perCandidate: number;
}

/** A candidate of this process: `call` returns the loss, so that no call can be left out. */
export const inProcess = (name: string, call: () => number, gradient: Candidate["gradient"], close?: () => void): Candidate => ({
  name,
  run(calls) {
    let loss = 0;
    const start = performance.now();
    for (let i = 0; i < calls; i++) loss = call();
    return { seconds: (performance.now() - start) / 1e3 / calls, loss };
  },
  gradient,
  ...(close && { close }),
});

/** Loads a problem wherever it can be loaded; prints why where not. */
export async function prepareAll(peers: readonly Peer[], problem: Problem): Promise<Candidate[]> {
  const prepared = await Promise.allSettled(peers.map(async (peer) => peer.prepare(problem)));
  return prepared.flatMap((result, i) => {
    if (result.status === "fulfilled") return [result.value];
    skipped(peers[i]!.title, result.reason);
    return [];
  });
}

const told = new Set<string>();

/** Says once why something is not measured. */
export function skipped(what: string, why: unknown): void {
  const line = `Not measured: ${what}: ${why instanceof Error ? why.message : String(why)}`;
  if (!told.has(line)) console.log(line);
  told.add(line);
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;

/**
 * Times candidates in turns, every round in a new order, so that a machine that drifts and a neighbour that empties the
 * caches are unfair to none. Median and quartiles.
 */
export async function interleave(candidates: readonly Candidate[], { turns, turn, perCandidate }: Patience): Promise<Row[]> {
  const running: { candidate: Candidate; calls: number; spent: number; seconds: number[]; loss: number }[] = [];
  for (const candidate of candidates) {
    try {
      running.push({ candidate, calls: await warmUp(candidate, turn, perCandidate), spent: 0, seconds: [], loss: NaN });
    } catch (error) {
      skipped(candidate.name, error);
    }
  }
  const next = random(7);
  for (let round = 0; round < turns; round++) {
    for (const one of shuffled(running, next)) {
      if (one.spent > perCandidate && one.seconds.length >= 3) continue;
      const { seconds, loss } = await one.candidate.run(one.calls);
      if (!Number.isFinite(loss)) throw new Error(`${one.candidate.name} returned ${loss}`);
      one.seconds.push(seconds);
      one.spent += seconds * one.calls;
      one.loss = loss;
    }
  }
  return running.map(({ candidate: { name }, seconds, calls, loss }) => {
    const sorted = seconds.sort((a, b) => a - b);
    return { name, median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75), turns: sorted.length, callsPerTurn: calls, loss };
  });
}

/** Calls a candidate until it is compiled and its pages are there; returns how many calls fill a turn. */
async function warmUp(candidate: Candidate, turn: number, perCandidate: number): Promise<number> {
  let calls = 1, spent = 0, best = Infinity;
  for (let times = 0; times < 2 || spent < perCandidate / 3; times++) {
    const { seconds } = await candidate.run(calls);
    spent += seconds * calls;
    best = Math.min(best, seconds);
    calls = Math.max(1, Math.min(calls * 16, Math.ceil(turn / Math.max(best, 1e-9))));
  }
  return calls;
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
