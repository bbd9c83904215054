import { jit, numpy as np } from "@jax-js/jax";
import type { Plan } from "../../options.ts";
import { batchLoss } from "./batch.ts";
import { pairLosses } from "./pair.ts";
import { within } from "./scope.ts";
import { sigmoidLosses } from "./sigmoid.ts";
import { softmaxLosses } from "./softmax.ts";
import { hasClassAxis, tablesOf } from "./tables.ts";

/** A loss of jax-js arrays. As all functions of jax-js do, it consumes its arguments. */
export type ArrayLoss = (logits: np.Array, labels: np.Array) => np.Array;

/**
 * A plan as one program, compiled also where the caller's is not. What it needs besides logits and labels is handed to it:
 * an array that a program closes over would stay in memory.
 */
export function programOf(plan: Plan): ArrayLoss {
  const { loss, head } = plan, losses = loss.kind === "batch" ? batchLoss : loss.kind === "pair" ? pairLosses : head === "sigmoid" ? sigmoidLosses : softmaxLosses;
  const tables = Object.entries(tablesOf(plan)), numbers = Object.fromEntries(tables.filter(([, table]) => typeof table === "number")) as Record<string, number>;
  const lists = tables.filter((table): table is [string, Float32Array<ArrayBuffer>] => typeof table[1] !== "number");
  const program = jit(function loss(logits: np.Array, labels: np.Array, ...arrays: np.Array[]): np.Array {
    const given = Object.fromEntries(lists.map(([name], i) => [name, arrays[i]!] as const));
    return within([logits, labels, ...arrays], (scope) => losses(scope, plan, logits, labels, { ...numbers, ...given }));
  });
  return (logits, labels) => program(logits, labels, ...lists.map(([, list]) => np.array(list, { shape: hasClassAxis(plan) ? [list.length, 1] : [list.length] })));
}
