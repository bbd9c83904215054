/**
 * The README's table of speed, made from bench/results/throughput.json: `npm run table:bench` writes it between its markers.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Row } from "./harness.ts";
import { digits } from "./report.ts";

interface Throughput {
  readonly machine: string;
  readonly date: string;
  readonly sizes: readonly { readonly n: number; readonly secondsPerCall: readonly Pick<Row, "name" | "median">[] }[];
}

export const markers = ["<!-- npm run table:bench -->\n", "\n<!-- end of speed -->"] as const;
/** What the last columns compare with. */
const against = [["tuned", /^torchvision.*tuned/], ["default", /^torchvision.*default/]] as const;

/** Nanoseconds per logit of every candidate, and at the middle size its ratio to torchvision. */
export function readmeTable({ machine, date, sizes }: Throughput): string {
  const names = [...new Set(sizes.flatMap(({ secondsPerCall }) => secondsPerCall.map(({ name }) => name)))];
  const middle = sizes[Math.floor(sizes.length / 2)]!;
  const median = (name: string | undefined, size: Throughput["sizes"][number]): number | undefined => size.secondsPerCall.find((row) => row.name === name)?.median;
  const ratios = against.map(([label, pattern]) => ({ label, reference: median(names.find((name) => pattern.test(name)), middle) }));
  const exponent = (n: number): string => n.toExponential(0).replace("e+", "e");
  const header = ["ns per logit", ...sizes.map(({ n }) => `${exponent(n)} logits`), ...ratios.map(({ label }) => `× torchvision (${label}) at ${exponent(middle.n)}`)];
  const rows = names.map((name) => {
    const own = median(name, middle);
    return [
      name,
      ...sizes.map((size) => { const seconds = median(name, size); return seconds === undefined ? "–" : digits((seconds / size.n) * 1e9); }),
      ...ratios.map(({ reference }) => (own === undefined || reference === undefined ? "–" : (reference / own).toFixed(reference / own < 0.1 ? 2 : 1))),
    ];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [`${machine}, ${date.slice(0, 10)}:`, "", line(header), line(header.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** A document with what stands between the markers exchanged. */
export function withTable(document: string, table: string): string {
  const [before, rest] = document.split(markers[0]), after = rest?.split(markers[1])[1];
  if (after === undefined) throw new Error(`the document has no place for the table between ${markers.join("and")}`);
  return `${before}${markers[0]}${table}${markers[1]}${after}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const readme = new URL("../README.md", import.meta.url), results = new URL("results/throughput.json", import.meta.url);
  writeFileSync(readme, withTable(readFileSync(readme, "utf8"), readmeTable(JSON.parse(readFileSync(results, "utf8")) as Throughput)));
}
