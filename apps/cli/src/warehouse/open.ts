import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { DuckDBInstance } from "@duckdb/node-api";
import { FocalError } from "focal-loss";
import { clickhouseEngine, duckdbEngine } from "focal-loss/sql";
import type { Source, SqlEngine } from "focal-loss/sql";
import { databaseReason, sqlText } from "../data/database.ts";
import { quote } from "../data/near.ts";

/** Where rows lie, and what asks for them. */
export interface Warehouse {
  readonly engine: SqlEngine;
  readonly source: Source;
  /** The same for a query that is run elsewhere: in a database itself, where it is not attached under another name. */
  readonly home: Source;
  /** As it may be printed: without a password. */
  readonly name: string;
  close(): Promise<void>;
}

/** How a warehouse is reached. */
export interface Reaching {
  readonly table?: string | undefined;
  /** Seconds that a statement may take on a server. */
  readonly timeout: number;
}

/**
 * Opens what the command line names: `clickhouse://user@host:8123/database` (`clickhouses://` by TLS), a DuckDB database with
 * `--table`, or files for DuckDB to read. A server's password comes from CLICKHOUSE_PASSWORD.
 */
export async function openWarehouse(locations: readonly string[], reaching: Reaching, environment: NodeJS.ProcessEnv = process.env): Promise<Warehouse> {
  const [first = ""] = locations;
  if (!/^[a-z]+:\/\//i.test(first)) {
    locations.forEach(refuseSqlite);
    return /\.(duckdb|ddb|db)$/i.test(first) ? openDatabase(locations, reaching) : openFiles(locations, reaching);
  }
  if (locations.length > 1) throw new FocalError("argument", "a server's address stands alone: its table is named by --table");
  return openServer(first, reaching, environment);
}

function openServer(location: string, { table, timeout }: Reaching, environment: NodeJS.ProcessEnv): Warehouse {
  let url: URL;
  try {
    url = new URL(location.replace(/^clickhouse(s?):/i, "http$1:"));
  } catch {
    throw new FocalError("argument", "the address must look like clickhouse://user@host:8123/database");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new FocalError("argument", `the address must begin with clickhouse:// or clickhouses:// (TLS), got ${url.protocol}//`);
  if (url.password !== "") throw new FocalError("argument", "the address must not hold a password, which other users of this machine could read: set CLICKHOUSE_PASSWORD instead");
  if (url.search !== "" || url.hash !== "") throw new FocalError("argument", `the address ends with the database, got ${url.search}${url.hash} after it`);
  if (table === undefined) throw new FocalError("argument", "--table must name the table on the server");
  const database = decodeURIComponent(url.pathname.slice(1)) || "default", username = decodeURIComponent(url.username) || "default";
  const port = url.port || (url.protocol === "https:" ? "8443" : "8123"), address = `${url.protocol}//${url.hostname}:${port}`;
  const client = createClient({
    url: address, username, password: environment["CLICKHOUSE_PASSWORD"] ?? "", database, request_timeout: 1e3 * timeout, log: { level: ClickHouseLogLevel.OFF },
  });
  const source = [database, table];
  return { engine: clickhouseEngine(client), source, home: source, name: `${table} of ${database} at ${url.hostname}:${port}`, close: () => client.close() };
}

async function openFiles(files: readonly string[], { table }: Reaching): Promise<Warehouse> {
  if (table !== undefined) throw new FocalError("argument", "--table is for servers and DuckDB databases: a file is a table itself");
  const { engine, close } = await duckdb();
  return { engine, close, source: { files }, home: { files }, name: files.join(", ") };
}

async function openDatabase([path = "", ...more]: readonly string[], { table }: Reaching): Promise<Warehouse> {
  if (more.length > 0) throw new FocalError("argument", "a database stands alone: its table is named by --table");
  if (table === undefined) throw new FocalError("argument", "--table must name the table in the database");
  if (!existsSync(path)) throw new FocalError("data", `there is no database ${quote(path)}`);
  const { engine, run, close } = await duckdb();
  try {
    await run(`ATTACH ${sqlText(path)} AS warehouse (READ_ONLY)`).catch((error: unknown) => {
      throw new FocalError("data", `cannot open ${quote(path)}: ${databaseReason(error)}`);
    });
    const home = await tableOf(engine, path, table);
    return { engine, close, source: ["warehouse", ...home], home, name: `${table} of ${path}` };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A table by its name, or by that of its schema, a dot and its own. @throws FocalError `data` naming what there is instead */
async function tableOf(engine: SqlEngine, path: string, table: string): Promise<readonly string[]> {
  const found = await engine.query("SELECT schema_name, table_name FROM (SELECT database_name, schema_name, table_name FROM duckdb_tables() UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal) WHERE database_name = 'warehouse' ORDER BY ALL") as readonly (readonly [string, string])[];
  const names = found.map(([schema, name]) => ({ home: [schema, name], said: schema === "main" ? name : `${schema}.${name}` }));
  // Engines do not tell letters of names by their case.
  const match = names.find(({ said }) => said === table) ?? names.find(({ said }) => said.toLowerCase() === table.toLowerCase());
  if (match) return match.home;
  throw new FocalError("data", `there is no table ${quote(table)} in ${quote(path)}; it has ${names.length === 0 ? "none" : names.slice(0, 20).map(({ said }) => quote(said)).join(", ")}${names.length > 20 ? ", …" : ""}`);
}

/** @throws FocalError `data` for a file that begins as SQLite's databases do: DuckDB would take it for CSV, or look for an extension on the network */
function refuseSqlite(path: string): void {
  if (!existsSync(path) || !statSync(path).isFile()) return;
  const head = Buffer.alloc(16), file = openSync(path, "r");
  try {
    readSync(file, head);
  } finally {
    closeSync(file);
  }
  if (head.toString("latin1") === "SQLite format 3\0") throw new FocalError("data", `${quote(path)} is a database of SQLite, which is not read: write the table to a CSV file`);
}

/** A private DuckDB; extensions are never fetched. */
async function duckdb() {
  const instance = await DuckDBInstance.create(":memory:", { autoinstall_known_extensions: "false", autoload_known_extensions: "false" });
  const connection = await instance.connect();
  return {
    engine: duckdbEngine(connection),
    run: (sql: string) => connection.run(sql),
    async close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
