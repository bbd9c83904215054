/** What went wrong, for programs that handle it; people read the message. */
export type ErrorCode = "argument" | "shape" | "label" | "target" | "formula" | "data" | "model" | "engine";

/**
 * The one error of this library: a code for programs, a sentence for people.
 *
 * The sentence names the thing, its value and what was expected: `gamma must be ≥ 0, got -1`.
 */
export class FocalError extends Error {
  override readonly name = "FocalError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
