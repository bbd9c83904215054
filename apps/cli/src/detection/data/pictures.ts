import { FocalError } from "focal-loss";
import type { Picture } from "focal-loss/detect";
import sharp from "sharp";
import { quote } from "../../data/near.ts";

/** What can be said of a picture file without decoding it. */
export interface Looks {
  /** Of the picture as a camera stored it. */
  readonly stored: readonly [width: number, height: number];
  /** Of the picture held upright, as EXIF says. */
  readonly upright: readonly [width: number, height: number];
  readonly grey: boolean;
}

export interface Reading {
  readonly channels: 1 | 3;
  /** The size to read it at; it is stretched to fit. Its own where omitted. */
  readonly size?: readonly [width: number, height: number] | undefined;
  /** Turned as EXIF says: true where omitted. */
  readonly upright?: boolean | undefined;
}

/** More than this is no photograph, but an attempt on the machine's memory. */
const limitInputPixels = 300e6;

/** @throws FocalError `data` for what is no picture */
export async function lookAt(file: string): Promise<Looks> {
  const { width, height, autoOrient, space, channels } = await sharp(file, { limitInputPixels }).metadata().catch((error: unknown) => { throw unreadable(file, error); });
  return { stored: [width, height], upright: [autoOrient.width, autoOrient.height], grey: space === "b-w" || space === "grey16" || channels < 3 };
}

/**
 * Decodes a picture: upright, opaque, grey or RGB, shrunk with a filter that keeps fine texture from flickering.
 *
 * @throws FocalError `data` for what is no whole picture
 */
export async function readPicture(file: string, { channels, size, upright = true }: Reading): Promise<Picture> {
  let image = sharp(file, { limitInputPixels, failOn: "truncated" });
  if (upright) image = image.autoOrient();
  image = image.flatten({ background: "#fff" }).toColourspace(channels === 1 ? "b-w" : "srgb");
  if (size) image = image.resize(size[0], size[1], { fit: "fill" });
  const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true }).catch((error: unknown) => { throw unreadable(file, error); });
  return { width: info.width, height: info.height, channels, data: inChannels(data, info.width * info.height, channels) };
}

/** The decoder may hand grey pictures out in three channels, and the other way round. */
function inChannels(data: Uint8Array, pixels: number, channels: 1 | 3): Uint8Array {
  const given = data.length / pixels;
  if (given === channels) return new Uint8Array(data);
  return Uint8Array.from({ length: pixels * channels }, (_, i) => data[Math.floor(i / channels) * given + Math.min(i % channels, given - 1)]!);
}

function unreadable(file: string, error: unknown): FocalError {
  const why = (error as Error).message.split("\n", 1)[0]!.replaceAll(file, "the file").replace(/^Input file contains unsupported image format/, "it is no picture, or of an unknown format").replace(/^Input file/, "it").trim();
  return new FocalError("data", `cannot read the picture ${quote(file)}: ${why}`);
}
