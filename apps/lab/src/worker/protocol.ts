/** What goes between the page and a worker. */
export type Ask =
  | { readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly cancel: number };

export type Tell =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string; readonly code: string | undefined } };

/** What a job gets beside its input. */
export interface Context<P> {
  /** Tells the page how it goes; anything that can be cloned. */
  progress(value: P): void;
  /** Aborted when the page does not want the answer any more; seen after a `pause`. */
  readonly signal: AbortSignal;
  /** Lets messages in. A long loop awaits it every few milliseconds, and ends by itself (throwing) once it is cancelled. */
  pause(): Promise<void>;
}

export type Job<I = any, P = any, R = any> = (input: I, context: Context<P>) => R | Promise<R>; // any: jobs of all kinds stand in one table
export type Jobs = Readonly<Record<string, Job>>;

/** An answer whose buffers move to the page instead of being copied. */
export class Moved<R> {
  constructor(readonly value: R, readonly buffers: readonly Transferable[]) {}
}

export type Answer<R> = Awaited<R> extends Moved<infer V> ? V : Awaited<R>;
