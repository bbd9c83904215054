import { FocalError } from "focal-loss";
import { quote } from "../../data/near.ts";
import { numberOf, partOf, type Annotations, type StatedBox } from "./annotations.ts";
import type { Problems } from "./problems.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Whether text could be COCO's: JSON may hold anything. */
export const looksLikeCoco = (value: unknown): boolean => isFields(value) && Array.isArray(value["images"]) && Array.isArray(value["annotations"]);

/**
 * Reads COCO's JSON of object instances: `images`, `annotations` (bbox = x, y, width, height), `categories`.
 *
 * Classes are in the order of their ids. `iscrowd` and `ignore` make a box one that is neither right nor wrong.
 *
 * @param file - names it in errors, and tells the part: instances_val2017.json
 * @throws FocalError `data` for text that is not such a file
 */
export function readCoco(text: string, file: string, from: string, problems: Problems): Annotations {
  const value = parse(text, file);
  if (!looksLikeCoco(value)) throw new FocalError("data", `${quote(file)} is no COCO file: expected an object with images and annotations`);
  const { images, annotations, categories } = value as { images: unknown[]; annotations: unknown[]; categories: unknown };
  const names = namesOf(categories, file);
  const boxes = new Map<unknown, StatedBox[]>();
  for (const image of images) if (isFields(image)) boxes.set(image["id"], []);
  for (const annotation of annotations) {
    if (!isFields(annotation)) {
      problems.add("broken", file);
      continue;
    }
    const own = boxes.get(annotation["image_id"]);
    if (own === undefined) problems.add("orphan", `${file}: image_id ${JSON.stringify(annotation["image_id"])}`);
    else own.push(boxOf(annotation, names));
  }
  const part = partOf(file);
  return {
    format: "COCO", classes: [...new Set(names.values())],
    pictures: images.filter(isFields).map((image) => ({
      file: typeof image["file_name"] === "string" ? image["file_name"] : "", from, part,
      size: sizeOf(image), boxes: boxes.get(image["id"])!,
    })),
  };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new FocalError("data", `${quote(file)} is no whole JSON file: ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
}

/** Category ids have gaps in COCO itself; two ids of one name are one class. */
function namesOf(categories: unknown, file: string): ReadonlyMap<unknown, string> {
  const found = (Array.isArray(categories) ? categories : []).filter(isFields).filter(({ name }) => typeof name === "string" && name.trim() !== "");
  if (found.length === 0) throw new FocalError("data", `${quote(file)} names no categories, expected a list of { id, name }`);
  const sorted = found.toSorted((a, b) => Number(a["id"]) - Number(b["id"]));
  return new Map(sorted.map(({ id, name }) => [id, (name as string).trim()]));
}

function boxOf(annotation: Fields, names: ReadonlyMap<unknown, string>): StatedBox {
  const bbox = Array.isArray(annotation["bbox"]) && annotation["bbox"].length === 4 ? annotation["bbox"] : [];
  const [x = NaN, y = NaN, width = NaN, height = NaN] = bbox.map(numberOf);
  return {
    label: names.get(annotation["category_id"]), box: [x, y, x + width, y + height],
    crowd: isSet(annotation["iscrowd"]) || isSet(annotation["ignore"]),
  };
}

const isSet = (value: unknown): boolean => value === true || value === 1;

function sizeOf({ width, height }: Fields): readonly [number, number] | undefined {
  const size = [numberOf(width), numberOf(height)] as const;
  return size.every((side) => side > 0 && Number.isFinite(side)) ? size : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
