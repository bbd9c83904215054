import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { crossEntropy, focal } from "focal-loss";
import { clickhouseEngine, duckdbEngine, evaluateSql, fitLinearFocal } from "focal-loss/sql";
import type { FitCheckpoint, FitSpec, SqlEngine, SqlModel } from "focal-loss/sql";
import { randomNumbers } from "focal-loss/train";
import { emptyDatabase, makeTable } from "../sql/fitTables.ts";
import type { Cell } from "../sql/fitTables.ts";
import { password, serverPath, startCluster } from "./cluster.ts";
import type { Cluster, Node } from "./cluster.ts";

const server = serverPath();
if (server === undefined) console.log("No clickhouse-server is installed (Debian: apt-get install clickhouse-server): the cluster is not tested.");

const rows = 4000, copies = 30;
const columns = { "a `b` \"c\"": "DOUBLE", far: "DOUBLE", hole: "DOUBLE", town: "VARCHAR", w: "DOUBLE", o: "DOUBLE", y: "INTEGER", k: "VARCHAR" };
const types = { DOUBLE: "Nullable(Float64)", VARCHAR: "Nullable(String)", INTEGER: "Nullable(UInt8)" };

/** Every row, and the shard it lives on. */
function table(): { cells: Cell[]; shard: number }[] {
  const random = randomNumbers(11), bell = (): number => random() + random() + random() - 1.5;
  return Array.from({ length: rows }, (_, i) => {
    const a = bell(), b = bell(), town = ["Oslo", "it's", "\\n", null][Math.floor(4 * random() ** 2)]!, z = 1.5 * a - b + (town === "it's" ? 1 : 0) - 1.5;
    const y = i % 97 === 0 ? null : Number(random() < 1 / (1 + Math.exp(-z)));
    return { cells: [a, 1e7 + 3 * b, i % 9 === 0 ? null : a * b, town, 0.5 + random(), 0.3 * bell(), y, `class ${z + bell() > 0 ? 2 : bell() > 0.2 ? 1 : 0}`], shard: i % 3 === 0 ? 0 : 1 };
  });
}

