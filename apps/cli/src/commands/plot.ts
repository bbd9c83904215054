import { extname } from "node:path";
import * as Plot from "@observablehq/plot";
import { defineCommand } from "citty";
import { crossEntropy, flsd53, focal, FocalError, focalStar, inverseFocal, poly1Focal, reducedFocal } from "focal-loss";
import type { Loss } from "focal-loss";
import { lossCurves, lossFigure } from "focal-loss/plot";
import type { CurveKind, LossCurves, LossFigureOptions } from "focal-loss/plot";
import { parseHTML } from "linkedom";
import { writeWhole } from "../model/write.ts";
import { renderPng } from "../report/png.ts";
import { serialize } from "../report/serialize.ts";
import { colorsFor } from "../terminal/colors.ts";
import { oneOf, refuseExtra } from "./options.ts";
import { drawCurves } from "../terminal/curves.ts";

const KINDS: readonly CurveKind[] = ["loss", "gradient", "factor", "curvature"];

/** How a loss is drawn: one curve for each γ, or its own beside cross-entropy. */
interface Drawing {
  family(settings: { readonly gamma: number; readonly alpha?: number }): Loss;
  readonly heading: LossFigureOptions;
  /** The γ of its curves where they are not for the user to choose; 0 is cross-entropy. */
  readonly gammas?: readonly number[];
  /** What a curve is called, where that is not by γ. */
  nameOf?(gamma: number): string | undefined;
}

const weighted = ({ alpha }: { readonly alpha?: number }): { alpha?: number } => (alpha === undefined ? {} : { alpha });

/** The losses `--loss` knows, and how each is drawn. */
const LOSSES: Readonly<Record<string, Drawing>> = {
  focal: { family: focal, heading: {} },
  poly1Focal: {
    family: poly1Focal, nameOf: (gamma) => (gamma === 0 ? "γ = 0" : undefined), // which is not cross-entropy
    heading: { title: "Poly-1 focal loss", formula: "L(pₜ) = (1 − pₜ)^γ (1 − pₜ − log pₜ)" },
  },
  focalStar: {
    family: ({ gamma, ...own }) => (gamma === 0 ? crossEntropy(weighted(own)) : focalStar({ gamma, ...weighted(own) })),
    heading: { title: "Focal loss*", formula: "L(pₜ) = −log σ(γu + 1) ÷ γ,  u = log pₜ − log(1 − pₜ)" },
  },
  inverseFocal: { family: inverseFocal, heading: { title: "Inverse focal loss", formula: "L(pₜ) = −(1 + pₜ)^γ log pₜ" } },
  reducedFocal: { family: reducedFocal, heading: { title: "Reduced focal loss", formula: "L(pₜ) = −min(1, 2 − 2pₜ)^γ log pₜ" } },
  flsd53: {
    family: ({ gamma, ...own }) => (gamma === 0 ? crossEntropy : flsd53)(weighted(own)),
    gammas: [0, 5], nameOf: (gamma) => (gamma === 0 ? undefined : "flsd53"),
    heading: { title: "Sample-dependent focal loss", formula: "L(pₜ) = −(1 − pₜ)^γ log pₜ,  γ = 5 where pₜ < 0.2, else 3" },
  },
  "cross-entropy": {
    family: (settings) => crossEntropy(weighted(settings)), gammas: [0],
    heading: { title: "Cross-entropy", formula: "CE(pₜ) = −log pₜ" },
  },
};

/** `focal plot`: the focal-loss figure as SVG, PNG or in the terminal. */
export const plot = defineCommand({
  meta: {
    name: "plot",
    description: "Draw focal loss against cross-entropy.  Example: focal plot --gamma 0,1,2 --what gradient --out figure.svg",
  },
  args: {
    gamma: { type: "string", description: "one curve for each; 0 is cross-entropy", default: "0,.5,1,2,5", valueHint: "0,.5,1,2,5" },
    alpha: { type: "string", description: "weight of the true class, 0 to 1 (default: none)", valueHint: ".25" },
    what: { type: "string", description: "what to draw", default: "loss", valueHint: KINDS.join("|") },
    loss: { type: "string", description: "of which loss", default: "focal", valueHint: Object.keys(LOSSES).join("|") },
    out: { type: "string", description: "write a file instead of drawing here", valueHint: "figure.svg|figure.png" },
  },
  async run({ args }) {
    refuseExtra("plot", args._, 0);
    const { figure, heading } = readFigure(args);
    if (args.out === undefined) {
      const width = process.stdout.columns ?? 80;
      console.log(drawCurves(figure, heading, width, colorsFor(process.stdout)));
      return;
    }
    const bytes = renderFigure(figure, heading, args.out);
    await writeWhole(args.out, bytes);
    console.log(args.out);
  },
});

interface PlotArguments {
  readonly gamma: string;
  readonly alpha?: string | undefined;
  readonly what: string;
  readonly loss: string;
}

/** Computes the curves that the arguments ask for. */
export function readFigure(args: PlotArguments): { figure: LossCurves; heading: LossFigureOptions } {
  const what = oneOf("what", args.what, KINDS);
  const loss = oneOf("loss", args.loss === "crossEntropy" ? "cross-entropy" : args.loss, Object.keys(LOSSES));
  const { family, heading, gammas: own, nameOf } = LOSSES[loss]!;
  const gammas = own ?? args.gamma.split(",").map((text) => readNumber("gamma", text));
  const alpha = args.alpha === undefined ? {} : { alpha: readNumber("alpha", args.alpha) };
  const figure = lossCurves({ loss: family, gammas, what, ...alpha });
  const curves = figure.curves.map((curve) => {
    const name = nameOf?.(curve.gamma);
    return name === undefined ? curve : { ...curve, name };
  });
  return { figure: { ...figure, curves }, heading };
}

/** The figure as the bytes of a file; its extension says which. */
export function renderFigure(figure: LossCurves, heading: LossFigureOptions, out: string): Uint8Array {
  const format = extname(out).toLowerCase();
  if (format !== ".svg" && format !== ".png") {
    throw new FocalError("argument", `out must end in .svg or .png, got ${JSON.stringify(out)}`);
  }
  const { document } = parseHTML("<html></html>");
  const svg = serialize(lossFigure(Plot, document, figure, heading));
  return format === ".svg" ? new TextEncoder().encode(`${svg}\n`) : renderPng(svg);
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw new FocalError("argument", `${name} must be a number, got ${JSON.stringify(text)}`);
  }
  return value;
}
