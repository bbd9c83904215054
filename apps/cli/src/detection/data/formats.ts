import { basename, dirname, extname } from "node:path";
import { FocalError } from "focal-loss";
import { partOf, type Annotations, type Part, type StatedPicture } from "./annotations.ts";
import { readCoco } from "./coco.ts";
import { isPicture, type Folder } from "./folder.ts";
import type { Problems } from "./problems.ts";
import { textOf } from "./text.ts";
import { placeVoc, readVoc } from "./voc.ts";
import { readDataYaml, readNames, readYolo } from "./yolo.ts";

export async function readCocoFiles(folder: Folder, files: readonly string[], problems: Problems): Promise<Annotations> {
  const read: Annotations[] = [];
  for (const file of files) read.push(readCoco(await textOf(folder.at(file)), file, file.slice(0, -extname(file).length), problems));
  return { format: "COCO", classes: [...new Set(read.flatMap(({ classes }) => classes))], pictures: read.flatMap(({ pictures }) => pictures) };
}

export async function readVocFiles(folder: Folder, files: readonly string[], problems: Problems): Promise<Annotations> {
  const parts = await vocParts(folder);
  const pictures: StatedPicture[] = [];
  for (const file of files) {
    try {
      const stem = basename(file, extname(file));
      const stated = readVoc(await textOf(folder.at(file)), file, dirname(file));
      // The name inside is often that of another machine; the name of the file itself is kept by those who move it.
      const name = folder.find(stated.file, stated.from) !== undefined ? stated.file : folder.pictureOf(stem, stated.from) ?? (stated.file || stem);
      pictures.push({ ...stated, file: name, part: parts.get(stem) ?? partOf(dirname(file)) });
    } catch (error) {
      if (!(error instanceof FocalError) || files.length === 1) throw error;
      problems.add("annotation", file);
    }
  }
  const placed = placeVoc(pictures);
  const classes = [...new Set(placed.flatMap(({ boxes }) => boxes.flatMap(({ label }) => (label === undefined ? [] : [label]))))].sort();
  return { format: "Pascal VOC", classes, pictures: placed };
}

/** ImageSets/Main/train.txt and its like list the pictures of each part, by name without extension. */
async function vocParts(folder: Folder): Promise<ReadonlyMap<string, Part>> {
  const parts = new Map<string, Part>();
  const lists = folder.files.filter((file) => /(^|\/)ImageSets\/Main\/(trainval|train|val|test)\.txt$/i.test(file)).toSorted((a) => (/trainval/i.test(a) ? -1 : 1));
  for (const file of lists) for (const line of (await textOf(folder.at(file))).split(/\r?\n/)) if (line.trim() !== "") parts.set(line.trim().split(/\s+/)[0]!, partOf(basename(file))!);
  return parts;
}

/** Label files lie beside their picture, or in a `labels` folder that mirrors `images`. */
export function yoloFiles(folder: Folder, files: readonly string[]): { readonly labels: readonly string[]; readonly names: readonly string[] } {
  const stems = new Set(folder.files.filter(isPicture).map((file) => file.slice(0, -extname(file).length)));
  const mirrored = (stem: string): string => stem.replace(/(^|\/)labels(\/|$)/i, "$1images$2");
  const text = files.filter((file) => /\.txt$/i.test(file)).filter((file) => stems.has(file.slice(0, -4)) || stems.has(mirrored(file.slice(0, -4))) || /(^|\/)labels\//i.test(file));
  const names = files.filter((file) => /(^|\/)[^/]*\.ya?ml$|(^|\/)classes\.txt$|\.names$/i.test(file));
  return { labels: text.filter((file) => !/(^|\/)classes\.txt$/i.test(file)), names };
}

export async function readYoloFiles(folder: Folder, { labels, names }: ReturnType<typeof yoloFiles>, problems: Problems): Promise<Annotations> {
  const naming = names.toSorted((a, b) => a.split("/").length - b.split("/").length || (/\.ya?ml$/i.test(a) ? -1 : 1))[0]!;
  const text = await textOf(folder.at(naming));
  const yaml = /\.ya?ml$/i.test(naming) ? readDataYaml(text, naming) : { names: readNames(text), parts: {} };
  const partOfFile = await yoloParts(folder, yaml.parts, naming);
  const labelled = new Map(labels.map((file) => [file.slice(0, -4).replace(/(^|\/)labels(\/|$)/i, "$1images$2").toLowerCase(), file]));
  const pictures: StatedPicture[] = [];
  for (const picture of folder.files.filter(isPicture)) {
    const file = labelled.get(picture.slice(0, -extname(picture).length).toLowerCase());
    if (file !== undefined) labelled.delete(picture.slice(0, -extname(picture).length).toLowerCase());
    // A picture without a label file shows nothing: that is how the format says so.
    const boxes = file === undefined ? [] : readYolo(await textOf(folder.at(file)), file, yaml.names, problems);
    pictures.push({ file: picture, from: "", part: partOfFile(picture), size: [1, 1], boxes });
  }
  for (const file of labelled.values()) problems.add("missing", file);
  return { format: "YOLO", classes: [...new Set(yaml.names.filter((name) => name !== ""))], pictures };
}

/** Which part a picture is in: as data.yaml names folders or lists of files, else as its path says. */
async function yoloParts(folder: Folder, parts: Readonly<Record<string, readonly string[]>>, naming: string): Promise<(picture: string) => Part | undefined> {
  const listed = new Map<string, Part>(), prefixes: (readonly [string, Part])[] = [];
  for (const [name, paths] of Object.entries(parts)) {
    const part = partOf(name)!;
    for (const path of paths) {
      const plain = path.replaceAll("\\", "/").split("/").filter((step) => step !== "" && step !== "." && step !== "..").join("/");
      const list = /\.txt$/i.test(plain) ? folder.find(plain, dirname(naming)) : undefined;
      if (list === undefined) prefixes.push([`${plain}/`, part]);
      else for (const line of (await textOf(folder.at(list))).split(/\r?\n/)) {
        const picture = folder.find(line.trim(), dirname(list));
        if (picture !== undefined) listed.set(picture, part);
      }
    }
  }
  return (picture) => listed.get(picture) ?? prefixes.find(([prefix]) => `/${picture}`.includes(`/${prefix}`))?.[1] ?? partOf(dirname(picture));
}
