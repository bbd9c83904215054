import { defineCommand } from "citty";
import { compare } from "../detection/commands/compare.ts";
import { evaluate } from "../detection/commands/evaluate.ts";
import { predict } from "../detection/commands/predict.ts";
import { train } from "../detection/commands/train.ts";

/** `focal detect`: dense object detection, the job that focal loss was made for. */
export const detect = defineCommand({
  meta: { name: "focal detect", description: "Find objects on pictures with a detector trained on your own boxes." },
  subCommands: { train, predict, evaluate, compare },
});
