/** Ends of line segments, x and y of one end and of the other, in squares of the grid. */
export type Segments = readonly (readonly [number, number, number, number])[];

/**
 * Where a field on a square grid takes a value: marching squares, straight lines within each square.
 *
 * @param field - (size + 1)² values, row by row
 */
export function contour(field: ArrayLike<number>, size: number, level: number): Segments {
  const segments: [number, number, number, number][] = [], at = (x: number, y: number): number => field[y * (size + 1) + x]! - level;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const corners = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)] as const;
      const crossings: [number, number][] = [];
      for (let side = 0; side < 4; side++) {
        const from = corners[side]!, to = corners[(side + 1) % 4]!;
        if (from < 0 === to < 0) continue;
        const along = from / (from - to);
        crossings.push(side === 0 ? [x + along, y] : side === 1 ? [x + 1, y + along] : side === 2 ? [x + 1 - along, y + 1] : [x, y + 1 - along]);
      }
      // Four crossings are a saddle; either way of pairing them is as true as the other.
      for (let i = 0; i + 1 < crossings.length; i += 2) segments.push([...crossings[i]!, ...crossings[i + 1]!]);
    }
  }
  return segments;
}

/** Segments that share an end, strung together: dashes then run along the line instead of beginning anew in every square. */
export function joined(segments: Segments): (readonly [number, number])[][] {
  const key = (x: number, y: number): string => `${Math.round(x * 1e6)},${Math.round(y * 1e6)}`;
  const touching = new Map<string, number[]>();
  segments.forEach(([x0, y0, x1, y1], i) => { for (const end of [key(x0, y0), key(x1, y1)]) touching.set(end, [...(touching.get(end) ?? []), i]); });
  const used = new Set<number>(), paths: (readonly [number, number])[][] = [];
  /** Walks from one end of a segment as far as it goes. */
  const walk = (from: number, x: number, y: number): (readonly [number, number])[] => {
    const path: (readonly [number, number])[] = [[x, y]];
    for (let here = from, cx = x, cy = y; ;) {
      const next = touching.get(key(cx, cy))!.find((i) => i !== here && !used.has(i));
      if (next === undefined) return path;
      used.add(next);
      const [x0, y0, x1, y1] = segments[next]!;
      [cx, cy] = key(x0, y0) === key(cx, cy) ? [x1, y1] : [x0, y0];
      path.push([cx, cy]);
      here = next;
    }
  };
  segments.forEach(([x0, y0, x1, y1], i) => {
    if (used.has(i)) return;
    used.add(i);
    const forwards = walk(i, x1, y1);
    paths.push([...walk(i, x0, y0).reverse(), ...forwards]);
  });
  return paths;
}
