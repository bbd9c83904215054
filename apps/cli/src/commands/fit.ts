import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { fitLinearFocal, scoringSql } from "focal-loss/sql";
import type { FitCheckpoint, FitPass, SqlModel } from "focal-loss/sql";
import { checkpointFile } from "../experiment/checkpoint.ts";
import { writeWhole } from "../model/index.ts";
import { LOSSES, lossOf } from "../warehouse/loss.ts";
import { modelText } from "../warehouse/model.ts";
import { openWarehouse } from "../warehouse/open.ts";
import { fitSummary } from "../warehouse/summary.ts";
import { listOf, numbers, oneOf, refuseOut, wholeNumber } from "./options.ts";
import { resumable, stateFrom } from "./resumable.ts";

/** What an interrupted fit leaves behind. */
interface FitState {
  fit?: FitCheckpoint;
}

/** Where rows lie: arguments of the commands that work inside an SQL engine. */
export const warehouseArgs = {
  files: { type: "positional", description: "clickhouse://user@host:8123/database (clickhouses:// by TLS; password in CLICKHOUSE_PASSWORD), a DuckDB database, or CSV, Parquet or JSON files; globs", required: true, valueHint: "WHERE…" },
  table: { type: "string", description: "the table, on a server or in a database", valueHint: "TABLE" },
  timeout: { type: "string", description: "seconds that a statement may take on a server", default: "600", valueHint: "SECONDS" },
} as const;

/** `focal fit`: a linear model inside an SQL engine. */
export const fit = defineCommand({
  meta: { name: "fit", description: "Fit a linear model inside an SQL engine: rows stay where they are.  Example: focal fit clickhouse://me@warehouse:8123/claims --table events --target fraud" },
  args: {
    ...warehouseArgs,
    target: { type: "string", description: "the column to predict", required: true, valueHint: "COLUMN" },
    positive: { type: "string", description: "the positive class; of several, this one against the rest (default: the rarer of two)", valueHint: "CLASS" },
    features: { type: "string", description: "columns to learn from (default: all others)", valueHint: "A,B" },
    categorical: { type: "string", description: "of these, columns of numbers that are names", valueHint: "A,B" },
    weights: { type: "string", description: "column of weights: a row of weight 2 counts twice", valueHint: "COLUMN" },
    offset: { type: "string", description: "column that is added to the logit", valueHint: "COLUMN" },
    loss: { type: "string", description: LOSSES.join(", "), default: "focal", valueHint: "NAME" },
    gamma: { type: "string", description: "its γ (default: 2)", valueHint: "2" },
    alpha: { type: "string", description: "its class weights: α of the positive class, or one for each of several (default: none)", valueHint: ".25" },
    multiclass: { type: "string", description: "how more than two classes are told apart", default: "softmax", valueHint: "softmax|one-vs-rest" },
    l2: { type: "string", description: "penalty on coefficients (default: 1 / rows)", valueHint: "0.001" },
    levels: { type: "string", description: "values of a categorical column with a coefficient of their own", default: "30", valueHint: "N" },
    solver: { type: "string", description: "lbfgs, or newton: fewer and longer passes", default: "lbfgs", valueHint: "lbfgs|newton" },
    passes: { type: "string", description: "never more passes over the data than these", default: "200", valueHint: "N" },
    out: { type: "string", description: "the model", default: "model.json", valueHint: "model.json" },
    sql: { type: "string", description: "also write the query that scores the table, in the engine's SQL", valueHint: "scoring.sql" },
    keep: { type: "string", description: "with --sql: columns that the query hands on beside the probabilities, such as a key", valueHint: "A,B" },
    resume: { type: "boolean", description: "go on where an interrupted run of the same command stopped", default: false },
    json: { type: "boolean", description: "print the model as JSON instead of a summary", default: false },
  },
  async run({ args, rawArgs }) {
    const loss = lossOf(args), features = listOf(rawArgs, "features"), categorical = listOf(rawArgs, "categorical"), keep = listOf(rawArgs, "keep");
    if (keep.length > 0 && args.sql === undefined) throw new FocalError("argument", "keep needs --sql, the query that it is about");
    const stranger = categorical.find((name) => features.length > 0 && !features.includes(name));
    if (stranger !== undefined) throw new FocalError("argument", `categorical must name columns of --features, got ${JSON.stringify(stranger)}`);
    if (features.length === 0 && categorical.length > 0) throw new FocalError("argument", "categorical needs --features, the columns that it is about");
    const spec = {
      target: args.target, positive: args.positive, loss, weights: args.weights, offset: args.offset,
      multiclass: oneOf("multiclass", args.multiclass, ["softmax", "one-vs-rest"]), solver: oneOf("solver", args.solver, ["lbfgs", "newton"]),
      maxLevels: wholeNumber("levels", args.levels, 1), maxPasses: wholeNumber("passes", args.passes, 1),
      ...(features.length > 0 && { features: features.map((column) => ({ column, ...(categorical.includes(column) && { kind: "categorical" as const }) })) }),
      ...(args.l2 !== undefined && { l2: numbers("l2", args.l2)[0]! }),
    };
    for (const out of [args.out, args.sql]) if (out !== undefined) refuseOut(out, args._);
    const { engine, source, home, name, close } = await openWarehouse(args._, { table: args.table, timeout: wholeNumber("timeout", args.timeout, 1) });
    try {
      if (keep.length > 0) await engine.query(`${scoringSql(nothing, engine.dialect, { from: source, keep })}\nLIMIT 0`); // a misspelt key is said before the fit, not after
      const checkpoint = checkpointFile<FitState>(`${args.out}.checkpoint`, "fit", JSON.stringify([source, name, { ...spec, maxPasses: undefined }]));
      const state = stateFrom(checkpoint, args.resume, {});
      const fitted = await resumable(checkpoint, state, { quiet: args.json }, async ({ signal, onProgress, onState }) => {
        const told = shareOf();
        return fitLinearFocal(engine, source, {
          ...spec, signal, resume: state.fit,
          onPass: (pass) => onProgress(told(pass), 1, `pass ${pass.pass}: mean loss ${pass.value.toPrecision(5)}, scaled gradient ${pass.gradient.toExponential(1)}`),
          onCheckpoint(fit) {
            state.fit = fit;
            onState(true); // at once: a pass over a warehouse costs more than a few numbers written down
          },
        });
      });
      await writeWhole(args.out, modelText(fitted, name));
      if (args.sql !== undefined) await writeWhole(args.sql, `${scoringSql(fitted.model, engine.dialect, { from: home, keep })};\n`);
      console.log(args.json ? JSON.stringify(fitted) : `${fitSummary(fitted, name)}\n\nModel: ${args.out}${args.sql === undefined ? "" : `\nScoring: ${args.sql}`}`);
    } finally {
      await close();
    }
  },
});

/** A model of no column. */
const nothing: SqlModel = {
  kind: "linear", target: "", classes: ["no", "yes"], head: "sigmoid", loss: { name: "crossEntropy", parameters: {}, alpha: null }, terms: [], coefficients: [[]], intercepts: [0], offset: null,
};

/** How much is done: the gradient falls by a like factor per pass, so its logarithm tells. */
function shareOf(): (pass: FitPass) => number {
  const tolerance = 1e-6;
  let first: number | undefined, furthest = 0;
  return ({ gradient }) => {
    first ??= Math.max(gradient, 10 * tolerance);
    return (furthest = Math.max(furthest, Math.min(Math.log(first / Math.max(gradient, tolerance)) / Math.log(first / tolerance), 0.99)));
  };
}
