/** The parsers of this program, each with files to begin from: for models that damage them, and for the search that coverage guides. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { isExpr } from "focal-loss/expr";
import { readCoco } from "../../apps/cli/src/detection/data/coco.ts";
import { Problems } from "../../apps/cli/src/detection/data/problems.ts";
import { placeVoc, readVoc } from "../../apps/cli/src/detection/data/voc.ts";
import { readDataYaml, readYolo } from "../../apps/cli/src/detection/data/yolo.ts";
import type { SavedModel } from "../../apps/cli/src/model/saved.ts";
import { fromText, toText } from "../../apps/cli/src/model/schema.ts";
import { parseFormula } from "../../apps/lab/src/formula/parse.ts";
import { presets } from "../../apps/lab/src/formula/presets.ts";
import { FormulaMistake } from "../../apps/lab/src/formula/tokens.ts";
import { FileProblem } from "../../apps/lab/src/sections/data/csv/problem.ts";
import { readCsv } from "../../apps/lab/src/sections/data/csv/read.ts";
import { wildName } from "./arbitraries.ts";
import { asyncModel, must, refusable, refusableLater } from "./model.ts";

export interface Parser {
  readonly name: string;
  /** Whose ways guide the search: part of the files' addresses. */
  readonly files: RegExp;
  readonly corpus: readonly string[];
  /** Reads, and throws where what comes back, or the error, is not what was promised. */
  readonly read: (text: string) => void | Promise<void>;
}

const four = (boxes: readonly { readonly box: readonly number[] }[]): void => { for (const { box } of boxes) must(box.length === 4, "a box without four edges"); };
const object = "<object><name>cat</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>2.5</ymin><xmax>30</xmax><ymax>28</ymax></bndbox></object>";
const noPause = { progress: () => undefined, pause: async () => undefined };

/** Reads text that a reader typed or dropped: one of the lab's own mistakes, with its place, is a refusal. */
async function inTheLab(read: () => unknown, text: string): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof FormulaMistake) must(error.at >= 0 && error.at + error.length <= Math.max(1, text.length) + 1 && error.message.length > 0, `a mistake at ${error.at} + ${error.length} of ${text.length}`);
    else if (!(error instanceof FileProblem)) throw error;
  }
}

const layer = (inputs: number, outputs: number) => ({ inputs, outputs, weight: Float32Array.from({ length: inputs * outputs }, (_, i) => i / 8), bias: new Float32Array(outputs) });
/** A model of two inputs, one numeric and one categorical, for two classes. */
export const small: SavedModel = {
  library: "0.0.0", target: "y", classes: ["no", "yes"], againstRest: false,
  encoding: { numeric: [{ name: "a", mean: 2, sd: 0.5, missing: true }], categorical: [{ name: "c", levels: ["p", "q"], other: true, missing: false }] },
  layers: [layer(5, 4), layer(4, 1)], loss: { name: "focal", parameters: { gamma: 2 }, alpha: 0.25 },
  calibration: [{ kind: "posterior", gamma: 2, alpha: 0.25 }, { kind: "temperature", temperature: 1.3 }], decision: 0.3,
};

