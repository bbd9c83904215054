import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import fc from "fast-check";
import { FocalError } from "focal-loss";
import sharp from "sharp";
import { readCoco } from "../src/detection/data/coco.ts";
import { loadBoxes } from "../src/detection/data/dataset.ts";
import { readPicture } from "../src/detection/data/pictures.ts";
import { Problems } from "../src/detection/data/problems.ts";
import { placeVoc, readVoc } from "../src/detection/data/voc.ts";
import { readDataYaml, readYolo } from "../src/detection/data/yolo.ts";

const root = mkdtempSync(join(tmpdir(), "focal detect "));
afterAll(() => rmSync(root, { recursive: true }));

const at = (...names: string[]): string => join(root, ...names);
const put = (name: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
};
/** 40 × 30 pixels, its left half red. */
const picture = (options: { orientation?: number; grey?: boolean } = {}): Promise<Buffer> => {
  const red = sharp({ create: { width: 20, height: 30, channels: 3, background: "#f00" } }).png().toBuffer();
  return red.then((left) => {
    const whole = sharp({ create: { width: 40, height: 30, channels: 3, background: "#00f" } }).composite([{ input: left, left: 0, top: 0 }]);
    const grey = options.grey ? whole.toColourspace("b-w") : whole;
    return (options.orientation === undefined ? grey : grey.withMetadata({ orientation: options.orientation })).jpeg({ quality: 95 }).toBuffer();
  });
};

const voc = (objects: string, filename = "a.jpg"): string => `<annotation><filename>${filename}</filename><size><width>40</width><height>30</height><depth>3</depth></size>${objects}</annotation>`;
const object = (name: string, box: readonly number[], more = ""): string =>
  `<object><name>${name}</name>${more}<bndbox><xmin>${box[0]}</xmin><ymin>${box[1]}</ymin><xmax>${box[2]}</xmax><ymax>${box[3]}</ymax></bndbox></object>`;
const coco = (images: object[], annotations: object[], categories: object[] = [{ id: 3, name: "cat" }, { id: 90, name: "dog" }]): string => JSON.stringify({ images, annotations, categories });
const image = (id: number, file_name: string): object => ({ id, file_name, width: 40, height: 30 });

beforeAll(async () => {
  const jpeg = await picture();
  for (const name of ["voc/JPEGImages/a.jpg", "voc/JPEGImages/b.jpg", "coco/train2017/a.jpg", "coco/val2017/a.jpg", "yolo/images/train/a.jpg", "yolo/images/val/b.jpg", "yolo/images/val/empty.jpg", "flat/a.jpg"]) put(name, jpeg);
});

test("a class whose every box is flat is none", async () => {
  put("flat class/a.jpg", await picture());
  put("flat class/b.json", coco([image(1, "a.jpg")], [{ image_id: 1, category_id: 3, bbox: [1, 1, 9, 9] }, { image_id: 1, category_id: 90, bbox: [1, 1, 0, 9] }]));
  const { classes, problems } = await loadBoxes(at("flat class"));
  expect({ classes, empty: problems.times("empty"), lines: problems.lines().length }).toEqual({ classes: ["cat"], empty: 1, lines: 1 });
});

test("a model of other classes is told which there are", async () => {
  put("others/a.jpg", await picture());
  put("others/b.json", coco([image(1, "a.jpg")], [{ image_id: 1, category_id: 3, bbox: [1, 1, 9, 9] }]));
  await expect(loadBoxes(at("others"), ["boat"])).rejects.toThrow('holds no box that can be used: its classes are "cat", "dog", but the model\'s are "boat"');
});

