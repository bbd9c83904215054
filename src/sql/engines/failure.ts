import { FocalError } from "../../errors.ts";

/** What an engine answered instead of rows, in a sentence of ours; and whether it may pass. */
export class EngineFailure extends FocalError {
  /** The engine's own number of the error, where it has one. */
  readonly number: number | undefined;
  readonly passing: boolean;

  constructor(message: string, { number, passing = false }: { readonly number?: number | undefined; readonly passing?: boolean } = {}) {
    super("engine", message);
    this.number = number;
    this.passing = passing;
  }
}

export const isPassing = (error: unknown): boolean => error instanceof EngineFailure && error.passing;
