/** Memory of this process over time, and whether it grows. */
import { commonMachine } from "../../src/kernels/machine.ts";
import { trend } from "./trend.ts";

/** MiB that each kind may grow by in a run; the resident set also counts what the allocator keeps back. */
const allowed = { heapUsed: 2, external: 2, arrayBuffers: 2, wasm: 0, rss: 24 } as const;
type Kind = keyof typeof allowed;
const kinds = Object.keys(allowed) as Kind[];

export type Sample = readonly [at: number, memory: Readonly<Record<Kind, number>>];

/** What is held after a collection of garbage, in MiB. */
export function sample(at: number): Sample {
  (globalThis as { gc?: () => void }).gc!();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage(), wasm = commonMachine()?.memory.buffer.byteLength ?? 0;
  return [at, Object.fromEntries(Object.entries({ heapUsed, external, arrayBuffers, wasm, rss }).map(([kind, bytes]) => [kind, bytes / 2 ** 20])) as Record<Kind, number>];
}

/**
 * Prints a table of what grew; returns whether anything grew by more than it may. The first fifth warms up and does not count.
 *
 * @param more - MiB that the heap and the resident set may grow by beside that
 */
export function judge(what: string, all: readonly Sample[], more = 0): boolean {
  const samples = all.slice(Math.ceil(all.length / 5)), mib = (value: number): string => value.toFixed(2);
  const rows = kinds.map((kind) => {
    const most = allowed[kind] + (kind === "heapUsed" || kind === "rss" ? more : 0);
    const values = samples.map(([at, memory]) => [at, memory[kind]] as const), { growth, atLeast } = trend(values);
    return { grows: atLeast > most, cells: [kind, mib(values[0]![1]), mib(values.at(-1)![1]), mib(Math.max(...values.map(([, value]) => value))), mib(growth), mib(atLeast), String(most)] };
  });
  const table = [["MiB", "first", "last", "most", "growth", "at least", "allowed"], ["---", ...Array<string>(6).fill("---:")], ...rows.map(({ cells }) => cells)];
  console.log(`\n${what}\n\n${table.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}`);
  return rows.some(({ grows }) => grows);
}