describe("the same boxes in three formats", () => {
  // Inclusive pixels 6…15 × 4…13 are the edges 5, 3, 15, 13.
  const expected = [5, 3, 15, 13];

  test("Pascal VOC: pixel numbers from 1, both ends inside; difficult is neither right nor wrong; ImageSets divide", async () => {
    put("voc/Annotations/a.xml", voc(object("dog", [6, 4, 15, 13]) + object("cat &amp; kitten", [1, 1, 40, 30], "<difficult>1</difficult>")));
    put("voc/Annotations/b.xml", voc(object("dog", [6, 4, 15, 13]), "from another machine.jpg"));
    put("voc/ImageSets/Main/train.txt", "a\n");
    put("voc/ImageSets/Main/test.txt", "b\n");
    const { format, classes, samples, channels, problems } = await loadBoxes(at("voc"));
    expect({ format, classes, channels, lines: problems.lines() }).toEqual({ format: "Pascal VOC", classes: ["cat & kitten", "dog"], channels: 3, lines: [] });
    expect(samples.map(({ part }) => part)).toEqual(["train", "test"]);
    expect([...samples[0]!.boxes]).toEqual([...expected, 0, 0, 40, 30]);
    expect([...samples[0]!.labels]).toEqual([1, 0]);
    expect([...samples[0]!.crowd]).toEqual([0, 1]);
    expect([...samples[1]!.boxes]).toEqual(expected); // found by its own name
  });

  test("COCO: x, y, width, height; ids with gaps; crowds; parts by file name", async () => {
    put("coco/annotations/instances_train2017.json", coco([image(7, "a.jpg")], [{ image_id: 7, category_id: 90, bbox: [5, 3, 10, 10] }, { image_id: 7, category_id: 3, bbox: [0, 0, 40, 30], iscrowd: 1 }]));
    put("coco/annotations/instances_val2017.json", coco([image(7, "a.jpg")], [{ image_id: 7, category_id: 90, bbox: [5, 3, 10, 10] }]));
    const { format, classes, samples } = await loadBoxes(at("coco"));
    expect({ format, classes }).toEqual({ format: "COCO", classes: ["cat", "dog"] });
    expect(samples.map(({ part, name }) => [part, name])).toEqual([["train", "train2017/a.jpg"], ["validation", "val2017/a.jpg"]]);
    expect([...samples[0]!.boxes]).toEqual([...expected, 0, 0, 40, 30]);
    expect([...samples[0]!.labels]).toEqual([1, 0]);
    expect([...samples[0]!.crowd]).toEqual([0, 1]);
    expect((await loadBoxes(at("coco/annotations/instances_val2017.json"))).samples.map(({ name }) => name)).toEqual(["val2017/a.jpg"]);
  });

  test("YOLO: centre and size as shares of the picture; a picture without a file shows nothing; parts by data.yaml", async () => {
    put("yolo/data.yaml", "path: ../somewhere  # where it was\ntrain: images/train\nval:\n  - images/val\nnc: 2\nnames:\n  0: cat\n  1: 'dog'\n");
    put("yolo/labels/train/a.txt", "1 0.25 0.2666666667 0.25 0.3333333333\n");
    put("yolo/labels/val/b.txt", "0 .125 .1 .375 .1 .375 .4333333 .125 .4333333\n"); // a polygon
    const { format, classes, samples } = await loadBoxes(at("yolo"));
    expect({ format, classes }).toEqual({ format: "YOLO", classes: ["cat", "dog"] });
    expect(samples.map(({ part, labels }) => [part, ...labels])).toEqual([["train", 1], ["validation", 0], ["validation"]]);
    for (const sample of samples.slice(0, 2)) [...sample.boxes].forEach((edge, i) => expect(edge).toBeCloseTo(expected[i]!, 4));
  });

  test("YOLO beside its pictures, with classes.txt", async () => {
    put("flat/classes.txt", "cat\ndog\n");
    put("flat/a.txt", "1 .5 .5 .5 .5\n");
    expect((await loadBoxes(at("flat"))).classes).toEqual(["dog"]);
  });
});

