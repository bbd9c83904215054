import { clipBoxes, detect, type Detections, type Picture } from "focal-loss/detect";
import sharp from "sharp";
import { scaledSize } from "./fit.ts";
import type { SavedDetector } from "./model/saved.ts";

export interface Looking {
  readonly threshold: number;
  readonly limit: number;
}

/** What a saved detector sees on pictures of any size: each is scaled as in training, and boxes are given in its own pixels. */
export async function look({ model, scaling }: SavedDetector, pictures: readonly Picture[], options: Looking): Promise<Detections[]> {
  const scaled = await Promise.all(pictures.map(async (picture) => resized(picture, scaledSize(picture.width, picture.height, scaling))));
  const seen = await detect(model, scaled, options);
  return seen.map(({ boxes, labels, scores }, i) => {
    const { width, height } = pictures[i]!, across = width / scaled[i]!.width, down = height / scaled[i]!.height;
    return { labels, scores, boxes: clipBoxes(boxes.map((edge, k) => edge * (k % 2 === 0 ? across : down)), width, height) };
  });
}

async function resized(picture: Picture, [width, height]: readonly [number, number]): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const { channels } = picture;
  const data = await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels } }).resize(width, height, { fit: "fill" })
    .toColourspace(channels === 1 ? "b-w" : "srgb").raw().toBuffer();
  return { width, height, channels, data: new Uint8Array(data) };
}
