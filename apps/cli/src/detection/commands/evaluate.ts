import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import type { Detections } from "focal-loss/detect";
import { oneOf } from "../../commands/options.ts";
import { count, fixed, plural } from "../../report/format.ts";
import { progress } from "../../terminal/progress.ts";
import { pad, plain } from "../../terminal/text.ts";
import { loadBoxes, type Sample } from "../data/dataset.ts";
import { readPicture } from "../data/pictures.ts";
import { judged, LEAST_SCORE } from "../job.ts";
import { look } from "../look.ts";
import { readDetector } from "../model/file.ts";
import { METRICS, type Metric } from "../results.ts";

const PARTS = ["train", "validation", "test", "all"] as const;

/** `focal detect evaluate`: COCO's numbers of a trained detector on annotated pictures. */
export const evaluate = defineCommand({
  meta: { name: "evaluate", description: "Judge a trained detector by annotated pictures, with COCO's numbers.  Example: focal detect evaluate detect-output/model.focal pictures/ --part test" },
  args: {
    model: { type: "positional", description: "model.focal that focal detect train wrote", required: true, valueHint: "MODEL" },
    files: { type: "positional", description: "a folder with pictures and annotations, or an annotation file", required: true, valueHint: "DIR|FILE" },
    part: { type: "string", description: "pictures of this part, where the data are divided", default: "all", valueHint: PARTS.join("|") },
    json: { type: "boolean", description: "print JSON instead of a table", default: false },
  },
  async run({ args }) {
    const part = oneOf("part", args.part, PARTS);
    const saved = await readDetector(args.model), { classes, channels } = saved.model.spec;
    const { samples, problems, path } = await loadBoxes(args.files, classes);
    const wanted = samples.filter((sample) => part === "all" || sample.part === part);
    if (wanted.length === 0) throw new FocalError("data", `${JSON.stringify(path)} has no pictures of the part ${part}`);
    const bar = progress({ quiet: args.json }), truth: Sample[] = [], seen: Detections[] = [];
    const start = performance.now();
    try {
      for (const [i, sample] of wanted.entries()) {
        bar.update(i / wanted.length, sample.name);
        try {
          const picture = await readPicture(sample.file, { channels, upright: sample.upright });
          seen.push((await look(saved, [picture], { threshold: LEAST_SCORE, limit: 100 }))[0]!);
          truth.push(sample);
        } catch (error) {
          if (!(error instanceof FocalError && error.code === "data")) throw error;
          problems.add("unreadable", sample.name);
        }
      }
    } finally {
      bar.done();
    }
    if (truth.length === 0) throw new FocalError("data", `${JSON.stringify(path)} has no picture that can be read`);
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
