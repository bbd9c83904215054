/** Where a text stands on a path, in pixels and degrees clockwise, and which points of the path it covers. */
export interface CurveLabel {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly from: number;
  readonly to: number;
}

export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/** Nearer than this a label would touch the neighbouring line. */
const CLEARANCE = 14;
const STEEPEST = 55;
/** Every third point of a path says enough about where it runs. */
const STRIDE = 3;

/**
 * Finds a place on each curve where its name can be written along it, away from the other curves and names.
 *
 * Where curves run together at both ends, as these do, names at the line ends would pile up, and a legend makes the
 * eye travel. So each name goes to where its curve is alone and straight: every position is scored by its distance
 * to everything else (more than the clearance earns nothing), less its bend and its slope.
 */
export function placeLabels(lines: readonly { width: number; path: readonly Pixel[] }[]): CurveLabel[] {
  const placed: Pixel[] = [];
  return lines.map(({ width, path }) => {
    const others = lines.filter((line) => line.path !== path).flatMap((line) => thinned(line.path));
    let best = { score: -Infinity, label: { x: 0, y: 0, angle: 0, from: 0, to: 0 }, body: [] as Pixel[] };
    for (let from = 0; from < path.length; from += STRIDE) {
      const to = endOfChord(path, from, width);
      if (to === undefined) break;
      const start = path[from]!;
      const end = path[to]!;
      const angle = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI;
      const middle = between(start, end, 0.5);
      const body = Array.from({ length: 9 }, (_, i) => between(start, end, i / 8));
      const room = Math.min(3 * CLEARANCE, distance(body, placed) / 2, distance(body, others));
      const bend = distance([middle], path.slice(from, to + 1));
      const score = Math.min(room, CLEARANCE) + room / 10 - 2 * bend - Math.max(0, Math.abs(angle) - STEEPEST);
      if (score > best.score) best = { score, body, label: { ...middle, angle, from, to } };
    }
    placed.push(...best.body);
    return best.label;
  });
}

/** The first point whose distance from the start is the width of the text, or none when the path ends before. */
function endOfChord(path: readonly Pixel[], from: number, width: number): number | undefined {
  const start = path[from]!;
  for (let to = from + 1; to < path.length; to++) {
    if (Math.hypot(path[to]!.x - start.x, path[to]!.y - start.y) >= width) return to;
  }
  return undefined;
}

function thinned(path: readonly Pixel[]): readonly Pixel[] {
  return path.filter((_, i) => i % STRIDE === 0);
}

function between(a: Pixel, b: Pixel, share: number): Pixel {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

function distance(some: readonly Pixel[], others: readonly Pixel[]): number {
  let nearest = Infinity;
  for (const a of some) for (const b of others) nearest = Math.min(nearest, Math.hypot(a.x - b.x, a.y - b.y));
  return nearest;
}
