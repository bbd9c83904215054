import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { checkOutputPath, predictFiles, writePredictions } from "../model/index.ts";
import { refuseOut } from "./options.ts";

/** `focal predict`: a saved model on new files. */
export const predict = defineCommand({
  meta: {
    name: "predict",
    description: "Apply a trained model to new rows.  Example: focal predict focal-output/model.onnx new.csv --out scored.csv",
  },
  args: {
    model: { type: "positional", description: "model.onnx or model.json that focal train wrote", required: true, valueHint: "MODEL" },
    files: { type: "positional", description: "CSV, TSV, Parquet or JSON files, compressed or not; globs", required: true, valueHint: "FILE…" },
    out: { type: "string", description: "write a file (.csv, .tsv, .parquet, .json) instead of CSV to the terminal", valueHint: "scored.csv" },
  },
  async run({ args }) {
    const [model, ...files] = args._;
    if (model === undefined || files.length === 0) throw new FocalError("argument", "focal predict needs a model and at least one file");
    if (args.out !== undefined) {
      checkOutputPath(args.out);
      refuseOut(args.out, args._);
    }
    const predictions = await predictFiles(model, files);
    for (const note of predictions.notes) console.error(`note: ${note}`);
    await writePredictions(args.out, predictions);
    if (args.out !== undefined) console.error(`${predictions.table.rows} rows scored: ${args.out}`);
  },
});
