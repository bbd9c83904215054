import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/** Something to time: one call does the work once and returns its seconds, or undefined where it cannot run here. */
export interface Candidate {
  readonly name: string;
  time(): Promise<number> | number;
  close?(): void;
}

export interface Row {
  readonly name: string;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;

/** Times candidates in turn, A B C A B C …, so that a machine that drifts is unfair to none. Seconds: median and quartiles. */
export async function interleave(candidates: readonly Candidate[], rounds: number, warmUp = 5): Promise<Row[]> {
  const seconds = candidates.map((): number[] => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, candidate] of candidates.entries()) {
      const spent = await candidate.time();
      if (round >= 0) seconds[i]!.push(spent);
    }
  }
  return candidates.map(({ name }, i) => {
    const sorted = seconds[i]!.sort((a, b) => a - b);
    return { name, median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
  });
}

/** Seconds of one call, on the process's clock. */
export function clock(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1e3;
}

/** The same numbers at every run: mulberry32. */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const machine = (): string => `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform} ${process.arch}`;

export function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Writes a result beside the others, for the documents that quote it. */
export function save(name: string, result: unknown): void {
  const folder = new URL("../results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 1)}\n`);
}
