import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import type { ClickHouseClient } from "@clickhouse/client";

/** One server of the cluster, on this machine's loopback. */
export interface Node {
  readonly url: string;
  readonly client: ClickHouseClient;
  /** Ends the server's process at once, as a machine that loses power. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Shards of replicas. */
export interface Cluster {
  readonly nodes: readonly (readonly Node[])[];
  readonly stop: () => Promise<void>;
}

export const password = "pass'word of the test";

/** Where the server is installed: Debian's package puts it in /usr/sbin. */
export function serverPath(): string | undefined {
  for (const path of ["clickhouse-server", "/usr/sbin/clickhouse-server"]) {
    try {
      return execFileSync("sh", ["-c", `command -v ${path}`], { encoding: "utf8" }).trim();
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Starts the nodes and waits until each answers; their files lie in a folder of their own, which is removed with them. */
export async function startCluster(server: string, shards: number, replicas: number): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "focal-cluster-"));
  const ports = await freePorts(3 * shards * replicas);
  const at = (shard: number, replica: number, kind: 0 | 1 | 2): number => ports[3 * (shard * replicas + replica) + kind]!;
  const each = (make: (shard: number, replica: number) => string, of: (replicaXml: string, shard: number) => string): string =>
    Array.from({ length: shards }, (_, s) => of(Array.from({ length: replicas }, (_, r) => make(s, r)).join(""), s)).join("");
  const remote = each(
    (s, r) => `<replica><host>127.0.0.1</host><port>${at(s, r, 1)}</port><user>default</user><password>${password}</password></replica>`,
    (xml) => `<shard><internal_replication>true</internal_replication>${xml}</shard>`,
  );
  const nodes: Node[][] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.flat().map(async (node) => {
      await node.kill();
      await node.client.close();
    }));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let s = 0; s < shards; s++) {
      nodes.push([]);
      for (let r = 0; r < replicas; r++) {
        const home = join(folder, `${s}-${r}`);
        mkdirSync(home);
        writeFileSync(join(home, "config.xml"), config(home, [at(s, r, 0), at(s, r, 1), at(s, r, 2)], remote));
        writeFileSync(join(home, "users.xml"), users);
        nodes[s]!.push(nodeAt(server, home, at(s, r, 0)));
      }
    }
    await Promise.all(nodes.flat().map((node) => node.start()));
    return { nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function nodeAt(server: string, home: string, port: number): Node {
  const url = `http://127.0.0.1:${port}`;
  // A server that is killed on purpose is nothing to log.
  const client = createClient({ url, password, request_timeout: 120_000, log: { level: ClickHouseLogLevel.OFF } });
  let process: ChildProcess | undefined, ended: Promise<void> = Promise.resolve();
  return {
    url, client,
    async start() {
      const started = process = spawn(server, [`--config-file=${join(home, "config.xml")}`], { cwd: home, stdio: "ignore" });
      ended = new Promise((resolve) => started.once("exit", () => resolve()).once("error", () => resolve()));
      for (let wait = 0; wait < 150; wait++) {
        if ((await client.ping()).success) return;
        if (started.exitCode !== null) break;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error(`the server at ${url} did not start: ${readFileSync(join(home, "error.log"), "utf8").split("\n").slice(-5).join(" ")}`);
    },
    async kill() {
      process?.kill("SIGKILL");
      await ended;
    },
  };
}

const config = (home: string, [http, tcp, interserver]: readonly [number, number, number], remote: string): string => `<yandex>
  <logger><level>warning</level><log>${home}/server.log</log><errorlog>${home}/error.log</errorlog></logger>
  <http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><interserver_http_port>${interserver}</interserver_http_port>
  <listen_host>127.0.0.1</listen_host>
  <path>${home}/data/</path><tmp_path>${home}/tmp/</tmp_path><user_files_path>${home}/files/</user_files_path>
  <mark_cache_size>67108864</mark_cache_size><max_concurrent_queries>50</max_concurrent_queries>
  <users_config>${home}/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
  <remote_servers><cluster>${remote}</cluster></remote_servers>
  <query_log><database>system</database><table>query_log</table><flush_interval_milliseconds>3000</flush_interval_milliseconds></query_log>
</yandex>
`;

const users = `<yandex>
  <profiles><default><max_memory_usage>2000000000</max_memory_usage><max_threads>2</max_threads><max_block_size>8192</max_block_size><log_queries>1</log_queries></default></profiles>
  <users><default><password>${password}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
`;

/** Ports that nobody listens on just now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  })));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
