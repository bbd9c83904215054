import { DuckDBInstance } from "@duckdb/node-api";
import type { DuckDBConnection } from "@duckdb/node-api";
import { randomNumbers } from "focal-loss/train";

/** A value of a cell, as SQL may write it. */
export type Cell = number | string | null;

/** An empty DuckDB that adds in one thread, so that sums come out the same each time. */
export async function emptyDatabase(): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();
  return connection;
}

const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
export const cell = (value: Cell): string => (value === null ? "NULL" : typeof value === "number" ? (Number.isFinite(value) ? value.toExponential() : `'${value}'::DOUBLE`) : `'${value.replaceAll("'", "''")}'`);

/** Makes a table of columns by name and type. */
export async function makeTable(connection: DuckDBConnection, table: string, columns: Readonly<Record<string, string>>, rows: readonly (readonly Cell[])[]): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE ${name(table)} (${Object.entries(columns).map(([column, type]) => `${name(column)} ${type}`).join(", ")})`);
  for (let from = 0; from < rows.length; from += 1000) await connection.run(`INSERT INTO ${name(table)} VALUES ${rows.slice(from, from + 1000).map((row) => `(${row.map(cell).join(", ")})`).join(", ")}`);
}

/** Overlapping clouds in float32, one class rarer than the others: x rows × 4, labels. */
export function clouds(rows: number, classes: number, seed: number): { x: Float32Array; y: Int32Array } {
  const random = randomNumbers(seed), bell = (): number => random() + random() + random() + random() - 2;
  const x = new Float32Array(4 * rows), y = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const label = i % 7 === 0 ? classes - 1 : i % Math.max(1, classes - 1);
    const a = bell() + 0.7 * label, b = bell() + (label === 1 ? 1 : 0);
    x.set([a, b, 0.5 * a + bell(), bell()], 4 * i);
    y[i] = label;
  }
  return { x, y };
}

export const cloudRows = ({ x, y }: ReturnType<typeof clouds>): Cell[][] => Array.from(y, (label, i) => [...x.subarray(4 * i, 4 * i + 4), label]);
export const cloudColumns = { a: "FLOAT", b: "FLOAT", c: "FLOAT", d: "FLOAT", y: "INTEGER" };
