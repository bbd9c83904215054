import stringWidth from "fast-string-width";
import type { LossProfile } from "focal-loss/evaluate";
import type { Explanation } from "../explanation.ts";
import { count, percent } from "../report/format.ts";
import { colorsFor } from "./colors.ts";
import type { Colors } from "./colors.ts";
import { cut, pad, plain, wrap } from "./text.ts";

const WIDEST = 100;
const NARROWEST = 40;
/** Classes before the rest is left to the report. */
const MOST = 12;
/** Letters of a class's name that must stay readable. */
const NAME = 13;
const GAP = "  ";

/** The explanation for the terminal: shares by class and by difficulty, effective examples, verdict, notes. */
export function renderExplanationSummary(explanation: Explanation, stream: { readonly isTTY?: boolean; readonly columns?: number }): string {
  const colors = colorsFor(stream);
  const width = Math.min(Math.max(stream.columns ?? WIDEST, NARROWEST), WIDEST);
  const { suggested, notes, diagnosis } = explanation;
  const paragraphs = [
    wrap(source(explanation), width),
    `${colors.dim("Share of the gradient by class")}\n${byClass(explanation, width, colors)}`,
    `${colors.dim(cut("and by difficulty: pₜ, the probability of the true class", width))}\n${byDifficulty(explanation, width, colors)}`,
    wrap(plain(facts(explanation)), width),
    suggested === undefined ? "" : colors.bold(wrap(`Suggested: ${plain(suggested)}.`, width)),
    diagnosis.verdict.reasons.map((reason) => wrap(plain(reason), width)).join("\n"),
    notes.map((note) => wrap(`· ${plain(note)}`, width, "  ")).join("\n"),
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

function source({ source: { files, part, target, scores, from }, diagnosis }: Explanation): string {
  const rows = `${count(diagnosis.examples)} rows${part === undefined || part === "all" ? "" : ` of the part ${part}`}`;
  return `${files.map(plain).join(", ")}: ${rows}, target ${plain(target)}, scores ${plain(scores.slice(0, 4).join(", "))}${scores.length > 4 ? ", …" : ""} (${from})`;
}

/** Cross-entropy and the explained loss, once where they are the same. */
function compared({ losses, diagnosis }: Explanation): { readonly name: string; readonly profile: LossProfile }[] {
  const reference = losses.indexOf("cross-entropy");
  return [...new Set([reference, 0])].map((i) => ({ name: losses[i]!, profile: diagnosis.losses[i]! }));
}

function facts(explanation: Explanation): string {
  const { examples, losses, saturation: { right, wrong } } = explanation.diagnosis;
  const effective = compared(explanation).map(({ name, profile }) => `to about ${count(profile.effectiveExamples)} under ${name}`).join(" and ");
  return `Of ${count(examples)} rows the gradient listens ${effective}. ${percent(losses[0]!.nonConvex)} of the rows lie where ${explanation.losses[0]!} curves downwards; ` +
    `${percent(right)} are learned (pₜ > 0.999), ${percent(wrong)} wrong with certainty (pₜ < 0.001).`;
}

function byClass(explanation: Explanation, width: number, colors: Colors): string {
  const order = [...explanation.diagnosis.classes].sort((a, b) => b.examples - a.examples);
  const shown = order.length <= MOST ? order : [...order.slice(0, MOST / 2), ...order.slice(-MOST / 2)];
  const rows = shown.map((group) => ({
    name: plain(explanation.classes[group.class]!),
    texts: [group.median.toFixed(3), count(group.examples), ...compared(explanation).map(({ profile }) => percent(profile.classes.find((k) => k.class === group.class)!.gradient))],
  }));
  const left = order.length - shown.length;
  return `${table("class", ["median pₜ", "rows"], rows, explanation, width, colors)}${left > 0 ? `\n${colors.dim(`${left} classes between are in the report`)}` : ""}`;
}

function byDifficulty(explanation: Explanation, width: number, colors: Colors): string {
  const losses = compared(explanation);
  const rows = losses[0]!.profile.difficulty.map(({ from, to, examples }, b) => ({
    name: `${from} to ${to}`, texts: [count(examples * explanation.diagnosis.examples), ...losses.map(({ profile }) => percent(profile.difficulty[b]!.gradient))],
  }));
  return table("pₜ", ["rows"], rows, explanation, width, colors);
}

/** Rows of numbers, the last of them the losses' shares; what a narrow terminal has no room for is left out, first first. */
function table(title: string, facts: readonly string[], rows: readonly { name: string; texts: readonly string[] }[], explanation: Explanation, width: number, colors: Colors): string {
  const losses = compared(explanation);
  const longest = Math.floor((width - NAME) / losses.length) - GAP.length;
  const heads = [...facts, ...losses.map(({ name }) => cut(plain(name), longest))];
  const widths = heads.map((head, k) => Math.max(stringWidth(head), ...rows.map(({ texts }) => stringWidth(texts[k]!))));
  const room = (from: number): number => width - widths.slice(from).reduce((sum, w) => sum + w + GAP.length, 0);
  const names = Math.max(stringWidth(title), ...rows.map(({ name }) => stringWidth(name)));
  const first = facts.findIndex((_, k) => room(k) >= Math.min(names, NAME)), from = first < 0 ? facts.length : first;
  const left = Math.min(names, room(from));
  const line = (name: string, texts: readonly string[]): string =>
    pad(cut(name, left), left, "left") + texts.slice(from).map((text, k) => GAP + pad(text, widths[from + k]!, "right")).join("");
  return [colors.bold(line(title, heads)), ...rows.map(({ name, texts }) => line(name, texts))].join("\n");
}
