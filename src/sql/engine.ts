import type { Dialect } from "../targets/sql/dialects.ts";

export type { Dialect };

/** An engine that answers SQL: the one thing `focal-loss/sql` asks of a database. */
export interface SqlEngine {
  readonly dialect: Dialect;
  /**
   * Rows of the answer, each an array of its columns in the order of the statement: numbers for numbers, null for NULL, text else;
   * arrays of numbers for arrays of numbers.
   *
   * @param options - `signal` stops the statement where it runs, not only the waiting for it
   */
  query(sql: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly (readonly unknown[])[]>;
  /** Whether the same statement may succeed when it is asked again: a replica that died, a connection that was lost. */
  retryable(error: unknown): boolean;
}
