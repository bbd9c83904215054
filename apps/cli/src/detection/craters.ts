import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Picture, Scene } from "focal-loss/detect";
import { bundledFile } from "./bundled.ts";
import { readPicture } from "./data/pictures.ts";

/** Pixels of a tile's side. */
const TILE = 128;
/** Pixels from one window to learn from to the next. */
const STEP = 32;
/** Rows of the map within 60° of the equator: nearer the poles it is stretched too far. */
const TOP = 341, BOTTOM = TOP + 10 * TILE, FARTHEST = 60;
/** Smaller craters are less than four pixels high. In kilometres. */
const SMALLEST = 20;
const KILOMETRES_PER_PIXEL = 2.6651;
/** Longitudes are held out in bands of 512 pixels, 45°, of which every fourth is for testing. */
const BAND = 512, FOLDS = 4;

interface Crater {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
}

/** The bundled map of the Moon with its named craters. */
export interface Moon {
  readonly map: Picture;
  readonly craters: readonly Crater[];
}

export async function readMoon(): Promise<Moon> {
  const map = await readPicture(bundledFile("moon_4k.jpg"), { channels: 1 });
  return { map, craters: await readCraters(map) };
}

/**
 * The map in tiles that do not overlap, and all windows of the same ground to learn from.
 *
 * Divided by longitude, since neighbours share craters, light and the eyes of those who named them. Tiles alone are soon known by
 * heart: a detector of an AP50 of .98 on them had .08 elsewhere. Cut anew every 32 pixels the same ground teaches more.
 */
export function divideMoon(moon: Moon, fold: number): { readonly train: Scene[]; readonly test: Scene[]; readonly windows: Scene[] } {
  const isHeldOut = (x: number): boolean => Math.floor(x / BAND) % FOLDS === fold % FOLDS;
  const cut = (step: number, takes: (left: number) => boolean): Scene[] => corners(moon.map.width, step).filter(({ left }) => takes(left)).map((corner) => sceneAt(moon, corner));
  return {
    train: cut(TILE, (left) => !isHeldOut(left)), test: cut(TILE, isHeldOut),
    windows: cut(STEP, (left) => !isHeldOut(left) && !isHeldOut(left + TILE - 1)),
  };
}

interface Corner {
  readonly left: number;
  readonly above: number;
}

/** Upper left corners of windows, row by row. */
function corners(width: number, step: number): Corner[] {
  const all: Corner[] = [];
  for (let above = TOP; above + TILE <= BOTTOM; above += step) for (let left = 0; left + TILE <= width; left += step) all.push({ left, above });
  return all;
}

/**
 * A window of 128 × 128 pixels, with the named craters whose centre is in it.
 *
 * Boxes are cut at the edges of the window. A crater on the edge between two tiles is known in one of them: there are few, and none is counted twice.
 */
function sceneAt({ map, craters }: Moon, { left, above }: Corner): Scene {
  const own = craters.filter(({ x, y }) => x >= left && x < left + TILE && y >= above && y < above + TILE);
  const data = new Uint8Array(TILE * TILE);
  for (let y = 0; y < TILE; y++) data.set(map.data.subarray((above + y) * map.width + left, (above + y) * map.width + left + TILE), y * TILE);
  const inside = (edge: number): number => Math.min(Math.max(edge, 0), TILE);
  return {
    name: `${Math.abs(Math.round((left / map.width) * 360 - 180))}° ${left < map.width / 2 ? "W" : "E"}, row ${1 + Math.floor((above - TOP) / TILE)}`,
    picture: { width: TILE, height: TILE, channels: 1, data },
    boxes: Float32Array.from(own.flatMap(({ x, y, halfWidth, halfHeight }) => [x - halfWidth - left, y - halfHeight - above, x + halfWidth - left, y + halfHeight - above].map(inside))),
    labels: new Int32Array(own.length),
  };
}

/** Positions on the map, in pixels: an equirectangular one, longitude 180° W at its left edge. */
async function readCraters({ width, height }: { readonly width: number; readonly height: number }): Promise<Crater[]> {
  const [header = "", ...lines] = gunzipSync(await readFile(bundledFile("moon_craters.tsv.gz"))).toString("utf8").trimEnd().split("\n");
  const column = (name: string): number => header.split("\t").indexOf(name);
  const [latitudeAt, longitudeAt, diameterAt] = [column("lat"), column("lon"), column("diameter_km")];
  return lines.flatMap((line): Crater[] => {
    const values = line.split("\t").map(Number);
    const latitude = values[latitudeAt]!, diameter = values[diameterAt]!;
    if (diameter < SMALLEST || Math.abs(latitude) >= FARTHEST) return [];
    const turned = (((values[longitudeAt]! + 180) % 360) + 360) % 360;
    const halfHeight = diameter / 2 / KILOMETRES_PER_PIXEL;
    return [{ x: (turned / 360) * width, y: ((90 - latitude) / 180) * height, halfHeight, halfWidth: halfHeight / Math.cos((latitude * Math.PI) / 180) }];
  });
}
