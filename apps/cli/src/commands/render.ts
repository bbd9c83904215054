import { defineCommand } from "citty";
import * as library from "focal-loss";
import { FocalError } from "focal-loss";
import type { AnyLoss } from "focal-loss";
import { toOnnx } from "focal-loss/onnx";
import { render as print } from "focal-loss/render";
import type { Dialect, Language } from "focal-loss/render";
import { writeWhole } from "../model/write.ts";
import { inCode } from "./arguments.ts";
import { numbers, oneOf, refuseExtra, refuseOut, wholeNumber } from "./options.ts";

interface Family {
  (settings: Readonly<Record<string, number>>): AnyLoss;
  readonly defaults: Readonly<Record<string, number>>;
}

/** Every loss of the library, by the name it is imported by. */
const families = Object.fromEntries(
  Object.entries(library as Readonly<Record<string, unknown>>).filter((entry): entry is [string, Family] => typeof entry[1] === "function" && "defaults" in entry[1]),
);

const LANGUAGES = ["tex", "pytorch", "keras", "js", "wasm", "wgsl", "sql", "onnx"] as const satisfies readonly (Language | "onnx")[];

const DIALECTS = ["duckdb", "clickhouse", "postgres", "trino", "spark"] as const satisfies readonly Dialect[];

/** What only a graph is asked for. */
const graphArgs = {
  head: { type: "string", description: "with --to onnx: sigmoid (default), each logit a question; softmax, rows of classes", valueHint: "sigmoid|softmax" },
  classes: { type: "string", description: "with --to onnx: logits per row", valueHint: "N" },
  reduction: { type: "string", description: "with --to onnx: mean (default), sum or none", valueHint: "mean|sum|none" },
  gradient: { type: "boolean", description: "with --to onnx: also the gradient by each logit", default: false },
} as const;

/** `focal render`: a loss in another language. */
export const render = defineCommand({
  meta: { name: "render", description: "Print a loss in another language.  Example: focal render poly1Focal --set gamma=2,epsilon=0.5 --to pytorch" },
  args: {
    loss: { type: "positional", description: Object.keys(families).join(", "), required: true },
    to: {
      type: "string", default: "tex", valueHint: LANGUAGES.join("|"),
      description: "tex: the formula as written; pytorch, keras: functions to train with; js, wasm, wgsl: its stable value, slope and curvature; sql: the same as a query over logits and targets; onnx: a model of logits and targets",
    },
    dialect: { type: "string", description: "with --to sql: whose SQL (default duckdb)", valueHint: DIALECTS.join("|") },
    gamma: { type: "string", description: "the same as --set gamma=…", valueHint: "2" },
    set: { type: "string", description: "the loss's parameters, and alpha (default: its own)", valueHint: "name=number,…" },
    out: { type: "string", description: "write a file instead of printing; onnx needs one", valueHint: "focal.py|focal.onnx" },
    ...graphArgs,
  },
  async run({ args }) {
    refuseExtra("render", args._, 1);
    const family = families[inCode(args.loss)];
    if (!family) throw new FocalError("argument", `loss must be ${Object.keys(families).join(", ")}, got ${JSON.stringify(args.loss)}`);
    const settings = { ...(args.gamma !== undefined && { gamma: numbers("gamma", args.gamma)[0]! }), ...(args.set !== undefined && readSettings(args.set)) };
    const loss = family(settings), to = oneOf("to", args.to, LANGUAGES);
    if (args.out !== undefined) refuseOut(args.out, []);
    if (args.dialect !== undefined && to !== "sql") throw new FocalError("argument", `--dialect is for --to sql, got --to ${to}`);
    const text = to === "onnx" ? graphOf(loss, args) : print(loss, refuseGraphArgs(to, args), args.dialect === undefined ? {} : { dialect: oneOf("dialect", args.dialect, DIALECTS) });
    if (args.out === undefined) return console.log(text);
    await writeWhole(args.out, typeof text === "string" ? `${text}\n` : text);
    console.log(args.out);
  },
});

type GraphValues = { readonly [name in "out" | "head" | "classes" | "reduction"]?: string | undefined } & { readonly gradient: boolean };

function graphOf(loss: AnyLoss, { out, head, classes, reduction, gradient }: GraphValues): Uint8Array {
  if (out === undefined) throw new FocalError("argument", "an ONNX model is no text to print: --out says which file to write, as --out focal.onnx");
  return toOnnx(loss, {
    gradient,
    ...(head !== undefined && { head: oneOf("head", head, ["sigmoid", "softmax"]) }), ...(classes !== undefined && { classes: wholeNumber("classes", classes, 1) }),
    ...(reduction !== undefined && { reduction: oneOf("reduction", reduction, ["mean", "sum", "none"]) }),
  });
}

/** Printed code serves every head and reduction it can; options that would pick one of them must not be passed over in silence. */
function refuseGraphArgs(to: Language, args: GraphValues): Language {
  const given = (Object.keys(graphArgs) as (keyof typeof graphArgs)[]).find((name) => args[name] !== undefined && args[name] !== false);
  if (given !== undefined) throw new FocalError("argument", `--${given} is for --to onnx, got --to ${to}`);
  return to;
}

/** gamma=2,epsilon=0.5 */
function readSettings(text: string): Record<string, number> {
  return Object.fromEntries(text.split(",").map((pair) => {
    const [name, value, more] = pair.split("=");
    if (!name || value === undefined || more !== undefined) throw new FocalError("argument", `set must be name=number, separated by commas, got ${JSON.stringify(pair)}`);
    return [name.trim(), numbers(name.trim(), value)[0]!];
  }));
}
