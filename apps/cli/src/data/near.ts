/** Names close enough to `name` to be what was meant, nearest first, at most three. Case and punctuation count little. */
export function nearNames(name: string, candidates: readonly string[]): string[] {
  const wanted = plain(name);
  return candidates
    .map((candidate) => ({ candidate, distance: distanceBetween(wanted, plain(candidate)) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** The second half of a sentence about an unknown name: the near ones, or all when there are few. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearNames(name, candidates);
  if (near.length > 0) return `did you mean ${near.map(quote).join(" or ")}?`;
  const shown = candidates.slice(0, 12).map(quote).join(", ");
  return `there ${candidates.length === 1 ? "is" : "are"} ${shown}${candidates.length > 12 ? ` and ${candidates.length - 12} more` : ""}`;
}

/** A name from the data inside a message. Long ones are cut and line breaks made visible, so that it stays one line. */
export function quote(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 57)}…` : name;
  return `"${short.replace(/\r?\n|\r/g, "⏎")}"`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]+/g, "");
}

/** Levenshtein distance: insertions, deletions and substitutions of one character. */
function distanceBetween(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length]!;
}