export const parsers: readonly Parser[] = [
  {
    name: "Pascal VOC", files: /detection\/data\/(voc|annotations)\.ts/,
    corpus: [`<annotation><filename>a.jpg</filename><size><width>40</width><height>30</height><depth>3</depth></size>${object}${object}</annotation>`, `<?xml version="1.0"?><!-- x --><annotation><object><name>a &amp; b</name><bndbox><xmax>9</xmax></bndbox></object></annotation>`],
    read: (text) => { refusable(() => { for (const { boxes } of placeVoc([readVoc(text, "f.xml", ".")])) four(boxes); }); },
  },
  {
    name: "YOLO", files: /detection\/data\/yolo\.ts/, corpus: ["1 0.25 0.26 0.25 0.33\n0 .5 .5 1 1\n", "0 .125 .1 .375 .1 .375 .43 .125 .43\n", "2 nan 1 1 1\r\n"],
    read: (text) => { refusable(() => four(readYolo(text, "f.txt", ["a", "b", "c"], new Problems()))); },
  },
  {
    name: "data.yaml", files: /detection\/data\/yolo\.ts/, corpus: ["path: ../x # where\ntrain: images/train\nval:\n  - images/val\nnc: 2\nnames:\n  0: cat\n  1: 'dog'\n", "names: [a, \"b, c\"]\n", "names: {0: a, 1: b}\n", "names:\n- a\n- b\n"],
    read: (text) => { refusable(() => { for (const name of readDataYaml(text, "data.yaml").names ?? []) must(typeof name === "string", "a name that is no text"); }); },
  },
  {
    name: "COCO", files: /detection\/data\/(coco|annotations)\.ts/,
    corpus: ['{"images":[{"id":1,"file_name":"a.jpg","width":40,"height":30}],"annotations":[{"id":1,"image_id":1,"category_id":3,"bbox":[1,2,3,4.5],"iscrowd":0}],"categories":[{"id":3,"name":"cat"}]}'],
    read: (text) => { refusable(() => { for (const { boxes } of readCoco(text, "f.json", ".", new Problems()).pictures) four(boxes); }); },
  },
  {
    name: "model.json", files: /model\/(schema|checks)\.ts/, corpus: [toText(small), toText({ ...small, decision: [1, 2], calibration: [] })],
    read: (text) => { refusable(() => must(toText(fromText(text, "m.json")).length > 0, "a model that cannot be written again")); },
  },
  {
    name: "formula", files: /lab\/src\/formula\/(parse|tokens)\.ts/, corpus: [...presets.map(({ text }) => text), "-log(pt)", "max(p - m, 0)^2 * t"],
    read: (text) => inTheLab(() => must(isExpr(parseFormula(text).expr), "no formula"), text),
  },
  {
    name: "CSV in the lab", files: /lab\/src\/sections\/data\/csv\//, corpus: ["a,b,y\n1,2,no\n3,,yes\n", "\ufeffx;y\r\n\"1,5\";\"a \"\"b\"\"\"\r\n2,5;c\r\n", "p\tlabel\n.5\t1\n"],
    read: (text) => inTheLab(async () => { for (const row of (await readCsv(new Blob([text]), noPause)).first) must(Array.isArray(row), "a row that is none"); }, text),
  },
];

const fragments = fc.oneof(wildName, fc.constantFrom("<", ">", "&", "]]>", "<!--", "<![CDATA[", "{", "}", "[", "]", ",", ":", "\n", "\r\n", "\t", " ", "null", "1e999", "-0", "NaN", "1e-400", "0x10", "(((((((((", "^", "--", "\u0000", "\ud800", '"__proto__":1,', "é", "9007199254740993"));
/** One damage after another: something put in, taken out, repeated, or moved to the end. */
export const damages = fc.array(fc.tuple(fc.constantFrom("insert", "remove", "repeat", "cut"), fc.nat(), fc.nat(40), fragments), { minLength: 1, maxLength: 6 });
export const damaged = (text: string, list: readonly (readonly [string, number, number, string])[]): string => list.reduce((now, [kind, place, length, fragment]) => {
  const at = now.length === 0 ? 0 : place % (now.length + 1);
  if (kind === "insert") return now.slice(0, at) + fragment + now.slice(at);
  if (kind === "remove") return now.slice(0, at) + now.slice(at + length);
  return kind === "repeat" ? now.slice(0, at + length) + now.slice(at) : now.slice(0, at);
}, text);

export const damage = parsers.map(({ name, corpus, read }) => asyncModel(`parsers: ${name}, damaged, is read or refused in a sentence`, 22,
  fc.tuple(fc.constantFrom(...corpus), damages), async ([text, list]) => { await read(damaged(text, list)); }));

/** Writes bytes where a reader of files finds them, for as long as it reads. */
export async function asFile<T>(bytes: Uint8Array, read: (path: string) => Promise<T>): Promise<T | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "focal-fuzz-"));
  try {
    writeFileSync(join(folder, "file"), bytes);
    return await refusableLater(() => read(join(folder, "file")));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
