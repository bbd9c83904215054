/** Whether a model trained by TensorFlow.js is the one that the reference engine trains. */
import { averagePrecision } from "focal-loss/evaluate";
import { expect } from "vitest";
import { trainReference } from "./reference.ts";
import type { Task, Trained } from "./training.ts";

/** Why not equal: steps in float32, added up in another order. */
export const gates = { loss: 1e-4, metrics: 1e-3 };
export const alike = `losses within ${gates.loss}, average precision and recall within ${gates.metrics} of the reference engine's (float32 steps), no tensor left`;

export function expectAlike(trained: Trained, task: Task): void {
  const { classes, testLabels } = task, reference = trainReference(task), columns = Array.from({ length: classes }, (_, k) => k);
  const truth = columns.map((k) => testLabels.map((label) => Number(classes === 1 ? label : label === k)));
  const column = (scores: ArrayLike<number>, k: number): number[] => Array.from(scores).filter((_, i) => i % classes === k);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
  const recall = (k: number): number => mean(column(reference.scores, k).filter((_, i) => truth[k]![i] === 1).map((score) => Number(score >= (classes > 1 ? 0.5 : 0))));
  const precision = (scores: ArrayLike<number>, k: number): number => averagePrecision(column(scores, k), truth[k]!);
  const near = (got: number, want: number, gate: number): void => expect(Math.abs(got - want)).toBeLessThan(gate);

  expect(trained.losses.length).toBe(task.epochs);
  trained.losses.forEach((loss, epoch) => near(loss / reference.losses[epoch]!, 1, gates.loss));
  for (const k of columns) near(precision(trained.scores, k), precision(reference.scores, k), gates.metrics);
  near(trained.metrics.averagePrecision, mean(columns.map((k) => precision(reference.scores, k))), gates.metrics);
  near(trained.metrics.recall, mean(columns.map(recall)), gates.metrics);
  expect(trained.left).toBe(0);
}
