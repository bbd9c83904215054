import * as Plot from "@observablehq/plot";
import type { Results, Run } from "../results.ts";
import type { Player } from "./cast.ts";
import { fixed } from "./format.ts";
import type { Html } from "./html.ts";
import { figure, lossKey, panel } from "./panel.ts";

/** Score on validation and loss on training rows by epoch; every repeat is a thin line, the first a thick one. */
export function training({ protocol }: Results, cast: readonly Player[]): Html | undefined {
  const runs = cast.flatMap((player) => player.result.runs.flatMap((run, repeat) => (run.history.length > 0 ? [{ player, run, repeat }] : [])));
  if (runs.length === 0) return undefined;
  const style = ({ player, repeat }: (typeof runs)[number]) => ({
    x: "epoch", stroke: player.color, strokeDasharray: player.dash,
    strokeWidth: repeat === 0 ? player.strokeWidth : 1, strokeOpacity: repeat === 0 ? 1 : 0.3,
  });
  const ordered = [...runs].reverse();
  const last = Math.max(...runs.map(({ run }) => run.history.at(-1)!.epoch));
  const frame = { height: 280, marginLeft: 50, x: { domain: [0, last], label: "epoch", labelAnchor: "center", labelArrow: "none", ticks: 6 } } as const;
  const chosen = ordered.filter(({ repeat }) => repeat === 0).flatMap(({ player, run }) => {
    const at = run.history.find(({ epoch }) => epoch === run.epoch);
    return at === undefined ? [] : [{ ...at, color: player.color, name: player.result.name }];
  });
  const validation = panel({
    ...frame,
    y: { label: "score on validation", labelArrow: "none", grid: true, ticks: 5 },
    marks: [
      ...ordered.map((entry) => Plot.line(entry.run.history, { ...style(entry), y: "validation" })),
      Plot.dot(chosen, { x: "epoch", y: "validation", r: 4.5, fill: "color", stroke: "var(--page)", title: (d: (typeof chosen)[number]) => `${d.name}: epoch ${d.epoch}` }),
    ],
  }, {
    heading: "Validation",
    title: `Score on validation by epoch (${protocol.selection})`,
    description: chosen.map(({ name, epoch, validation: value }) => `${name}: epoch ${epoch} chosen at ${fixed(value, 3)}`).join("; "),
  });
  const falls = ordered.filter(({ run }) => run.history[0]!.trainLoss > 0);
  const loss = panel({
    ...frame,
    y: { type: "log", label: "loss on training rows ÷ its first value", labelArrow: "none", grid: true, ticks: logTicks(falls.flatMap(({ run }) => relative(run).map(({ value }) => value))), tickFormat: (v: number) => String(v) },
    marks: falls.map((entry) => Plot.line(relative(entry.run), { ...style(entry), y: "value" })),
  }, {
    heading: "Training",
    title: "Training loss by epoch, each loss relative to its first epoch",
    description: falls.filter(({ repeat }) => repeat === 0).map(({ player, run }) => `${player.result.name} falls to ${fixed(relative(run).at(-1)!.value, 3)} of its first value`).join("; "),
  });
  return figure(notice(runs.map(({ run }) => run), protocol.selection), [validation, loss], { key: lossKey(cast), pairs: true });
}

function relative({ history }: Run): { epoch: number; value: number }[] {
  const first = history[0]!.trainLoss;
  return history.map(({ epoch, trainLoss }) => ({ epoch, value: trainLoss / first })).filter(({ value }) => value > 0);
}

/** 1, 0.5, 0.2, 0.1 … inside the range of the values; powers of ten alone where it is wide. */
function logTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const steps = high / low > 100 ? [1] : [1, 2, 5];
  const all = Array.from({ length: 16 }, (_, i) => steps.map((m) => Number(`${m}e${i - 12}`))).flat();
  return all.filter((tick) => tick >= low && tick <= high);
}

function notice(runs: readonly Run[], selection: string): string {
  const epochs = runs.map(({ epoch }) => epoch).sort((a, b) => a - b);
  const late = runs.filter(({ epoch, epochs: most }) => epoch >= most).length;
  const median = epochs[epochs.length >> 1]!;
  return `The dot is the chosen epoch (${selection}); the median of the ${runs.length} runs drawn is ${median}. ` +
    (late === 0
      ? "No run chose the last epoch it was allowed."
      : `${late} of them chose the last epoch they were allowed, so longer training may help.`);
}
