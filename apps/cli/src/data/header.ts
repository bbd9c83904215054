import type { DuckDBConnection } from "@duckdb/node-api";
import { FocalError } from "focal-loss";
import { databaseReason, rowsOf, sqlText } from "./database.ts";
import { literalPath } from "./files.ts";
import { quote } from "./near.ts";

export interface Header {
  readonly file: string;
  readonly delimiter: string;
  readonly names: readonly string[];
}

const DELIMITERS = [",", ";", "\t", "|"];

/** The first line of a text file, decompressed, without byte-order mark. */
export async function firstLine(connection: DuckDBConnection, file: string): Promise<string> {
  const sql = `SELECT line FROM read_csv(${sqlText(literalPath(file))}, auto_detect = false, header = false, delim = '\u0001',
    quote = '', escape = '', columns = {'line': 'VARCHAR'}) LIMIT 1`;
  const rows = await rowsOf(connection, sql).catch((error: unknown) => {
    const reason = databaseReason(error);
    throw new FocalError("data", `cannot read ${quote(file)}: ${/unicode|utf-8|encod/i.test(String(error)) ? "not UTF-8 text, save the file as UTF-8" : reason}`);
  });
  const line = rows[0]?.[0];
  if (!line?.trim()) throw new FocalError("data", `${quote(file)} is empty, expected a header line with column names`);
  return line;
}

/** Delimiter (the commonest of comma, semicolon, tab and bar outside quotes) and column names, which must differ in more than case. */
export function parseHeader(file: string, line: string): Header {
  const splits = DELIMITERS.map((delimiter) => ({ delimiter, names: splitQuoted(line, delimiter) }));
  const { delimiter, names } = splits.reduce((best, next) => (next.names.length > best.names.length ? next : best));
  const seen = new Map<string, string>();
  for (const name of names) {
    const known = seen.get(name.toLowerCase());
    if (known !== undefined && name !== "") {
      throw new FocalError("data", known === name
        ? `column ${quote(name)} stands twice in the header of ${quote(file)}, rename one`
        : `columns ${quote(known)} and ${quote(name)} of ${quote(file)} differ only in case, rename one`);
    }
    seen.set(name.toLowerCase(), name);
  }
  return { file, delimiter, names: names.map((name, i) => (name === "" ? `column${i}` : name)) };
}

function splitQuoted(line: string, delimiter: string): string[] {
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (character === '"') {
      if (quoted && line[i + 1] === '"') name += line[++i];
      else quoted = !quoted;
    } else if (character === delimiter && !quoted) {
      names.push(name.trim());
      name = "";
    } else name += character;
  }
  return [...names, name.trim()];
}
