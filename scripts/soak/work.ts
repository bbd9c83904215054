/** What a soak does over and over: calls of every kind, and trainings. */
import { alloc, criterion, crossEntropy, dualFocal, focal, focalTversky, qualityFocal, threads } from "focal-loss";
import type { AnyLoss, Criterion, CriterionOptions } from "focal-loss";
import { randomNumbers, train } from "focal-loss/train";
import type { Table } from "focal-loss/train";

const random = randomNumbers(1);
const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
const oneOf = <T>(values: readonly T[]): T => values[whole(0, values.length - 1)]!;

const kept = new Map<string, AnyLoss>();

/** A loss that was met before, or, one time in twenty, a new one: its kernel is compiled, and must go when it goes. */
function aLoss(softmax: boolean): AnyLoss {
  if (random() < 0.05) return focal({ gamma: 3 * random() });
  const name = oneOf(softmax ? ["focal", "crossEntropy", "dualFocal", "focalTversky"] : ["focal", "crossEntropy", "qualityFocal", "focalTversky"]);
  const made = kept.get(name) ?? { focal: () => focal(), crossEntropy: () => crossEntropy(), dualFocal: () => dualFocal(), qualityFocal: () => qualityFocal(), focalTversky: () => focalTversky() }[name]!();
  kept.set(name, made);
  return made;
}

/** One call: any head, engine, size up to 300 000, arrays of one's own or in the kernels' memory. */
export function call(): void {
  const softmax = random() < 0.4, classes = softmax ? whole(2, 20) : 1, loss = aLoss(softmax), engine = oneOf(["js", "wasm", "relaxed", undefined] as const);
  const scalar = loss.kind === "margin" || loss.kind === "score", fast = loss.kind !== "batch" && loss.kind !== "pair";
  const length = classes * whole(1, Math.ceil((engine === "js" ? 2e4 : 3e5) / classes));
  const options: CriterionOptions = { head: softmax ? "softmax" : "sigmoid", reduction: scalar && random() < 0.2 ? "none" : "mean", ...(softmax && { classes }), ...(engine && (fast || engine === "js") && { engine }) };
  const room = !softmax && random() < 0.3 ? alloc(length) : undefined;
  const logits = room?.logits ?? new Float32Array(length), targets = room?.targets ?? new Float32Array(length / classes);
  for (let i = 0; i < length; i++) logits[i] = 8 * random() - 4;
  for (let i = 0; i < targets.length; i++) targets[i] = softmax ? whole(0, classes - 1) : Math.round(random());
  (criterion(loss, options) as Criterion).valueAndGrad(logits, targets, room ? { out: room.grad } : {});
}

/** Another number of threads. */
export const changeThreads = (): Promise<number> => threads(whole(1, 3));

/** Two overlapping clouds. */
function clouds(rows: number): Table {
  const x = Float32Array.from({ length: 2 * rows }, (_, i) => random() + random() + (Math.floor(i / 2) % 5 === 0 ? 0.5 : 0));
  return { x, y: Int32Array.from({ length: rows }, (_, i) => Number(i % 5 === 0)), rows, features: 2, classes: 2 };
}

/** One training of a linear model, or of a network. */
export async function training(index: number, hidden: readonly number[]): Promise<void> {
  await train({ train: clouds(300), validation: clouds(100) }, { loss: focal({ gamma: 1 + index / 100 }), hidden, epochs: 6, batch: 64, seed: index });
}
