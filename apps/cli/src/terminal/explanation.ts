import stringWidth from "fast-string-width";
import type { Explanation } from "../explanation.ts";
import { count, percent } from "../report/format.ts";
import { colorsFor } from "./colors.ts";
import { cut, pad, plain, wrap } from "./text.ts";

const WIDEST = 100;
const NARROWEST = 40;
/** Classes before the rest is left to the report. */
const MOST = 12;
/** Letters of a class's name that must stay readable. */
const NAME = 12;

/** The explanation for the terminal: shares by class and by difficulty, effective examples, verdict, notes. */
export function renderExplanationSummary(explanation: Explanation, stream: { readonly isTTY?: boolean; readonly columns?: number }): string {
  const colors = colorsFor(stream);
  const width = Math.min(Math.max(stream.columns ?? WIDEST, NARROWEST), WIDEST);
  const { source, classes, losses, diagnosis, suggested, notes } = explanation;
  const explained = diagnosis.losses[0]!, at = losses.indexOf("cross-entropy"), reference = diagnosis.losses[at]!;
  const same = at === 0;
  const shown = same ? [reference] : [reference, explained], heads = same ? ["cross-entropy"] : ["cross-entropy", losses[0]!];
  const table = (title: string, rows: readonly { name: string; texts: readonly string[] }[], columns: readonly string[]): string => {
    const widths = columns.map((head, k) => Math.max(stringWidth(head), ...rows.map(({ texts }) => stringWidth(texts[k]!))));
    const taken = widths.reduce((sum, w) => sum + w + 2, 0);
    const room = Math.min(Math.max(stringWidth(title), ...rows.map(({ name }) => stringWidth(name))), Math.max(width - taken, NAME));
    const line = (name: string, texts: readonly string[]): string => `${pad(cut(name, room), room, "left")}${texts.map((text, k) => `  ${pad(text, widths[k]!, "right")}`).join("")}`;
    return [colors.bold(line(title, columns)), ...rows.map(({ name, texts }) => line(name, texts))].join("\n");
  };
  const order = [...diagnosis.classes].sort((a, b) => b.examples - a.examples);
  const kept = order.length <= MOST ? order : [...order.slice(0, MOST / 2), ...order.slice(-MOST / 2)];
  const byClass = kept.map((group) => ({
    name: plain(classes[group.class]!),
    texts: [count(group.examples), group.median.toFixed(3), ...shown.map((profile) => percent(profile.classes.find((k) => k.class === group.class)!.gradient))],
  }));
  const byDifficulty = reference.difficulty.map((bin, b) => ({
    name: `${bin.from} to ${bin.to}`, texts: [count(bin.examples * diagnosis.examples), ...shown.map((profile) => percent(profile.difficulty[b]!.gradient))],
  }));
  const effective = shown.map((profile, i) => `${count(profile.effectiveExamples)} under ${plain(heads[i]!)}`).join(", ");
  const { right, wrong } = diagnosis.saturation;
  const paragraphs = [
    wrap(`${source.files.map(plain).join(", ")}: ${count(diagnosis.examples)} rows${source.part === undefined || source.part === "all" ? "" : ` of the part ${source.part}`}, target ${plain(source.target)}, scores ${plain(source.scores.slice(0, 4).join(", "))}${source.scores.length > 4 ? ", …" : ""} (${source.from})`, width),
    `${colors.dim("Share of the gradient by class")}\n${table("class", byClass, ["rows", "median pₜ", ...heads.map(plain)])}${kept.length < order.length ? `\n${colors.dim(`… and ${order.length - kept.length} classes between`)}` : ""}`,
    `${colors.dim("and by difficulty, pₜ being the probability of the true class")}\n${table("pₜ", byDifficulty, ["rows", ...heads.map(plain)])}`,
    wrap(`The gradient listens to as many as ${effective}, of ${count(diagnosis.examples)} rows. ${percent(explained.nonConvex)} of the rows lie where ${plain(losses[0]!)} curves downwards; ${percent(right)} are learned (pₜ > 0.999), ${percent(wrong)} wrong with certainty (pₜ < 0.001).`, width),
    suggested === undefined ? "" : colors.bold(wrap(`Suggested: ${plain(suggested)}.`, width)),
    diagnosis.verdict.reasons.map((reason) => wrap(plain(reason), width)).join("\n"),
    notes.map((note) => wrap(`· ${plain(note)}`, width, "  ")).join("\n"),
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}
