/** Entries of an upper triangle. */
export const triangle = (n: number): number => (n * (n + 1)) / 2;

/** Where entry (a, b), a ≤ b, of an upper triangle stands. */
export const at = (a: number, b: number, width: number): number => a * width - triangle(a - 1) + b - a;

/** Sums of products of terms as those of (term − center) / scale, the last row being the sums of the terms themselves. */
export function standardized(upper: readonly number[], rest: readonly { readonly center: number; readonly scale: number }[]): number[] {
  const width = rest.length + 1, last = upper.at(-1)!, of = (j: number): { readonly center: number; readonly scale: number } => rest[j] ?? { center: 0, scale: 1 };
  const out = [...upper];
  for (let a = 0; a < width; a++) {
    for (let b = a; b < width; b++) {
      const left = of(a), right = of(b), sumOf = (j: number): number => upper[at(j, width - 1, width)]!;
      out[at(a, b, width)] = (upper[at(a, b, width)]! - left.center * sumOf(b) - right.center * sumOf(a) + left.center * right.center * last) / (left.scale * right.scale);
    }
  }
  return out;
}
