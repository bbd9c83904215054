import { FocalError } from "../../errors.ts";
import type { SqlEngine } from "../engine.ts";

/** How patient a question is. */
export interface Asking {
  readonly signal?: AbortSignal | undefined;
  /** How often a statement is asked again after an error that the engine calls passing. */
  readonly retries: number;
}

/** Milliseconds before a statement is asked again, doubled each time. */
const pause = 200;

/**
 * Asks an engine, and asks again where that may help.
 *
 * @throws FocalError `engine` with what the engine says, in one sentence; the signal's reason where it was raised
 */
export async function ask(engine: SqlEngine, sql: string, { signal, retries }: Asking): Promise<readonly (readonly unknown[])[]> {
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await engine.query(sql, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt >= retries || !engine.retryable(error)) throw inOneSentence(error, engine);
    }
    await sleep(pause * 2 ** attempt, signal);
  }
}

function inOneSentence(error: unknown, { dialect }: SqlEngine): unknown {
  if (error instanceof FocalError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new FocalError("engine", `${dialect} answered: ${message.split("\n", 1)[0]!.slice(0, 500)}`);
}

const sleep = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });

/** Numbers of an answer of one row, arrays among its columns opened. */
export function numbersOf(rows: readonly (readonly unknown[])[], what: string): number[] {
  const numbers = (rows[0] ?? []).flat(2).map((value) => (value === null ? NaN : Number(value)));
  if (rows.length !== 1) throw new FocalError("engine", `${what} must answer with one row, got ${rows.length}`);
  return numbers;
}
