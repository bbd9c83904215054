import { FocalError } from "focal-loss";
import type { Objects } from "focal-loss/detect";
import { quote } from "../../data/near.ts";
import type { Part, StatedPicture } from "./annotations.ts";
import { findAnnotations } from "./find.ts";
import { lookAt, type Looks } from "./pictures.ts";
import { Problems } from "./problems.ts";

/** A picture that is there, with the boxes on it that can be used, in its own pixels. */
export interface Sample extends Required<Objects> {
  readonly name: string;
  /** The whole path. */
  readonly file: string;
  readonly part: Part | undefined;
  readonly width: number;
  readonly height: number;
  /** Held as EXIF says; false where its boxes are of the picture as stored. */
  readonly upright: boolean;
}

export interface BoxData {
  readonly path: string;
  readonly format: string;
  readonly classes: readonly string[];
  readonly samples: readonly Sample[];
  /** 1 where every picture is grey. */
  readonly channels: 1 | 3;
  /** What was wrong, a line for each kind; grows while pictures are read. */
  readonly problems: Problems;
}

/**
 * Reads annotations and looks at their pictures.
 *
 * @param classes - of a model, whose numbers the boxes must bear; the data's own where omitted, without those that have no box
 * @throws FocalError `data` where nothing can be used
 */
export async function loadBoxes(path: string, classes?: readonly string[]): Promise<BoxData> {
  const problems = new Problems();
  const { folder, pictures, format, classes: named } = await findAnnotations(path, problems);
  const used = new Set(pictures.flatMap(({ boxes }) => boxes.filter(({ box: [x0, y0, x1, y1] }) => x1 > x0 && y1 > y0).map(({ label }) => label)));
  const known = classes ?? named.filter((name) => used.has(name));
  const byFile = new Map<string, StatedPicture>();
  for (const picture of pictures) {
    const file = folder.find(picture.file, picture.from);
    if (file === undefined) {
      problems.add("missing", picture.file || picture.from);
      continue;
    }
    const earlier = byFile.get(file);
    if (earlier) problems.add("repeated", file);
    byFile.set(file, earlier ? { ...picture, boxes: [...earlier.boxes, ...picture.boxes] } : picture);
  }
  const looked = await eachAtOnce([...byFile], async ([file, picture]) => {
    try {
      return { file, picture, looks: await lookAt(folder.at(file)) };
    } catch (error) {
      if (!(error instanceof FocalError)) throw error;
      problems.add("unreadable", file);
      return undefined;
    }
  });
  const there = looked.filter((one) => one !== undefined);
  const samples = there.map(({ file, picture, looks }) => sampleOf(file, folder.at(file), picture, looks, known, problems));
  if (samples.length === 0) throw new FocalError("data", `${quote(path)} describes ${pictures.length === 0 ? "no pictures" : "pictures none of which can be read"}${problems.lines().map((line) => `; ${line}`).join("")}`);
  if (samples.every(({ labels }) => labels.length === 0)) throw new FocalError("data", `${quote(path)} holds no box that can be used${classes && named.every((name) => !classes.includes(name)) ? `: its classes are ${named.map(quote).join(", ")}, but the model's are ${classes.map(quote).join(", ")}` : ""}${problems.lines().map((line) => `; ${line}`).join("")}`);
  return { path, format, classes: known, samples, channels: there.every(({ looks }) => looks.grey) ? 1 : 3, problems };
}

/** Some at a time: a thousand open files are too many, one after the other is slow. */
export async function eachAtOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>, most = 4): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i]!);
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}

const same = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean => a === c && b === d;

function sampleOf(name: string, file: string, { size, boxes, part }: StatedPicture, { stored, upright }: Looks, classes: readonly string[], problems: Problems): Sample {
  // Some programs mark what the camera stored and never look at EXIF: their size gives them away.
  const isTurned = size !== undefined && same(size, stored) && !same(size, upright);
  if (isTurned) problems.add("turned", name);
  const [width, height] = isTurned ? stored : upright;
  const [across, down] = size ? [width / size[0], height / size[1]] : [1, 1];
  if (size && !same(size, [1, 1]) && !same(size, [width, height])) problems.add("size", name);
  const kept = new Map<string, { box: readonly number[]; label: number; crowd: boolean }>();
  for (const { label, box: [x0, y0, x1, y1], crowd } of boxes) {
    const number = label === undefined ? -1 : classes.indexOf(label);
    const box = [x0 * across, y0 * down, x1 * across, y1 * down] as const;
    const cut = [clamp(box[0], width), clamp(box[1], height), clamp(box[2], width), clamp(box[3], height)] as const;
    if (!box.every(Number.isFinite)) problems.add("broken", name);
    else if (box[2] <= box[0] || box[3] <= box[1]) problems.add("empty", name);
    else if (number < 0) problems.add("unknown", label === undefined ? name : `${label}, ${name}`);
    else if (cut[2] <= cut[0] || cut[3] <= cut[1]) problems.add("outside", name);
    else {
      // A pixel over the edge is a matter of counting from 0 or 1.
      if (box.some((edge, i) => Math.abs(edge - cut[i]!) > 1)) problems.add("clipped", name);
      const key = `${number} ${cut.map((edge) => edge.toFixed(1)).join(" ")}`;
      if (kept.has(key)) problems.add("duplicate", name);
      else kept.set(key, { box: cut, label: number, crowd });
    }
  }
  const all = [...kept.values()];
  return {
    name, file, part, width, height, upright: !isTurned,
    boxes: Float32Array.from(all.flatMap(({ box }) => box)), labels: Int32Array.from(all, ({ label }) => label), crowd: Uint8Array.from(all, ({ crowd }) => (crowd ? 1 : 0)),
  };
}

const clamp = (edge: number, most: number): number => Math.min(Math.max(edge, 0), most);
