/** Strings that mean "no value" in any file. "None" is not among them: it is a class of many tables. */
export const MISSING: readonly string[] = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "?"];

const missing = new Set(MISSING);

export const isMissing = (text: string): boolean => missing.has(text);
