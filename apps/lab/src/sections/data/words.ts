/** How the section says things of files. */

/** A name from a file, as it stands in a sentence: in quotes, and cut where it would fill the page. */
export const quote = (name: string): string => `“${name.length > 40 ? `${name.slice(0, 39)}…` : name}”`;

export const count = (n: number): string => n.toLocaleString("en-GB").replaceAll(",", "\u202f");

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** "a", "a and b", "a, b and 3 more" */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.length > most ? names.slice(0, most - 1) : names.slice(0, -1), last = names.length > most ? `${names.length - shown.length} more` : names.at(-1) ?? "";
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}
