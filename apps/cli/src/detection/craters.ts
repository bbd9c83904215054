import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Scene } from "focal-loss/detect";
import { bundledFile } from "./bundled.ts";
import { readPicture } from "./data/pictures.ts";

/** Pixels of a tile's side, and the tiles around the Moon. */
const TILE = 128, AROUND = 32;
/** Nearer the poles the map is stretched too far. In degrees. */
const FARTHEST = 60;
/** Smaller craters are less than four pixels high. In kilometres. */
const SMALLEST = 20;
const KILOMETRES_PER_PIXEL = 2.6651;
/** Longitudes are held out in bands of 45°, of which every fourth is for testing. */
const BAND = 4, FOLDS = 4;

interface Crater {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
}

/**
 * The bundled map of the Moon in tiles of 128 × 128 pixels, each with the named craters whose centre is in it.
 *
 * Boxes are cut at the edges of the tile. A crater in two tiles is known in one of them: there are few, and none is counted twice.
 */
export async function craterScenes(): Promise<readonly Scene[]> {
  const map = await readPicture(bundledFile("moon_4k.jpg"), { channels: 1 });
  const craters = await readCraters(map);
  const top = Math.floor(((90 - FARTHEST) / 180) * map.height), rows = Math.floor(((2 * FARTHEST) / 180) * map.height / TILE);
  return Array.from({ length: rows * AROUND }, (_, i) => {
    const column = i % AROUND, row = Math.floor(i / AROUND);
    const left = column * TILE, above = top + row * TILE;
    const own = craters.filter(({ x, y }) => x >= left && x < left + TILE && y >= above && y < above + TILE);
    const data = new Uint8Array(TILE * TILE);
    for (let y = 0; y < TILE; y++) data.set(map.data.subarray((above + y) * map.width + left, (above + y) * map.width + left + TILE), y * TILE);
    const inside = (edge: number): number => Math.min(Math.max(edge, 0), TILE);
    return {
      name: `${Math.abs(Math.round((left / map.width) * 360 - 180))}° ${left < map.width / 2 ? "W" : "E"}, row ${row + 1}`,
      picture: { width: TILE, height: TILE, channels: 1 as const, data },
      boxes: Float32Array.from(own.flatMap(({ x, y, halfWidth, halfHeight }) => [x - halfWidth - left, y - halfHeight - above, x + halfWidth - left, y + halfHeight - above].map(inside))),
      labels: new Int32Array(own.length),
    };
  });
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

/** Whether a tile is for testing: by its longitude, since neighbours share craters, light and the eyes of those who named them. */
export const isHeldOut = (tile: number, fold: number): boolean => Math.floor((tile % AROUND) / BAND) % FOLDS === fold % FOLDS;
