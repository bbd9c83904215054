import { defineCommand } from "citty";
import { crossEntropy, focal, FocalError } from "focal-loss";
import type { Language } from "focal-loss";
import { refuseExtra } from "./options.ts";

const families = { focal, "cross-entropy": crossEntropy };

/** `focal render`: a loss in another language. */
export const render = defineCommand({
  meta: { name: "render", description: "Print a loss in another language.  Example: focal render focal --gamma 2 --to js" },
  args: {
    loss: { type: "positional", description: Object.keys(families).join(", "), required: true },
    to: { type: "string", description: "tex: the formula as written; js, wasm: its stable value, slope and curvature", default: "tex", valueHint: "tex|js|wasm" },
    gamma: { type: "string", description: "focusing parameter of focal (default: 2)" },
  },
  run({ args }) {
    refuseExtra("render", args._, 1);
    const family = families[args.loss as keyof typeof families];
    if (!family) throw new FocalError("argument", `loss must be ${Object.keys(families).join(" or ")}, got ${JSON.stringify(args.loss)}`);
    const loss = args.gamma === undefined ? family() : focalWith(args.loss, Number(args.gamma));
    console.log(loss.render(args.to as Language));
  },
});

function focalWith(name: string, gamma: number) {
  if (name !== "focal") throw new FocalError("argument", `${name} has no gamma`);
  return focal({ gamma });
}
