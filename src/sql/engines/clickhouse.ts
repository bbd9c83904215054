import type { SqlEngine } from "../engine.ts";
import { EngineFailure, isPassing } from "./failure.ts";

/** What is used of a client of `@clickhouse/client`. */
export interface ClickHouseClientLike {
  query(params: {
    query: string; format: "JSONCompact"; query_id: string; abort_signal?: AbortSignal; clickhouse_settings: Record<string, number>;
  }): Promise<{ json(): Promise<unknown> }>;
  command(params: { query: string }): Promise<unknown>;
}

/**
 * ClickHouse as an engine: one server, or a cluster behind a Distributed table, over HTTP.
 *
 * Settings go with every statement: a shard that does not answer is an error (`skip_unavailable_shards = 0`). Cancelling kills
 * the statement on the server, by its id.
 *
 * @param client - of `@clickhouse/client`, with URL, user and password; yours to open and close. Give it a `request_timeout`
 *   that a pass fits in
 *
 * @example
 * const client = createClient({ url: "https://warehouse:8443", password: process.env.CLICKHOUSE_PASSWORD, request_timeout: 600_000 });
 * await fitLinearFocal(clickhouseEngine(client), ["claims", "events"], { target: "fraud" });
 */
export function clickhouseEngine(client: ClickHouseClientLike): SqlEngine {
  return {
    dialect: "clickhouse",
    async query(sql, { signal } = {}) {
      signal?.throwIfAborted();
      const query_id = `focal-${crypto.randomUUID()}`;
      const kill = (): void => void client.command({ query: `KILL QUERY WHERE query_id = '${query_id}' ASYNC` }).catch(() => {});
      // Once more a little later: a server that still reads the statement has nothing to kill yet. The asker waits for neither.
      const stop = (): void => [0, 300, 1500].forEach((wait) => (wait === 0 ? kill() : setTimeout(kill, wait)));
      signal?.addEventListener("abort", stop, { once: true });
      try {
        const answer = await client.query({ query: sql, format: "JSONCompact", query_id, clickhouse_settings: settings, ...(signal && { abort_signal: signal }) });
        return (await answer.json() as { data: unknown[][] }).data;
      } catch (error) {
        signal?.throwIfAborted();
        throw failure(error);
      } finally {
        signal?.removeEventListener("abort", stop);
      }
    },
    retryable: isPassing,
  };
}

/** As servers since 2018 know them. */
const settings = {
  skip_unavailable_shards: 0, output_format_json_quote_64bit_integers: 0, output_format_json_quote_denormals: 1,
  max_ast_elements: 1_000_000, max_expanded_ast_elements: 10_000_000, max_query_size: 16_000_000,
};

/** Errors that the same statement may not meet again: a replica gone while it read, a connection lost, too much at once. */
const passing: Readonly<Record<number, string>> = { 3: "an unexpected end of file", 32: "a server left in the middle of its answer", 159: "a timeout", 202: "too many queries at once", 209: "a socket's timeout", 210: "a network error", 242: "a table that is read-only just now" };
const lasting: Readonly<Record<number, string>> = {
  279: "a shard cannot be reached: all of its replicas refused. What was found so far is in the checkpoint; go on when the shard is back",
  192: "no such user", 193: "wrong user or password", 194: "a password is required", 516: "wrong user or password", 497: "the user may not read this table",
  60: "no such table", 81: "no such database",
};

function failure(error: unknown): EngineFailure {
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  const text = typeof message === "string" ? message : String(error), network = String(code ?? (cause as { code?: unknown } | undefined)?.code ?? "");
  const number = Number(/^\d+$/.test(network) ? network : /Code: (\d+)/.exec(text)?.[1] ?? NaN);
  if (Number.isFinite(number)) {
    const known = passing[number] ?? lasting[number];
    return new EngineFailure(`ClickHouse: ${known === undefined ? said(text) : `${known} (error ${number}: ${said(text)})`}`, { number, passing: number in passing });
  }
  if (network === "ECONNREFUSED" || network === "ENOTFOUND" || network === "EHOSTUNREACH" || network === "EAI_AGAIN" || network === "ENETUNREACH") return new EngineFailure(`ClickHouse: the server cannot be reached (${network})`);
  if (network === "ECONNRESET" || network === "EPIPE" || /socket hang up/i.test(text)) return new EngineFailure("ClickHouse: the connection was lost", { passing: true });
  if (/timeout/i.test(text)) return new EngineFailure("ClickHouse: the server did not answer in time; the client's request_timeout says how long it may take");
  return new EngineFailure(`ClickHouse: ${said(text)}`);
}

/** The server's words without their wrapping. */
const said = (text: string): string => (/DB::Exception: ([\s\S]*?)(?:, e\.what\(\)|\s*\(version|$)/.exec(text)?.[1] ?? text).split("\n", 1)[0]!.slice(0, 500);
