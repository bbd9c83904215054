/** Servers of Debian's packages, started for a test on a folder and a port of their own; undefined where they are not installed. */
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SqlEngine } from "focal-loss/sql";

export interface Server {
  readonly engine: SqlEngine;
  stop(): Promise<void>;
}

/** A port that nobody listens on. */
const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address() as { port: number };
    server.close(() => resolve(port));
  });
});

/** Asks until the server answers. */
async function whenReady(engine: SqlEngine, child: ChildProcess): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await engine.query("SELECT 1");
      return;
    } catch (error) {
      if (attempt === 200 || child.exitCode !== null) throw error;
      await sleep(50);
    }
  }
}

async function stopped(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.exitCode === null && child.kill("SIGINT")) await ended;
  rmSync(folder, { recursive: true, force: true });
}

const cell = (text: string): unknown => (text === "\\N" || text === "" ? null : /^(?:[-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf(?:inity)?)|nan)$/i.test(text) ? Number(text.replace(/inf(?:inity)?/i, "Infinity")) : text);
const table = (text: string): unknown[][] => text.split("\n").slice(0, -1).map((line) => line.split("\t").map(cell));

const postgresFolder = "/usr/lib/postgresql";

/** PostgreSQL, which does not run as root: there it runs as the user its package made. */
export async function postgres(): Promise<Server | undefined> {
  const version = existsSync(postgresFolder) ? readdirSync(postgresFolder).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  if (version === undefined || !existsSync(join(postgresFolder, version, "bin/initdb"))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "focal-postgres-")), bin = (name: string): string => join(postgresFolder, version, "bin", name), port = await freePort();
  const asUser = process.getuid!() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  if (asUser.length > 0) execFileSync("chown", ["postgres:postgres", folder]);
  chmodSync(folder, 0o700);
  const command = (...words: readonly string[]): readonly [string, string[]] => [[...asUser, ...words][0]!, [...asUser, ...words].slice(1)];
  execFileSync(...command(bin("initdb"), "--auth=trust", "--username=focal", "--no-sync", "--encoding=UTF8", "--locale=C", "-D", join(folder, "data")), { stdio: "ignore", cwd: "/" });
  const child = spawn(...command(bin("postgres"), "-D", join(folder, "data"), "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"), { stdio: "ignore", cwd: "/" });
  const engine: SqlEngine = {
    dialect: "postgres",
    query: async (sql) => table(execFileSync(bin("psql"), ["-h", "127.0.0.1", "-p", String(port), "-U", "focal", "-d", "postgres", "-X", "-q", "-t", "-A", "-F", "\t", "-P", "null=\\N", "-v", "ON_ERROR_STOP=1", "-f", "-"], { input: sql, encoding: "utf8", stdio: "pipe", maxBuffer: 1e8 })),
    retryable: () => false,
  };
  await whenReady(engine, child);
  return { engine, stop: () => stopped(child, folder) };
}

/** ClickHouse, asked over HTTP. */
export async function clickhouse(): Promise<Server | undefined> {
  const binary = ["/usr/sbin/clickhouse-server", "/usr/bin/clickhouse-server"].find((path) => existsSync(path));
  if (binary === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "focal-clickhouse-")), [http, tcp] = [await freePort(), await freePort()];
  writeFileSync(join(folder, "users.xml"), "<yandex><profiles><default/></profiles><users><default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users><quotas><default/></quotas></yandex>");
  writeFileSync(join(folder, "config.xml"), `<yandex><logger><level>warning</level><console>1</console></logger><http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
<path>${folder}/</path><tmp_path>${folder}/tmp/</tmp_path><mark_cache_size>1000000</mark_cache_size><users_config>${folder}/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database></yandex>`);
  const child = spawn(binary, [`--config-file=${folder}/config.xml`], { stdio: "ignore", cwd: folder });
  const engine: SqlEngine = {
    dialect: "clickhouse",
    async query(sql) {
      // As clickhouseEngine sets them.
      const answer = await fetch(`http://127.0.0.1:${http}/?max_query_size=16000000&max_ast_elements=1000000&max_expanded_ast_elements=10000000`, { method: "POST", body: sql }), text = await answer.text();
      if (!answer.ok) throw new Error(text.trim());
      return table(text);
    },
    retryable: () => false,
  };
  await whenReady(engine, child);
  return { engine, stop: () => stopped(child, folder) };
}
