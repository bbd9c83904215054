import type { DuckDBConnection } from "@duckdb/node-api";
import { FocalError } from "focal-loss";
import { rowsOf, sqlList, sqlText } from "./database.ts";
import { literalPath } from "./files.ts";
import { firstLine, parseHeader, type Header } from "./header.ts";
import { quote } from "./near.ts";
import { MISSING } from "./missing.ts";
import { describe, type Source } from "./source.ts";

/** Types DuckDB may infer. No BOOLEAN: it would turn a class called "yes" into "true". */
const TYPES = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "TIME", "VARCHAR"];

/**
 * How to read CSV files with a header line.
 *
 * Delimiter and header are settled here and not guessed by DuckDB, which would rather read a ragged file as one column, or skip its
 * first lines, than refuse it. Types are inferred from every row. `asText` names columns to be read as strings whatever they look like.
 */
export async function csvSource(connection: DuckDBConnection, files: readonly string[], asText: readonly string[]): Promise<Source> {
  const headers = await Promise.all(files.map(async (file) => parseHeader(file, await firstLine(connection, file))));
  const header = headers[0]!;
  for (const other of headers.slice(1)) checkSameColumns(header, other);
  const text = new Map(asText.filter((name) => header.names.includes(name)).map((name) => [name, "VARCHAR"]));
  const inferred = async (decimal: Decimal): Promise<Source> => known(await describe(connection, readCsv(files, header, decimal, text, "sample_size = -1")), files, header, decimal);
  try {
    const withPoints = await inferred(".");
    if (header.delimiter !== ";") return withPoints;
    const withCommas = await inferred(",");
    return numbersIn(withCommas) > numbersIn(withPoints) ? withCommas : withPoints;
  } catch (error) {
    for (const [i, file] of files.entries()) await refuseBadRow(connection, file, headers[i]!);
    throw error;
  }
}

type Decimal = "." | ",";

/** With the types that were inferred, so that no query infers them again: that reads every row once more. Forms of dates have no name to give. */
function known(source: Source, files: readonly string[], header: Header, decimal: Decimal): Source {
  const types = new Map(source.columns.map(({ name, type }) => [name, type]));
  return [...types.values()].every((type) => /^(BIGINT|DOUBLE|VARCHAR)$/.test(type)) ? { ...source, sql: readCsv(files, header, decimal, types, "sample_size = 1") } : source;
}

function readCsv(files: readonly string[], header: Header, decimal: Decimal, types: ReadonlyMap<string, string>, sample: string): string {
  const named = types.size > 0 ? `, types = {${Array.from(types, ([name, type]) => `${sqlText(name)}: ${sqlText(type)}`).join(", ")}}` : "";
  return `read_csv(${sqlList(files.map(literalPath))}, ${dialect(header)}, ${sample}, union_by_name = true,
    decimal_separator = '${decimal}', auto_type_candidates = ${sqlList(TYPES)}, nullstr = ${sqlList(MISSING)}${named})`;
}

function dialect(header: Header): string {
  return `delim = ${sqlText(header.delimiter)}, header = true, skip = 0, comment = '', quote = '"', escape = '"'`;
}

function numbersIn({ columns }: Source): number {
  return columns.filter(({ type }) => type === "BIGINT" || type === "DOUBLE").length;
}

/** Reads the file again with nothing left to guess, which tells the line that does not fit. */
async function refuseBadRow(connection: DuckDBConnection, file: string, header: Header): Promise<void> {
  const columns = header.names.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(", ");
  await connection.run(`SELECT count(*) FROM read_csv(${sqlText(literalPath(file))}, ${dialect(header)}, auto_detect = false,
    store_rejects = true, columns = {${columns}})`);
  const [reject] = await rowsOf(connection, "SELECT line, error_type, error_message FROM reject_errors ORDER BY line LIMIT 1");
  await connection.run("DROP TABLE reject_errors; DROP TABLE reject_scans");
  if (!reject) return;
  const [line, type, message] = reject as [string, string, string];
  throw new FocalError("data", `${quote(file)}, line ${line}: ${explain(type, message, header)}`);
}

function explain(type: string, message: string, header: Header): string {
  const found = /Found: (\d+)/.exec(message)?.[1];
  const wanted = `the header names ${header.names.length} column${header.names.length === 1 ? "" : "s"}`;
  if (found) return `${found} value${found === "1" ? "" : "s"} where ${wanted}`;
  if (type === "UNQUOTED VALUE") return "a quotation mark is opened and never closed";
  if (type === "INVALID ENCODING") return "not UTF-8 text, save the file as UTF-8";
  return message;
}

/** Files read together must hold the same columns, in any order; else a column would be silently missing in some rows. */
function checkSameColumns(a: Header, b: Header): void {
  const onlyA = a.names.find((name) => !b.names.includes(name));
  const onlyB = b.names.find((name) => !a.names.includes(name));
  if (onlyA === undefined && onlyB === undefined && a.delimiter === b.delimiter) return;
  const [name, has, lacks] = onlyA !== undefined ? [onlyA, a, b] : [onlyB, b, a];
  throw new FocalError("data", name === undefined
    ? `files must share one delimiter, got ${JSON.stringify(a.delimiter)} in ${quote(a.file)} and ${JSON.stringify(b.delimiter)} in ${quote(b.file)}`
    : `files must share their columns: ${quote(name)} is in ${quote(has.file)} but not in ${quote(lacks.file)}`);
}