describe.skipIf(server === undefined)("a cluster of 2 shards × 2 replicas", () => {
  let cluster: Cluster, engine: SqlEngine, duckdb: SqlEngine;
  const at = (shard: number, replica: number): Node => cluster.nodes[shard]![replica]!;
  const ask = async (node: Node, query: string): Promise<unknown[][]> => ((await (await node.client.query({ query, format: "JSONCompact" })).json()) as { data: unknown[][] }).data;

  beforeAll(async () => {
    const data = table(), connection = await emptyDatabase();
    await makeTable(connection, "events", columns, data.map(({ cells }) => cells));
    duckdb = duckdbEngine(connection);
    cluster = await startCluster(server!, 2, 2);
    engine = clickhouseEngine(at(0, 0).client);
    const named = Object.entries(columns).map(([name, type]) => `\`${name.replaceAll("`", "\\`")}\` ${types[type as keyof typeof types]}`).join(", ");
    await Promise.all(cluster.nodes.flatMap((shard, s) => shard.map(async ({ client }) => {
      await client.command({ query: `CREATE TABLE events_local (${named}) ENGINE = MergeTree ORDER BY tuple()` });
      await client.insert({ table: "events_local", format: "JSONEachRow", values: data.filter((row) => row.shard === s).map(({ cells }) => Object.fromEntries(Object.keys(columns).map((name, i) => [name, cells[i]]))) });
      await client.command({ query: "CREATE TABLE events AS events_local ENGINE = Distributed(cluster, default, events_local)" });
      await client.command({ query: `CREATE TABLE many_local AS events_local` + " ENGINE = MergeTree ORDER BY tuple()" });
      await client.command({ query: `INSERT INTO many_local SELECT ${Object.keys(columns).map((name) => `\`${name.replaceAll("`", "\\`")}\``).join(", ")} FROM events_local ARRAY JOIN range(${copies}) AS i` });
      await client.command({ query: "CREATE TABLE many AS many_local ENGINE = Distributed(cluster, default, many_local)" });
    })));
  });
  afterAll(() => cluster?.stop());

  const spec: FitSpec = { target: "y", positive: 1, features: ["a `b` \"c\"", "far", "hole", "town"], tolerance: 1e-8 };
  const expectClose = (got: SqlModel, wanted: SqlModel, within: number): void => {
    expect(got.terms.map(({ kind, column }) => [kind, column])).toEqual(wanted.terms.map(({ kind, column }) => [kind, column]));
    const difference = Math.max(...got.coefficients.flatMap((logit, k) => logit.map((value, j) => Math.abs(value - wanted.coefficients[k]![j]!))), ...got.intercepts.map((value, k) => Math.abs(value - wanted.intercepts[k]!)));
    expect(difference).toBeLessThanOrEqual(within);
  };

  test.each<[string, FitSpec]>([
    ["focal loss", spec],
    ["weights and an offset", { ...spec, weights: "w", offset: "o", loss: focal({ gamma: 0.5, alpha: 0.25 }) }],
    ["Newton", { ...spec, solver: "newton" }],
    ["softmax", { ...spec, positive: undefined, target: "k" }],
    ["one-vs-rest", { ...spec, positive: undefined, target: "k", multiclass: "one-vs-rest", loss: crossEntropy() }],
  ])("%s: coefficients are DuckDB's to 1e-6, on two engines that add in another order", async (_, wanted) => {
    const there = await fitLinearFocal(engine, ["default", "events"], wanted), here = await fitLinearFocal(duckdb, "events", wanted);
    expect([there.rows, there.skipped, there.ended]).toEqual([here.rows, here.skipped, "converged"]);
    expectClose(there.model, here.model, 1e-6);
  });

  test("each shard adds up its own rows: one row travels per pass", async () => {
    const { passes } = await fitLinearFocal(engine, "events", spec);
    for (const node of cluster.nodes[1]!) await ask(node, "SYSTEM FLUSH LOGS").catch(() => new Promise((resolve) => setTimeout(resolve, 4000)));
    const logged = (await Promise.all(cluster.nodes[1]!.map((node) => ask(node, "SELECT read_rows, result_rows FROM system.query_log WHERE type = 2 AND is_initial_query = 0 AND query LIKE '%exp(%events_local%'")))).flat().map((row) => row.map(Number));
    expect(logged.length).toBeGreaterThanOrEqual(passes);
    expect(logged.every(([read, sent]) => read === table().filter(({ shard }) => shard === 1).length && sent === 1)).toBe(true);
  });

  test("an evaluation, weighted and recovered, is DuckDB's to 1e-9, from groups that each shard has added up by itself", async () => {
    const { model } = await fitLinearFocal(duckdb, "events", { ...spec, positive: undefined, target: "k" });
    const there = await evaluateSql(engine, "events", model, { weights: "w", loss: focal() }), here = await evaluateSql(duckdb, "events", model, { weights: "w", loss: focal() });
    expect(there.rows).toBe(here.rows);
    for (const of of [(e: typeof here) => e.weight, (e: typeof here) => e.loss!, (e: typeof here) => e.logLoss, (e: typeof here) => e.brier, (e: typeof here) => e.expectedCalibrationError, (e: typeof here) => e.confusion[2]![1]!, (e: typeof here) => e.rocAuc[0]!.value]) {
      expect(Math.abs(of(there) - of(here))).toBeLessThanOrEqual(1e-9 * Math.abs(of(here)));
    }
    for (const node of cluster.nodes[1]!) await ask(node, "SYSTEM FLUSH LOGS").catch(() => new Promise((resolve) => setTimeout(resolve, 4000)));
    const logged = (await Promise.all(cluster.nodes[1]!.map((node) => ask(node, "SELECT read_rows, result_rows FROM system.query_log WHERE type = 2 AND is_initial_query = 0 AND query LIKE '%floor(%events_local%'")))).flat().map((row) => row.map(Number));
    expect(logged.length).toBe(model.classes.length);
    const kept = table().filter(({ shard }) => shard === 1).length;
    expect(logged.every(([read, sent]) => read === kept && sent! < kept / 2)).toBe(true);
  });

  test("a signal stops the statement on every server, long before its end", async () => {
    const stop = new AbortController(), long = "SELECT max(w), sumForEach(arrayMap(i -> exp(sin(w * i)), range(3000))) FROM many";
    const running = async (): Promise<number> => (await Promise.all(cluster.nodes.flat().map((node) => ask(node, "SELECT count() FROM system.processes WHERE query LIKE '%exp(sin(%' AND query NOT LIKE '%processes%'")))).reduce((sum, [row]) => sum + Number(row![0]), 0);
    const asked = engine.query(long, { signal: stop.signal }), started = performance.now();
    void (async () => {
      while ((await running()) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      stop.abort(new Error("enough"));
    })();
    await expect(asked).rejects.toThrow("enough");
    expect(performance.now() - started).toBeLessThan(20_000); // uncancelled it would take minutes
    for (let wait = 0; wait < 200 && (await running()) > 0; wait++) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await running()).toBe(0);
    const ended = async (): Promise<unknown> => (await ask(at(0, 0), "SELECT exception FROM system.query_log WHERE type = 4 AND query_id LIKE 'focal-%' AND query LIKE '%exp(sin(%'"))[0]?.[0];
    for (let wait = 0; wait < 100 && (await ended()) === undefined; wait++) await new Promise((resolve) => setTimeout(resolve, 100)); // the log is written now and then
    expect(await ended()).toContain("Query was cancelled");
  });

  test("a wrong password, a server that is not there and a missing table are one sentence each, without the password", async () => {
    const as = (options: { url?: string; password?: string }): SqlEngine => clickhouseEngine(createClient({ url: at(0, 0).url, password, log: { level: ClickHouseLogLevel.OFF }, ...options }));
    const sentence = (broken: SqlEngine, name = "events"): Promise<string> => fitLinearFocal(broken, name, spec).then(() => "fitted", (error: Error) => error.message);
    const wrong = await sentence(as({ password: "not the password" }));
    expect(wrong).toMatch(/^ClickHouse: wrong user or password \(error 193: /);
    expect(wrong).not.toContain("not the password");
    expect(await sentence(as({ url: "http://127.0.0.1:1" }))).toBe("ClickHouse: the server cannot be reached (ECONNREFUSED)");
    expect(await sentence(engine, "nowhere")).toMatch(/^ClickHouse: no such table \(error 60: /);
  });

  test("a replica that is killed in the middle of a pass changes no coefficient (1e-9: sums are added in another order)", async () => {
    const whole = await fitLinearFocal(engine, "many", spec);
    let failed = 0, killed: Node | undefined;
    const watched: SqlEngine = { ...engine, retryable: (error) => engine.retryable(error) && ++failed > 0 };
    const fit = fitLinearFocal(watched, "many", { ...spec, onPass: ({ pass }) => void (pass === 2 && killBusy().then((node) => (killed = node))) });
    /** Kills the replica of the second shard that answers just now. */
    async function killBusy(): Promise<Node> {
      for (;;) for (const node of cluster.nodes[1]!) {
        if (Number((await ask(node, "SELECT count() FROM system.processes WHERE is_initial_query = 0 AND query LIKE '%sumForEach%'"))[0]![0]) === 0) continue;
        await node.kill();
        return node;
      }
    }
    const survived = await fit;
    expect(killed).toBeDefined();
    expect(failed).toBeGreaterThan(0);
    expectClose(survived.model, whole.model, 1e-9);
    await killed!.start();
  });

  test("a shard that is lost ends the fit in one sentence, and the checkpoint goes on when it is back", async () => {
    const whole = await fitLinearFocal(engine, "many", spec);
    let last: FitCheckpoint | undefined;
    const fit = fitLinearFocal(engine, "many", { ...spec, retries: 1, onCheckpoint: (checkpoint) => (last = JSON.parse(JSON.stringify(checkpoint)) as FitCheckpoint), onPass: ({ pass }) => void (pass === 3 && Promise.all(cluster.nodes[1]!.map((node) => node.kill()))) });
    await expect(fit).rejects.toThrow(/^ClickHouse: a shard cannot be reached: all of its replicas refused\. What was found so far is in the checkpoint; go on when the shard is back \(error 279: /);
    await expect(fitLinearFocal(engine, "many", { ...spec, retries: 0 })).rejects.toThrow("a shard cannot be reached"); // and not half of the rows
    await at(1, 1).start();
    const rest = await fitLinearFocal(engine, "many", { ...spec, resume: last });
    expectClose(rest.model, whole.model, 1e-9);
    expect(rest.passes).toBe(whole.passes);
  });
});
