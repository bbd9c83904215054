/** Turns an unknown value into a known one, or throws a `Misfit` that says where it is wrong. */
export type Check<T> = (value: unknown, path: string) => T;

/** What is wrong with a value, and where: `layers[1].bias must be text, got 3`. */
export class Misfit extends Error {}

function misfit(path: string, expected: string, value: unknown): never {
  const shown = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  throw new Misfit(`${path || "the whole"} must be ${expected}, got ${shown.length > 40 ? `${shown.slice(0, 37)}…` : shown}`);
}

export const text: Check<string> = (value, path) => (typeof value === "string" ? value : misfit(path, "text", value));
export const flag: Check<boolean> = (value, path) => (typeof value === "boolean" ? value : misfit(path, "true or false", value));

/** A finite number that also satisfies `test`. */
export function number(expected = "a finite number", test: (value: number) => boolean = () => true): Check<number> {
  return (value, path) => (typeof value === "number" && Number.isFinite(value) && test(value) ? value : misfit(path, expected, value));
}

export const size = number("a whole number > 0", (value) => Number.isInteger(value) && value > 0);

export function list<T>(item: Check<T>): Check<T[]> {
  return (value, path) => (Array.isArray(value) ? value.map((entry, i) => item(entry, `${path}[${i}]`)) : misfit(path, "a list", value));
}

/** An object with these fields and no others. */
export function record<T extends object>(fields: { readonly [key in keyof T]: Check<T[key]> }): Check<T> {
  return (value, path) => {
    const entries = objectEntries(value, path);
    const at = (key: string) => (path === "" ? key : `${path}.${key}`);
    for (const key of entries.keys()) if (!Object.hasOwn(fields, key)) misfit(at(key), "absent", entries.get(key));
    const checked = Object.entries(fields).map(([key, check]) => [key, (check as Check<unknown>)(entries.get(key), at(key))] as const);
    return Object.fromEntries(checked.filter(([, field]) => field !== undefined)) as T;
  };
}

/** An object of any keys with values of one kind. */
export function dictionary<T>(item: Check<T>): Check<Record<string, T>> {
  return (value, path) => Object.fromEntries([...objectEntries(value, path)].map(([key, entry]) => [key, item(entry, `${path}.${key}`)]));
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value, path) => (value === undefined ? undefined : check(value, path));
}

/** A check chosen by what the value looks like, so that the error speaks of what was meant. */
export function depending<T>(choose: (value: unknown) => Check<T>): Check<T> {
  return (value, path) => choose(value)(value, path);
}

export function listOrOne<T>(item: Check<T>): Check<T | T[]> {
  return depending<T | T[]>((value) => (Array.isArray(value) ? list(item) : item));
}

/** float32 numbers, all finite, in base64. */
export const floats: Check<Float32Array> = (value, path) => {
  const bytes = Buffer.from(text(value, path), "base64");
  if (bytes.length % 4 !== 0) misfit(path, "base64 of float32 numbers", value);
  const numbers = new Float32Array(new Uint8Array(bytes).buffer);
  if (!numbers.every(Number.isFinite)) throw new Misfit(`${path} must hold finite numbers only`);
  return numbers;
};

function objectEntries(value: unknown, path: string): Map<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) misfit(path, "an object", value);
  return new Map(Object.entries(value));
}
