/** `node streamOf.js WAY N`: the resident memory of one way to come by the loss of many logits, in this process. */
import { criterion, focal } from "focal-loss";
import type { Chunk } from "focal-loss";
import { alpha, random } from "./problems.ts";
import { peakResident } from "./resident.ts";

/** Logits that a chunk holds. */
export const chunkLength = 65536;

const loss = () => criterion(focal({ gamma: 2, alpha }), { reduction: "sum" });

/** The values of one chunk, which all others repeat: drawing them would take longest. */
function drawn(length: number): { logits: Float32Array; targets: Uint8Array } {
  const next = random(1);
  return { logits: Float32Array.from({ length }, () => 8 * next() - 4), targets: Uint8Array.from({ length }, () => (next() < 0.2 ? 1 : 0)) };
}

/** Every chunk in arrays of its own, as if it were read from somewhere, or always in the same ones. */
function* chunks(n: number, anew: boolean): Generator<Chunk> {
  const { logits, targets } = drawn(chunkLength);
  for (let from = 0; from < n; from += chunkLength) {
    const length = Math.min(chunkLength, n - from);
    yield anew ? { logits: logits.slice(0, length), targets: targets.slice(0, length) } : { logits: logits.subarray(0, length), targets: targets.subarray(0, length) };
  }
}

/** What each way holds at the beginning, and what it then does. Returns the loss. */
export const ways: Record<string, (n: number) => () => number> = {
  "the library imported, nothing called": () => () => 0,
  "accumulate over new arrays of a generator": (n) => () => loss().accumulate(chunks(n, true)),
  "accumulate over the same arrays again and again": (n) => () => loss().accumulate(chunks(n, false)),
  "value of plain arrays": (n) => {
    const logits = new Float32Array(n), targets = new Uint8Array(n), few = drawn(chunkLength);
    for (let at = 0; at < n; at += chunkLength) {
      logits.set(few.logits.subarray(0, n - at), at);
      targets.set(few.targets.subarray(0, n - at), at);
    }
    return () => loss().value(logits, targets);
  },
};

export interface StreamMemory {
  /** Resident bytes before the call, and at most. */
  readonly before: number;
  readonly peak: number;
  readonly seconds: number;
  readonly loss: number;
}

const way = ways[process.argv[2] ?? ""];
if (way) {
  const call = way(Number(process.argv[3])), before = process.memoryUsage().rss, start = performance.now();
  const result = call();
  console.log(JSON.stringify({ before, peak: peakResident(), seconds: (performance.now() - start) / 1e3, loss: result } satisfies StreamMemory));
}