describe("what is wrong is counted, and the rest is used", () => {
  test("boxes without area, outside, over the edge, of unknown classes, twice, without numbers; pictures missing or cut off", async () => {
    const jpeg = await picture();
    put("wrong/a.jpg", jpeg);
    put("wrong/cut.jpg", "no picture at all");
    put("wrong/coco.json", coco([image(1, "a.jpg"), image(2, "cut.jpg"), image(3, "gone.jpg")], [
      { image_id: 1, category_id: 3, bbox: [1, 1, 5, 5] }, { image_id: 1, category_id: 3, bbox: [1, 1, 5, 5] },
      { image_id: 1, category_id: 3, bbox: [1, 1, 0, 5] }, { image_id: 1, category_id: 3, bbox: [50, 1, 5, 5] }, { image_id: 1, category_id: 3, bbox: [35, 1, 50, 5] },
      { image_id: 1, category_id: 4, bbox: [1, 1, 5, 5] }, { image_id: 1, category_id: 3, bbox: ["x", 1, 5, 5] }, { image_id: 1, category_id: 3 }, { image_id: 9, category_id: 3, bbox: [1, 1, 5, 5] },
    ]));
    const { samples, problems } = await loadBoxes(at("wrong"));
    expect([...samples[0]!.boxes]).toEqual([1, 1, 6, 6, 35, 1, 40, 6]);
    expect(problems.lines()).toEqual([
      '1 picture cannot be read ("cut.jpg"): left out', '1 picture is not there ("gone.jpg"): left out',
      '2 boxes have coordinates that are no numbers (the first: "a.jpg"): left out', '1 box has no area ("a.jpg"): left out', '1 box lies outside its picture ("a.jpg"): left out',
      '1 box reaches beyond its picture ("a.jpg"): cut at its edge', '1 box is of an unknown class ("a.jpg"): left out', '1 box stands there twice ("a.jpg"): one is kept',
      '1 box belongs to a picture that is not listed ("coco.json: image_id 9"): left out',
    ]);
  });

  test("a picture on its side: its boxes are upright if their size says so, and else it stays as stored", async () => {
    const jpeg = await picture({ orientation: 6 }); // upright it is 30 × 40
    put("exif/a.jpg", jpeg);
    put("exif/b.jpg", jpeg);
    put("exif/coco.json", coco([{ ...image(1, "a.jpg"), width: 30, height: 40 }, image(2, "b.jpg")], [{ image_id: 1, category_id: 3, bbox: [0, 0, 30, 20] }, { image_id: 2, category_id: 3, bbox: [0, 0, 20, 30] }]));
    const { samples, problems } = await loadBoxes(at("exif"));
    expect(samples.map(({ width, height, upright }) => [width, height, upright])).toEqual([[30, 40, true], [40, 30, false]]);
    expect(problems.times("turned")).toBe(1);
    for (const { file, upright, boxes } of samples) { // inside the box it is red in both
      const { data, width } = await readPicture(file, { channels: 3, upright });
      const x = Math.floor((boxes[0]! + boxes[2]!) / 2), y = Math.floor((boxes[1]! + boxes[3]!) / 2);
      expect(data[3 * (y * width + x)]).toBeGreaterThan(200);
      expect(data[3 * (y * width + x) + 2]).toBeLessThan(60);
    }
  });

  test("annotations of a picture that was shrunk since are scaled with it", async () => {
    put("shrunk/a.jpg", await picture());
    put("shrunk/coco.json", coco([{ ...image(1, "a.jpg"), width: 400, height: 300 }], [{ image_id: 1, category_id: 3, bbox: [50, 30, 100, 100] }]));
    const { samples, problems } = await loadBoxes(at("shrunk"));
    expect([...samples[0]!.boxes]).toEqual([5, 3, 15, 13]);
    expect(problems.times("size")).toBe(1);
  });

  test("one channel where every picture is grey, three otherwise", async () => {
    put("grey/a.jpg", await picture({ grey: true }));
    put("grey/a.xml", voc(object("cat", [2, 2, 9, 9])));
    const { channels, samples } = await loadBoxes(at("grey"));
    expect(channels).toBe(1);
    expect((await readPicture(samples[0]!.file, { channels, size: [8, 6] })).data).toHaveLength(48);
    expect((await readPicture(samples[0]!.file, { channels: 3, size: [8, 6] })).data).toHaveLength(144);
  });

  test.each([
    ["nothing", {}, "holds no annotations"],
    ["two", { "a.xml": voc(object("cat", [2, 2, 9, 9])), "b.json": coco([], []) }, "several kinds (COCO JSON, Pascal VOC XML)"],
    ["nameless", { "labels/a.txt": "0 .5 .5 .1 .1" }, "nothing that names their classes"],
    ["no categories", { "b.json": coco([image(1, "a.jpg")], [], []) }, "names no categories"],
    ["torn", { "b.json": coco([image(1, "a.jpg")], []).slice(0, -5) }, "no whole JSON file"],
    ["no boxes", { "b.json": coco([image(1, "a.jpg")], []) }, "no box that can be used"],
    ["no pictures", { "b.json": coco([image(1, "z.jpg")], [{ image_id: 1, category_id: 3, bbox: [1, 1, 5, 5] }]) }, "none of which can be read"],
  ])("%s: one sentence", async (name, files, words) => {
    put(`bad ${name}/a.jpg`, await picture());
    for (const [file, content] of Object.entries(files)) put(`bad ${name}/${file}`, content);
    const error: unknown = await loadBoxes(at(`bad ${name}`)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FocalError);
    expect((error as Error).message).toContain(words);
    expect((error as Error).message).not.toContain("\n");
  });

  test("nothing outside of the folder is read, whatever a file name says", async () => {
    put("secret.jpg", await picture());
    put("inside/a.jpg", await picture());
    put("inside/coco.json", coco([image(1, "../secret.jpg"), image(2, at("secret.jpg")), image(3, "C:\\pictures\\a.jpg")], [1, 2, 3].map((image_id) => ({ image_id, category_id: 3, bbox: [1, 1, 5, 5] }))));
    expect((await loadBoxes(at("inside"))).samples.map(({ name }) => name)).toEqual(["a.jpg"]);
  });
});

