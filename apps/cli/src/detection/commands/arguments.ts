import { availableParallelism } from "node:os";
import { FocalError } from "focal-loss";
import { smallWidths, tinyWidths, type DetectorSpec } from "focal-loss/detect";
import { numbers, oneOf, wholeNumber } from "../../commands/options.ts";
import { progress } from "../../terminal/progress.ts";
import type { Plan } from "../compare.ts";
import { openSource, type Source } from "../source.ts";

/** Arguments of the commands that train detectors. */
export const trainingArgs = {
  files: { type: "positional", description: "a folder with pictures and COCO, Pascal VOC or YOLO annotations; an annotation file; craters; digits", required: true, valueHint: "DIR|FILE|craters|digits" },
  steps: { type: "string", description: "batches to learn from (default: 1500)", valueHint: "N" },
  epochs: { type: "string", description: "instead of steps: how often every picture is seen", valueHint: "N" },
  batch: { type: "string", description: "pictures in a batch", default: "8", valueHint: "N" },
  rate: { type: "string", description: "learning rate (default: 5e-3)", valueHint: "X" },
  size: { type: "string", description: "long side of pictures in training, a multiple of 32 (default: chosen from the boxes)", valueHint: "256" },
  network: { type: "string", description: "small, or tiny: for a first try", default: "small", valueHint: "small|tiny" },
  seed: { type: "string", description: "fixes first weights and batches", default: "0", valueHint: "N" },
  resume: { type: "boolean", description: "go on where an interrupted run of the same command stopped", default: false },
} as const;

interface Values {
  readonly files: string;
  readonly steps?: string | undefined;
  readonly epochs?: string | undefined;
  readonly batch: string;
  readonly rate?: string | undefined;
  readonly size?: string | undefined;
  readonly network: string;
  readonly seed: string;
  readonly jobs?: string | undefined;
  readonly json: boolean;
}

/** The data that the arguments name, with a progress while pictures are read. */
export async function sourceOf({ files, size, json }: Values): Promise<Source> {
  const longSide = size === undefined ? undefined : wholeNumber("size", size, 32);
  if (longSide !== undefined && longSide % 32 !== 0) throw new FocalError("argument", `size must be a multiple of 32, got ${longSide}`);
  const bar = progress({ quiet: json });
  try {
    return await openSource(files, { size: longSide, onReading: (done, total) => bar.update(done / total, "reading pictures") });
  } finally {
    bar.done();
  }
}

/** How to train, as the arguments say it. */
export function planOf(source: Source, values: Values): Omit<Plan, "recipes" | "repeats"> {
  const { steps, epochs, batch: size, rate, network, seed, jobs } = values;
  if (steps !== undefined && epochs !== undefined) throw new FocalError("argument", "name either steps or epochs, got both");
  const batch = wholeNumber("batch", size, 1), learningRate = rate === undefined ? undefined : numbers("rate", rate)[0]!;
  if (learningRate !== undefined && !(learningRate > 0)) throw new FocalError("argument", `rate must be > 0, got ${learningRate}`);
  const pictures = source.divide(0).train.length;
  const { classes, channels, width, height, levels } = source;
  const spec: DetectorSpec = { classes, channels, width, height, levels, widths: oneOf("network", network, ["small", "tiny"]) === "small" ? smallWidths : tinyWidths };
  return {
    spec, batch, learningRate, seed: wholeNumber("seed", seed, 0),
    steps: epochs === undefined ? wholeNumber("steps", steps ?? "1500", 1) : Math.ceil((wholeNumber("epochs", epochs, 1) * pictures) / batch),
    jobs: jobs === undefined ? Math.min(4, availableParallelism()) : wholeNumber("jobs", jobs, 1),
  };
}
