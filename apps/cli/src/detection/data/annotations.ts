/** A box as a file states it, not yet judged. */
export interface StatedBox {
  /** The class by name; undefined where the file names none that it declares. */
  readonly label: string | undefined;
  /** x0 y0 x1 y1 in the unit of its picture; what was no number is NaN. */
  readonly box: readonly [number, number, number, number];
  /** Detections in it are neither right nor wrong: a crowd, or marked difficult or to be ignored. */
  readonly crowd: boolean;
}

/** One picture as annotations describe it. */
export interface StatedPicture {
  /** The file, as the annotations call it. */
  readonly file: string;
  /** Where annotations were read from, as `Folder.find` wants it. */
  readonly from: string;
  /** The size that the annotations claim, in pixels; boxes are in its unit. 1 × 1 for shares of the picture. */
  readonly size: readonly [width: number, height: number] | undefined;
  readonly boxes: readonly StatedBox[];
  readonly part: Part | undefined;
}

/** What a picture is for, where the annotations divide them. */
export type Part = "train" | "validation" | "test";

export interface Annotations {
  readonly format: "COCO" | "Pascal VOC" | "YOLO";
  readonly classes: readonly string[];
  readonly pictures: readonly StatedPicture[];
}

/** The part that a name of a file or folder speaks of: `instances_val2017.json`, `valid/`, `test.txt`. */
export function partOf(name: string): Part | undefined {
  const [, word] = /(?:^|[^a-z])(train(?:val|ing)?|val(?:id|idation)?|test)(?:[^a-z]|$)/i.exec(name) ?? [];
  if (word === undefined) return undefined;
  return /^train/i.test(word) ? "train" : /^val/i.test(word) ? "validation" : "test";
}

/** A number as a file states it: NaN for what is none, so that one bad box does not spoil its file. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}