test("a folder of VOC files whose boxes begin at 0 counts from 0", () => {
  const [stated] = placeVoc([readVoc(voc(object("cat", [0, 4, 15, 13])), "a.xml", ".")]);
  expect(stated!.boxes[0]!.box).toEqual([0, 4, 15, 13]);
});

test("data.yaml: names in brackets, over lines, in braces, by dashes", () => {
  for (const text of ["names: [a, 'b, c']", 'names: ["a",\n  "b, c"]', "names: {0: a, 1: 'b, c'}", "names:\n- a\n- b, c", "names:\n  0: a\n  1: b, c"]) {
    expect(readDataYaml(`train: ./x\r\n${text}\n`, "data.yaml").names).toEqual(["a", "b, c"]);
  }
});

describe("whatever a file holds, reading it ends with boxes or one FocalError", () => {
  const json = fc.json({ maxDepth: 4 });
  const word = fc.constantFrom("images", "annotations", "categories", "bbox", "id", "image_id", "category_id", "name", "file_name", "__proto__", "iscrowd");
  const nearlyCoco = fc.record({ images: fc.array(fc.dictionary(word, fc.jsonValue())), annotations: fc.array(fc.dictionary(word, fc.jsonValue())), categories: fc.array(fc.dictionary(word, fc.jsonValue())) }).map((value) => JSON.stringify(value));
  const tag = fc.constantFrom("annotation", "object", "name", "bndbox", "xmin", "ymin", "xmax", "ymax", "size", "width", "difficult", "__proto__", "constructor");
  const nearlyVoc = fc.letrec((tie) => ({
    node: fc.oneof({ depthSize: "small" }, fc.string(), fc.tuple(tag, fc.array(tie("node"), { maxLength: 5 })).map(([name, children]) => `<${name}>${children.join("")}</${name}>`)),
  })).node.map((inner) => `<annotation>${String(inner)}</annotation>`);
  const survives = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(FocalError);
      expect((error as Error).message).not.toContain("\n");
    }
  };

  test("COCO", () => {
    fc.assert(fc.property(fc.oneof(json, nearlyCoco, fc.string()), (text) => survives(() => {
      for (const { boxes } of readCoco(text, "f.json", ".", new Problems()).pictures) for (const { box } of boxes) expect(box).toHaveLength(4);
    })), { numRuns: 1000 });
  });

  test("Pascal VOC, nested, cut off, with entities", () => {
    fc.assert(fc.property(fc.oneof(nearlyVoc, fc.string(), fc.tuple(nearlyVoc, fc.nat()).map(([text, end]) => text.slice(0, end % text.length))), (text) => survives(() => {
      for (const { box } of readVoc(text, "f.xml", ".").boxes) expect(box).toHaveLength(4);
    })), { numRuns: 1000 });
    survives(() => readVoc(`<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;&l;&l;">]><annotation><object><name>&m;&m;</name></object></annotation>`, "f.xml", "."));
  });

  test("YOLO and data.yaml", () => {
    const line = fc.array(fc.oneof(fc.integer().map(String), fc.double().map(String), fc.string()), { maxLength: 9 }).map((words) => words.join(" "));
    fc.assert(fc.property(fc.array(line).map((lines) => lines.join("\n")), fc.string(), (text, yaml) => {
      survives(() => { for (const { box } of readYolo(text, "f.txt", ["a", "b"], new Problems())) expect(box).toHaveLength(4); });
      survives(() => readDataYaml(`names: ${yaml}`, "data.yaml"));
    }), { numRuns: 1000 });
  });
});
