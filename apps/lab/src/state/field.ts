/** One value of a view, as it stands in the address: how it is written and read, and what it is when the address does not say. */
export interface Field<T> {
  readonly usual: T;
  write(value: T): string;
  /** undefined for what is no value of this field. */
  read(text: string): T | undefined;
}

export interface Range {
  readonly least?: number;
  readonly most?: number;
}

const within = (value: number, { least = -Infinity, most = Infinity }: Range): boolean => Number.isFinite(value) && value >= least && value <= most;
const readNumber = (text: string, range: Range): number | undefined => (text.trim() !== "" && within(Number(text), range) ? Number(text) : undefined);

/** A number; outside its range the address is not believed. Seven digits are kept. */
export const number = (usual: number, range: Range = {}): Field<number> => ({
  usual, write: (value) => String(Number(value.toPrecision(7))), read: (text) => readNumber(text, range),
});

/** A whole number, as a seed or a count. */
export const whole = (usual: number, range: Range = {}): Field<number> => ({
  usual, write: String, read(text) { const value = readNumber(text, range); return Number.isSafeInteger(value) ? value : undefined; },
});

/** Yes or no. */
export const flag = (usual: boolean): Field<boolean> => ({
  usual, write: (value) => (value ? "1" : "0"), read: (text) => (text === "1" ? true : text === "0" ? false : undefined),
});

/** One of some words. */
export const choice = <const T extends string>(usual: NoInfer<T>, words: readonly T[]): Field<T> => ({
  usual, write: (value) => value, read: (text) => words.find((word) => word === text),
});

/** Numbers, at most so many; none is a list too. */
export const numbers = (usual: readonly number[], range: Range & { readonly count?: number } = {}): Field<readonly number[]> => ({
  usual,
  write: (values) => values.map((value) => Number(value.toPrecision(7))).join(","),
  read(text) {
    const found = text === "" ? [] : text.split(",").map((item) => readNumber(item, range));
    return found.length <= (range.count ?? 100) && found.every((value) => value !== undefined) ? found : undefined;
  },
});

/** Words out of some, each once; none is a list too. */
export const choices = <const T extends string>(usual: readonly NoInfer<T>[], words: readonly T[]): Field<readonly T[]> => ({
  usual,
  write: (values) => values.join(","),
  read(text) {
    const found = text === "" ? [] : text.split(",").map((item) => words.find((word) => word === item));
    return new Set(found).size === found.length && found.every((word) => word !== undefined) ? found : undefined;
  },
});

/** Words of the reader's own. */
export const text = (usual: string, { most = 500 }: { readonly most?: number } = {}): Field<string> => ({
  usual, write: (value) => value, read: (given) => (given.length <= most ? given : undefined),
});
