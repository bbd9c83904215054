import { BrailleCanvas } from "./braille.ts";
import type { Cell } from "./braille.ts";

export interface ChartSeries {
  readonly name: string;
  readonly paint: (text: string) => string;
  /** Ascending in x. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface ChartOptions {
  readonly series: readonly ChartSeries[];
  readonly x: { readonly domain: readonly [number, number]; readonly label: string };
  readonly y: { readonly domain: readonly [number, number]; readonly label: string };
  /** Characters, axes included. */
  readonly width: number;
  readonly height: number;
}

const AXIS = 6;
/** More rows than this between a name and the next line earn nothing. */
const ROOM = 3;

/** Draws lines in braille characters with axes, each line named where it runs apart from the others. */
export function drawChart({ series, x, y, width, height }: ChartOptions): string {
  const canvas = new BrailleCanvas(width - AXIS - 2, height - 3);
  const paths = series.map(({ points }) => clipped(points, y.domain).map((p) => ({
    x: share(p.x, x.domain),
    y: 1 - share(p.y, y.domain),
  })));
  paths.forEach((path, i) => canvas.line(i, path));
  const names = placeNames(series.map(({ name }) => name), paths, canvas);
  const labels = new Map(niceTicks(y.domain).map((v) => [Math.round((1 - share(v, y.domain)) * (canvas.rows - 1)), String(v)]));
  const rows = Array.from({ length: canvas.rows }, (_, row) => {
    const cells = Array.from({ length: canvas.columns }, (_, column) => names.get(`${column},${row}`) ?? canvas.cell(column, row));
    return `${(labels.get(row) ?? "").padStart(AXIS - 1)} ${labels.has(row) ? "┤" : "│"}${painted(cells, series)}`;
  });
  const ticks = niceTicks(x.domain);
  const stops = ticks.map((v) => Math.round(share(v, x.domain) * canvas.columns));
  return [
    ` ${y.label}`,
    ...rows,
    `${" ".repeat(AXIS)}└${"─".repeat(canvas.columns)}`.replace(/./g, (mark, at) => (stops.includes(at - AXIS) ? "┴" : mark)),
    `${" ".repeat(AXIS)}${ticks.reduce((line, tick, i) => line.padEnd(stops[i]!) + tick, "")}`,
    `${" ".repeat(AXIS + 1)}${x.label.padStart(Math.floor((canvas.columns + x.label.length) / 2))}`,
  ].join("\n");
}

/** A row as text, each run of one series painted once; the empty end is left out. */
function painted(cells: readonly Cell[], series: readonly ChartSeries[]): string {
  const end = cells.findLastIndex(({ text }) => text !== " ") + 1;
  let line = "";
  for (let from = 0, to = 0; from < end; from = to) {
    const owner = cells[from]!.series;
    while (to < end && cells[to]!.series === owner) to++;
    const text = cells.slice(from, to).map((cell) => cell.text).join("");
    line += owner === undefined ? text : series[owner]!.paint(text);
  }
  return line;
}

/** Writes each name over its own line, in the place with the most room between it and the other lines. */
function placeNames(names: readonly string[], paths: readonly (readonly { x: number; y: number }[])[], canvas: BrailleCanvas) {
  const heights = paths.map((path) => Array.from({ length: canvas.columns }, (_, column) => {
    const at = (column + 0.5) / canvas.columns;
    return ((path.find((p) => p.x >= at) ?? path.at(-1))?.y ?? 0) * (canvas.rows - 1);
  }));
  const cells = new Map<string, Cell>();
  for (const [i, name] of names.entries()) {
    const text = ` ${name} `;
    let best = { room: -1, column: 0, row: 0 };
    for (let column = 1; column + text.length < canvas.columns; column++) {
      const row = Math.round(heights[i]![column + (text.length >> 1)]!);
      const span = Array.from({ length: text.length }, (_, k) => column + k);
      if (span.some((c) => [-1, 0, 1].some((d) => cells.has(`${c},${row + d}`)))) continue;
      const room = Math.min(...span.flatMap((c) => heights.map((at, j) => (j === i ? Infinity : Math.abs(at[c]! - row)))), ROOM);
      if (room > best.room) best = { room, column, row };
    }
    [...text].forEach((letter, k) => cells.set(`${best.column + k},${best.row}`, { text: letter, series: i }));
  }
  return cells;
}

/** About five round values inside a range. */
function niceTicks([low, high]: readonly [number, number]): number[] {
  const power = 10 ** Math.floor(Math.log10((high - low) / 4));
  const step = power * ([1, 2, 5].find((m) => (high - low) / (m * power) <= 7) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(3)));
}

/** The part of a line inside the value range, with its first point moved onto the upper edge where it comes from above. */
function clipped(points: ChartSeries["points"], [low, high]: readonly [number, number]): ChartSeries["points"] {
  const first = points.findIndex(({ y }) => y <= high);
  const inside = points.slice(Math.max(first, 0)).filter(({ y }) => y >= low);
  return first > 0 ? [{ x: points[first]!.x, y: high }, ...inside] : inside;
}

function share(value: number, [low, high]: readonly [number, number]): number {
  return (value - low) / (high - low);
}
