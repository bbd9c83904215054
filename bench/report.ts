import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Row } from "./harness.ts";

/** Less time, fewer and smaller sizes; what it finds is kept apart. */
export const quick = process.argv.includes("--quick");

export const machine = (): string => `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform} ${process.arch}`;

export function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Three digits, without an exponent. */
export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** Nanoseconds per logit of each row, and how many times less than the row it is held against. */
export function throughputTable(rows: readonly Row[], n: number, against: RegExp, label: string): string {
  const reference = rows.find(({ name }) => against.test(name));
  const ns = (seconds: number): string => digits((seconds / n) * 1e9);
  return markdown(["candidate", "ns per logit", "quartiles", `× ${label}`, "turns × calls"], rows.map(({ name, median, low, high, turns, callsPerTurn }) => [
    name, ns(median), `${ns(low)}–${ns(high)}`, reference ? (reference.median / median).toFixed(2) : "–", `${turns} × ${callsPerTurn}`,
  ]));
}

/** Writes a result for the documents that quote it; a quick run's beside them. */
export function save(name: string, result: object): void {
  const folder = new URL(quick ? "../results/quick/" : "../results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ machine: machine(), date: new Date().toISOString(), ...result }, null, 1)}\n`);
}
