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

/** Settings are objects: α and γ can't be swapped by position. */
export function expectOptions(where: string, options: unknown): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new FocalError("argument", `${where} takes its options as an object, got ${describe(options)}`);
  }
}

/** Options are an object, and a misspelt one is not passed over in silence. */
export function expectKnown(where: string, options: unknown, names: readonly string[]): void {
  expectOptions(where, options);
  const unknown = Object.keys(options as object).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new FocalError("argument", `${where} has no option ${unknown}; it has ${names.join(", ")}`);
}
