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

/** A value of the wrong kind, in words. */
export function describe(thing: unknown): string {
  if (thing === null || thing === undefined) return String(thing);
  if (Array.isArray(thing)) return "an array";
  if (typeof thing === "object") {
    const kind = thing.constructor?.name ?? "object";
    return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
  }
  if (typeof thing === "function") return "a function";
  if (typeof thing === "string") return `the string ${JSON.stringify(thing)}`;
  return typeof thing === "number" ? String(thing) : `the ${typeof thing} ${String(thing)}`;
}
