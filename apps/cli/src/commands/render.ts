import { defineCommand } from "citty";
import * as library from "focal-loss";
import { FocalError } from "focal-loss";
import type { AnyLoss } from "focal-loss";
import { render as print } from "focal-loss/render";
import type { Language } from "focal-loss/render";
import { inCode } from "./arguments.ts";
import { numbers, refuseExtra } from "./options.ts";

interface Family {
  (settings: Readonly<Record<string, number>>): AnyLoss;
  readonly defaults: Readonly<Record<string, number>>;
}

/** Every loss of the library, by the name it is imported by. */
const families = Object.fromEntries(
  Object.entries(library as Readonly<Record<string, unknown>>).filter((entry): entry is [string, Family] => typeof entry[1] === "function" && "defaults" in entry[1]),
);

/** `focal render`: a loss in another language. */
export const render = defineCommand({
  meta: { name: "render", description: "Print a loss in another language.  Example: focal render poly1Focal --set gamma=2,epsilon=0.5 --to js" },
  args: {
    loss: { type: "positional", description: Object.keys(families).join(", "), required: true },
    to: { type: "string", description: "tex: the formula as written; js, wasm, wgsl: its stable value, slope and curvature", default: "tex", valueHint: "tex|js|wasm|wgsl" },
    gamma: { type: "string", description: "the same as --set gamma=…", valueHint: "2" },
    set: { type: "string", description: "the loss's parameters (default: its own)", valueHint: "name=number,…" },
  },
  run({ args }) {
    refuseExtra("render", args._, 1);
    const family = families[inCode(args.loss)];
    if (!family) throw new FocalError("argument", `loss must be ${Object.keys(families).join(", ")}, got ${JSON.stringify(args.loss)}`);
    const settings = { ...(args.gamma !== undefined && { gamma: numbers("gamma", args.gamma)[0]! }), ...(args.set !== undefined && readSettings(args.set)) };
    console.log(print(family(settings), args.to as Language));
  },
});

/** gamma=2,epsilon=0.5 */
function readSettings(text: string): Record<string, number> {
  return Object.fromEntries(text.split(",").map((pair) => {
    const [name, value, more] = pair.split("=");
    if (!name || value === undefined || more !== undefined) throw new FocalError("argument", `set must be name=number, separated by commas, got ${JSON.stringify(pair)}`);
    return [name.trim(), numbers(name.trim(), value)[0]!];
  }));
}
