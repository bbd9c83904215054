import type { CategoricalEncoding } from "./encoding.ts";
import { quote } from "./near.ts";
import type { TextColumn } from "./table.ts";

/** Levels in fewer training rows than this are pooled: one could only learn them by heart. */
const FEWEST_ROWS = 10;
const MOST_LEVELS = 50;

/** The levels worth a feature of their own; or why the column is of no use. */
export function fitCategorical({ name, codes, levels }: TextColumn, rows: Uint32Array): CategoricalEncoding | { readonly useless: string } {
  const counts = new Uint32Array(levels.length);
  let present = 0;
  for (const row of rows) {
    const code = codes[row]!;
    if (code < 0) continue;
    counts[code]!++;
    present++;
  }
  const seen = levels.map((level, code) => ({ level, count: counts[code]! })).filter(({ count }) => count > 0);
  const missing = present < rows.length;
  if (present === 0) return { useless: "no value in any training row" };
  if (seen.length === 1 && !missing) return { useless: `constant (${quote(seen[0]!.level)})` };
  if (seen.length === present && present >= FEWEST_ROWS) return { useless: `every value is different: ${almostNumbers(seen.map(({ level }) => level)) ?? "an identifier or free text"}` };
  const natural = new Intl.Collator("en", { numeric: true });
  const order = (a: string, b: string) => natural.compare(a, b) || (a < b ? -1 : 1);
  const kept = seen
    .filter(({ count }) => count >= FEWEST_ROWS)
    .sort((a, b) => b.count - a.count || order(a.level, b.level))
    .slice(0, MOST_LEVELS)
    .map(({ level }) => level)
    .sort(order);
  if (kept.length === 0) return { useless: `no value stands in ${FEWEST_ROWS} or more training rows: ${almostNumbers(seen.map(({ level }) => level)) ?? "identifiers or free text"}` };
  return { name, levels: kept, other: kept.length < seen.length, missing };
}

/** Says so when values are numbers but for a few words or decimal commas that made the column text. */
function almostNumbers(levels: readonly string[]): string | undefined {
  const odd = levels.filter((level) => Number.isNaN(Number(level)));
  const commas = odd.filter((level) => !Number.isNaN(Number(level.replace(",", "."))));
  if (commas.length > levels.length / 2) return `numbers with a decimal comma, like ${quote(commas[0]!)}; write them with a point`;
  if (odd.length === 0 || odd.length > levels.length / 10) return undefined;
  return `numbers but for ${odd.slice(0, 3).map(quote).join(", ")}${odd.length > 3 ? ", …" : ""}; without ${odd.length === 1 ? "that word" : "those words"} it would be read as numbers`;
}

/** What a reader should know about a column of text: pooled levels, and numbers kept from being numeric by a few odd values. */
export function remarkOnText({ codes, levels }: TextColumn, encoding: CategoricalEncoding): string | undefined {
  const remarks: string[] = [];
  const counts = new Uint32Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const odd = levels.filter((level) => Number.isNaN(Number(level)));
  const rowsOf = (some: readonly string[]) => some.reduce((sum, level) => sum + counts[levels.indexOf(level)]!, 0);
  if (odd.length > 0 && odd.length <= 3 && 2 * rowsOf(odd) < codes.length) {
    remarks.push(`numbers but for ${odd.map((level) => `${quote(level)} (${rowsOf([level]) === 1 ? "1 row" : `${rowsOf([level])} rows`})`).join(", ")}, so taken as categories`);
  }
  const pooled = levels.length - encoding.levels.length;
  if (encoding.other) remarks.push(`${pooled} rare ${pooled === 1 ? "level" : "levels"} pooled as "(other)"`);
  return remarks.length > 0 ? remarks.join("; ") : undefined;
}
