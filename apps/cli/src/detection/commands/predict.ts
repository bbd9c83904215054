import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { inFolder } from "../../commands/folder.ts";
import { numbers, wholeNumber } from "../../commands/options.ts";
import { quote } from "../../data/near.ts";
import { writeWhole } from "../../model/index.ts";
import { plural } from "../../report/format.ts";
import { progress } from "../../terminal/progress.ts";
import { isPicture, openFolder } from "../data/folder.ts";
import { readPicture } from "../data/pictures.ts";
import { drawPng, marksOf } from "../draw/png.ts";
import { plain } from "../job.ts";
import { look } from "../look.ts";
import { readDetector } from "../model/file.ts";

/** `focal detect predict`: what a trained detector sees. */
export const predict = defineCommand({
  meta: { name: "predict", description: "Find objects on pictures; draws them.  Example: focal detect predict detect-output/model.focal photo.jpg" },
  args: {
    model: { type: "positional", description: "model.focal that focal detect train wrote", required: true, valueHint: "MODEL" },
    files: { type: "positional", description: "one or more pictures (JPEG, PNG, WebP, TIFF …), or folders of them", required: true, valueHint: "IMAGE…" },
    threshold: { type: "string", description: "least score of what is shown", default: ".5", valueHint: ".5" },
    limit: { type: "string", description: "at most so many objects on a picture", default: "100", valueHint: "100" },
    out: { type: "string", description: "folder for the drawings and detections.json", default: "detect-found", valueHint: "FOLDER" },
    json: { type: "boolean", description: "print detections.json instead of a summary", default: false },
  },
  async run({ args }) {
    const [modelFile, ...named] = args._;
    if (modelFile === undefined || named.length === 0) throw new FocalError("argument", "focal detect predict needs a model and at least one picture");
    const threshold = numbers("threshold", args.threshold)[0]!, limit = wholeNumber("limit", args.limit, 1);
    if (!(threshold >= 0 && threshold <= 1)) throw new FocalError("argument", `threshold must be from 0 to 1, got ${threshold}`);
    const saved = await readDetector(modelFile), { classes, channels } = saved.model.spec;
    const files = (await Promise.all(named.map(picturesIn))).flat();
    const bar = progress({ quiet: args.json });
    const names = drawingNames(files);
    const seen = await inFolder(args.out, async () => {
      const all = [], unread: unknown[] = [];
      try {
        for (const [i, file] of files.entries()) {
          bar.update(i / files.length, file);
          const given = await readPicture(file, { channels }).catch((error: unknown) => { unread.push(error); });
          if (given === undefined) continue;
          const [detections] = await look(saved, [given], { threshold, limit });
          const picture = channels === 3 ? given : await readPicture(file, { channels: 3 });
          const drawing = join(args.out, names[i]!);
          await writeWhole(drawing, await drawPng(picture, marksOf(detections!, classes)));
          const { boxes, labels, scores = [] } = plain(detections!);
          all.push({ file, drawing, width: picture.width, height: picture.height, objects: labels.map((label, k) => ({ class: classes[label]!, score: scores[k]!, box: boxes.slice(4 * k, 4 * k + 4) })) });
        }
      } finally {
        bar.done();
      }
      if (all.length === 0) throw unread[0];
      for (const error of unread) {
        if (!(error instanceof FocalError)) throw error;
        console.error(`note: ${error.message}: left out`);
      }
      await writeWhole(join(args.out, "detections.json"), `${JSON.stringify(all, null, 1)}\n`);
      return all;
    });
    if (args.json) console.log(JSON.stringify(seen));
    else for (const { file, drawing, objects } of seen) {
      const counts = classes.map((name) => [objects.filter((object) => object.class === name).length, name] as const).filter(([n]) => n > 0);
      console.log(`${file}: ${objects.length === 0 ? "nothing" : counts.map(([n, name]) => `${n} ${name}`).join(", ")} (${drawing})`);
    }
    if (!args.json) console.log(`${plural(seen.length, "picture")}: ${join(args.out, "detections.json")}`);
  },
});

/** A picture, or all those of a folder. */
async function picturesIn(path: string): Promise<string[]> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return [path];
  const { files, root } = await openFolder(path), pictures = files.filter(isPicture);
  if (pictures.length === 0) throw new FocalError("data", `${quote(path)} holds no pictures`);
  return pictures.map((file) => join(root, file));
}

/** A name for each drawing; pictures of equal names are numbered. */
function drawingNames(files: readonly string[]): string[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const stem = basename(file, extname(file));
    let name = `${stem}.png`;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}-${n}.png`;
    taken.add(name.toLowerCase());
    return name;
  });
}
