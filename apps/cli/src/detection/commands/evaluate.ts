import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import type { Detections, DetectorSpec, Objects, Picture } from "focal-loss/detect";
import { oneOf } from "../../commands/options.ts";
import { quote } from "../../data/near.ts";
import { count, fixed, plural } from "../../report/format.ts";
import { progress } from "../../terminal/progress.ts";
import { pad, plain } from "../../terminal/text.ts";
import { loadBoxes } from "../data/dataset.ts";
import { readPicture } from "../data/pictures.ts";
import { Problems } from "../data/problems.ts";
import { judged, LEAST_SCORE } from "../job.ts";
import { look } from "../look.ts";
import { readDetector } from "../model/file.ts";
import { METRICS, type Metric } from "../results.ts";
import { isBundled, openSource } from "../source.ts";

const PARTS = ["train", "validation", "test", "all"] as const;

/** `focal detect evaluate`: COCO's numbers of a trained detector on annotated pictures. */
export const evaluate = defineCommand({
  meta: { name: "evaluate", description: "Judge a trained detector by annotated pictures, with COCO's numbers.  Example: focal detect evaluate detect-output/model.focal pictures/ --part test" },
  args: {
    model: { type: "positional", description: "model.focal that focal detect train wrote", required: true, valueHint: "MODEL" },
    files: { type: "positional", description: "a folder with pictures and annotations; an annotation file; craters; digits", required: true, valueHint: "DIR|FILE|craters|digits" },
    part: { type: "string", description: "pictures of this part, where the data are divided (default: all; of craters and digits test, what focal detect train holds out)", valueHint: PARTS.join("|") },
    json: { type: "boolean", description: "print JSON instead of a table", default: false },
  },
  async run({ args }) {
    const part = args.part === undefined ? undefined : oneOf("part", args.part, PARTS);
    const saved = await readDetector(args.model), { classes } = saved.model.spec;
    const { questions, problems } = await questionsOf(args.files, part, saved.model.spec);
    const bar = progress({ quiet: args.json }), truth: Objects[] = [], seen: Detections[] = [];
    const start = performance.now();
    try {
      for (const [i, { name, objects, picture }] of questions.entries()) {
        bar.update(i / questions.length, name);
        try {
          seen.push((await look(saved, [await picture()], { threshold: LEAST_SCORE, limit: 100 }))[0]!);
          truth.push(objects);
        } catch (error) {
          if (!(error instanceof FocalError && error.code === "data")) throw error;
          problems.add("unreadable", name);
        }
      }
    } finally {
      bar.done();
    }
    if (truth.length === 0) throw new FocalError("data", `${quote(args.files)} has no picture that can be read`);
    const { metrics, perClass } = judged(truth, seen, classes.length, (performance.now() - start) / 1e3);
    const named = perClass.map((numbers, c) => ({ name: classes[c]!, ...numbers }));
    if (args.json) {
      console.log(JSON.stringify({ pictures: truth.length, metrics, perClass: named, problems: problems.lines() }));
      return;
    }
    for (const line of problems.lines()) console.error(`note: ${plain(line)}`);
    const lines = (Object.keys(METRICS) as Metric[]).filter((metric) => Number.isFinite(metrics[metric])).map((metric) => [METRICS[metric].name, fixed(metrics[metric], METRICS[metric].digits), metric === "seconds" ? "of reading and detecting" : METRICS[metric].title]);
    console.log(`${plural(truth.length, "picture")}, ${count(named.reduce((sum, { truths }) => sum + truths, 0))} boxes\n`);
    for (const [name, value, words] of lines) console.log(`${pad(name!, 8, "left")} ${pad(value!, 6, "right")}  ${words!}`);
    if (classes.length > 1) for (const { name, ap50, ap, truths } of named) console.log(`  ${plain(name)}: AP50 ${fixed(ap50, 3)}, AP ${fixed(ap, 3)} (${count(truths)} boxes)`);
  },
});

/** One annotated picture, decoded when it is its turn. */
interface Question {
  readonly name: string;
  readonly objects: Objects;
  picture(): Promise<Picture>;
}

async function questionsOf(files: string, part: (typeof PARTS)[number] | undefined, { classes, channels }: DetectorSpec): Promise<{ readonly questions: readonly Question[]; readonly problems: Problems }> {
  if (isBundled(files)) {
    const source = await openSource(files, {}), { train, test } = source.divide(0);
    if (part === "validation") throw new FocalError("argument", `${quote(files)} has no pictures of the part validation`);
    if (source.classes.join("\n") !== classes.join("\n")) throw new FocalError("data", `the model finds ${listed(classes)}, but ${quote(files)} has boxes of ${listed(source.classes)}`);
    const scenes = part === "train" ? train : part === "all" ? [...train, ...test] : test;
    return { problems: new Problems(), questions: scenes.map((scene) => ({ name: scene.name ?? files, objects: scene, picture: () => Promise.resolve(scene.picture) })) };
  }
  const { samples, problems } = await loadBoxes(files, classes);
  const wanted = samples.filter((sample) => part === undefined || part === "all" || sample.part === part);
  if (wanted.length === 0) throw new FocalError("data", `${quote(files)} has no pictures of the part ${part!}`);
  return { problems, questions: wanted.map((sample) => ({ name: sample.name, objects: sample, picture: () => readPicture(sample.file, { channels, upright: sample.upright }) })) };
}

const listed = (classes: readonly string[]): string => classes.map(quote).join(", ");
