/** A share as people say it; nearly all is not all. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value === 0 || value === 100) return `${value} %`;
  if (value >= 99.5) return `${Math.min(99.99, value).toFixed(2)} %`;
  return `${value >= 10 ? value.toFixed(0) : value >= 0.01 ? String(Number(value.toPrecision(2))) : "< 0.01"} %`;
}

/** "a", "a and b", "a, b and 3 others" */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join("");
  return names.length <= 3 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : `${names.slice(0, 2).join(", ")} and ${names.length - 2} others`;
}
