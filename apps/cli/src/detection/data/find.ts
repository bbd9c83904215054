import { stat } from "node:fs/promises";
import { basename, dirname, extname, relative, sep } from "node:path";
import { FocalError } from "focal-loss";
import { quote } from "../../data/near.ts";
import { reason } from "../../model/write.ts";
import type { Annotations } from "./annotations.ts";
import { openFolder, type Folder } from "./folder.ts";
import { readCocoFiles, readVocFiles, readYoloFiles, yoloFiles } from "./formats.ts";
import type { Problems } from "./problems.ts";
import { beginningOf } from "./text.ts";

export interface Found extends Annotations {
  readonly folder: Folder;
}

const EXPECTED = "expected COCO JSON, Pascal VOC XML, or YOLO text with data.yaml, classes.txt or obj.names";

/**
 * The annotations of a folder, or of a file, in whichever of the three formats they are.
 *
 * @param path - a folder with pictures and annotations, or one annotation file, whose pictures are beside it or in the folder around
 * @throws FocalError `data` where there are none, several kinds of them, or a file is not what it seems
 */
export async function findAnnotations(path: string, problems: Problems): Promise<Found> {
  const info = await stat(path).catch((error: unknown) => {
    throw new FocalError("data", (error as NodeJS.ErrnoException).code === "ENOENT" ? `there is no ${quote(path)}` : `cannot read ${quote(path)}: ${reason(error)}`);
  });
  if (info.isDirectory()) {
    const folder = await openFolder(path);
    return readKind(folder, folder.files, path, problems);
  }
  const around = /^(annotations|labels)$/i.test(basename(dirname(path))) ? dirname(dirname(path)) : dirname(path);
  const folder = await openFolder(around);
  const name = extname(path).toLowerCase();
  const own = [relative(around, path).split(sep).join("/")];
  if (![".json", ".xml", ".yaml", ".yml"].includes(name)) throw new FocalError("data", `${quote(path)} is no annotation file: ${EXPECTED}`);
  return readKind(folder, name.startsWith(".y") ? [...folder.files.filter((file) => !/\.(json|xml|ya?ml)$/i.test(file)), ...own] : own, path, problems);
}

/** Reads the one kind of annotations among these files. */
async function readKind(folder: Folder, files: readonly string[], path: string, problems: Problems): Promise<Found> {
  const coco = await only(files.filter((file) => /\.json$/i.test(file)), async (file) => files.length === 1 || /"(images|annotations)"\s*:/.test(await beginningOf(folder.at(file))));
  const xml = files.filter((file) => /\.xml$/i.test(file));
  const voc = await only(xml.slice(0, 50), async (file) => /<annotation[\s>]/.test(await beginningOf(folder.at(file)))).then((some) => (some.length > 0 || files.length === 1 ? xml : []));
  const yolo = yoloFiles(folder, files);
  const kinds = [...(coco.length > 0 ? ["COCO JSON"] : []), ...(voc.length > 0 ? ["Pascal VOC XML"] : []), ...(yolo.labels.length > 0 && yolo.names.length > 0 ? ["YOLO text"] : [])];
  if (kinds.length === 0) {
    if (yolo.labels.length > 0) throw new FocalError("data", `${quote(path)} has YOLO labels (${quote(yolo.labels[0]!)}), but nothing that names their classes: expected data.yaml, classes.txt or obj.names`);
    throw new FocalError("data", `${quote(path)} holds no annotations: ${EXPECTED}`);
  }
  if (kinds.length > 1) throw new FocalError("data", `${quote(path)} holds annotations of several kinds (${kinds.join(", ")}): name the file or the folder of one`);
  const read = coco.length > 0 ? await readCocoFiles(folder, coco, problems) : voc.length > 0 ? await readVocFiles(folder, voc, problems) : await readYoloFiles(folder, yolo, problems);
  return { ...read, folder };
}

async function only(files: readonly string[], keep: (file: string) => Promise<boolean>): Promise<string[]> {
  const kept: string[] = [];
  for (const file of files) if (await keep(file)) kept.push(file);
  return kept;
}
