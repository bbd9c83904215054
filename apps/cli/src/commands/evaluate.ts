import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { evaluateSql } from "focal-loss/sql";
import { readModel } from "../warehouse/model.ts";
import { openWarehouse } from "../warehouse/open.ts";
import { evaluationSummary } from "../warehouse/summary.ts";
import { warehouseArgs } from "./fit.ts";
import { wholeNumber } from "./options.ts";

const { table, timeout, files } = warehouseArgs;

/** `focal evaluate`: how good a model of `focal fit` is, inside an SQL engine. */
export const evaluate = defineCommand({
  meta: { name: "evaluate", description: "Evaluate a model of focal fit inside an SQL engine.  Example: focal evaluate model.json clickhouse://me@warehouse:8123/claims --table events" },
  args: {
    model: { type: "positional", description: "what focal fit wrote", required: true, valueHint: "model.json" },
    files: { ...files, description: `where the rows lie: ${files.description}` },
    table, timeout,
    weights: { type: "string", description: "column of weights: a row of weight 2 counts twice (default: every row once)", valueHint: "COLUMN" },
    bins: { type: "string", description: "bins of the calibration", default: "15", valueHint: "N" },
    json: { type: "boolean", description: "print the numbers as JSON instead of a summary", default: false },
  },
  async run({ args }) {
    const locations = args._.slice(1), bins = wholeNumber("bins", args.bins, 1);
    if (locations.length === 0) throw new FocalError("argument", "evaluate needs to know where the rows lie, after the model");
    const model = readModel(args.model), { engine, source, name, close } = await openWarehouse(locations, { table: args.table, timeout: wholeNumber("timeout", args.timeout, 1) });
    const interruption = new AbortController(), stop = (): void => interruption.abort(new FocalError("engine", "stopped"));
    process.once("SIGINT", stop).once("SIGTERM", stop);
    try {
      const found = await evaluateSql(engine, source, model, { weights: args.weights, bins, signal: interruption.signal });
      console.log(args.json ? JSON.stringify(found) : evaluationSummary(found, model, name));
    } finally {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      await close();
    }
  },
});
