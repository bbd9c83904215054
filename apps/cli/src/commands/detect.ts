import { defineCommand } from "citty";

/** `focal detect`: dense object detection, the job that focal loss was made for. */
export const detect = defineCommand({
  meta: { name: "focal detect", description: "Find objects on pictures with a detector trained on your own boxes." },
  subCommands: {
    train: async () => (await import("../detection/commands/train.ts")).train,
    predict: async () => (await import("../detection/commands/predict.ts")).predict,
    evaluate: async () => (await import("../detection/commands/evaluate.ts")).evaluate,
    compare: async () => (await import("../detection/commands/compare.ts")).compare,
  },
});
