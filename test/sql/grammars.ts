/** The grammars of Trino's and Spark's SQL. Their package is written for bundlers, so it is bundled. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

interface Grammar {
  /** What is wrong with a statement; nothing where it is one. */
  validate(sql: string): readonly { readonly message: string; readonly startLine: number; readonly startColumn: number }[];
}

export async function grammars(): Promise<Readonly<Record<"trino" | "spark", Grammar>>> {
  const folder = mkdtempSync(join(tmpdir(), "focal-grammars-")), file = join(folder, "grammars.mjs");
  await build({ stdin: { contents: `export { SparkSQL, TrinoSQL } from "dt-sql-parser";`, resolveDir: import.meta.dirname }, bundle: true, format: "esm", platform: "node", outfile: file, logLevel: "error" });
  const { SparkSQL, TrinoSQL } = await import(/* @vite-ignore */ pathToFileURL(file).href) as Readonly<Record<"SparkSQL" | "TrinoSQL", new () => Grammar>>;
  rmSync(folder, { recursive: true });
  return { trino: new TrinoSQL(), spark: new SparkSQL() };
}
