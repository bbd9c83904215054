import { XMLParser } from "fast-xml-parser";
import { FocalError } from "focal-loss";
import { quote } from "../../data/near.ts";
import { numberOf, type StatedBox, type StatedPicture } from "./annotations.ts";

type Element = Readonly<Record<string, unknown>>;

/** Nothing is taken for a number here, and entities are not expanded: a file cannot grow in memory beyond its size. */
const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, processEntities: false, isArray: (name) => name === "object" });

/** What stands in for five characters in XML; other entities stay as written. */
const ENTITIES: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'", "&amp;": "&" };

/**
 * Reads one Pascal VOC annotation: `object`s with `name`, `difficult` and a `bndbox` of inclusive pixel numbers from 1.
 *
 * The boxes are as stated; `placeVoc` turns them into edges once it is known from where all files of a folder count.
 *
 * @throws FocalError `data` for text that is not such a file
 */
export function readVoc(text: string, file: string, from: string): StatedPicture {
  let root: unknown;
  try {
    root = parser.parse(text.replace(/^\ufeff/, ""), true);
  } catch (error) {
    throw new FocalError("data", `${quote(file)} is no whole XML file: ${(error as Error).message.split("\n", 1)[0]}`);
  }
  const annotation = child(root, "annotation");
  if (!isElement(annotation)) throw new FocalError("data", `${quote(file)} is no Pascal VOC file: expected an <annotation> with <object>s`);
  const objects = (annotation["object"] ?? []) as readonly unknown[];
  const size = child(annotation, "size");
  const stated = [numberOf(child(size, "width")), numberOf(child(size, "height"))] as const;
  return {
    file: textOf(child(annotation, "filename")), from, part: undefined,
    size: stated.every((side) => side > 0 && Number.isFinite(side)) ? stated : undefined,
    boxes: objects.map(boxOf),
  };
}

function boxOf(object: unknown): StatedBox {
  const corners = child(object, "bndbox");
  const [x0, y0, x1, y1] = ["xmin", "ymin", "xmax", "ymax"].map((name) => numberOf(child(corners, name))) as [number, number, number, number];
  return { label: textOf(child(object, "name")) || undefined, box: [x0, y0, x1, y1], crowd: textOf(child(object, "difficult")) === "1" };
}

/**
 * Boxes as edges: VOC numbers pixels from 1 and counts both ends, so that xmin 1, xmax 1 is the first pixel.
 *
 * Many programs write edges from 0 under the same names. Where any box begins at 0, the folder is taken to be by one of them.
 */
export function placeVoc(pictures: readonly StatedPicture[]): StatedPicture[] {
  const fromZero = pictures.some(({ boxes }) => boxes.some(({ box: [x0, y0] }) => x0 === 0 || y0 === 0));
  if (fromZero) return [...pictures];
  return pictures.map((picture) => ({ ...picture, boxes: picture.boxes.map((stated) => ({ ...stated, box: [stated.box[0] - 1, stated.box[1] - 1, stated.box[2], stated.box[3]] })) }));
}

const isElement = (value: unknown): value is Element => typeof value === "object" && value !== null && !Array.isArray(value);

/** A child by its name; of several the first. */
function child(parent: unknown, name: string): unknown {
  if (!isElement(parent) || !Object.hasOwn(parent, name)) return undefined;
  const found = parent[name];
  return Array.isArray(found) && name !== "object" ? found[0] : found;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim().replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity]!) : "";
}
