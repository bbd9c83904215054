import { abs, add, argMax, cast, div, exp, expandDims, log, max, mul, oneHot, range, relu, squeeze, sub, sum, where } from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { symbolsOf } from "../../../expr/expr.ts";
import { derive } from "../../../losses/derive.ts";
import type { Labels } from "../../../losses/derive.ts";
import type { Loss } from "../../../losses/loss.ts";
import type { TensorJob } from "../job.ts";
import { byClass } from "./sigmoid.ts";
import { say } from "./words.ts";
import type { Value } from "./words.ts";

/** Stands for −∞ where arithmetic goes on. */
export const lowest = -3e38;

/** Rows of logits seen from every class at once: what `Row` is to arrays. */
export interface Rows {
  /** u_k = z_k − log Σ_{j≠k} e^{z_j}, of every class k. */
  readonly margins: Tensor;
  /** From derivatives by the margins to derivatives by the logits. */
  spread(slopes: Tensor): Tensor;
}

const total = (x: Tensor): Tensor => sum(x, -1, true);
/** The greatest of each row, the first of equals, as 1 among zeros. */
export const strongest = (z: Tensor): Tensor => cast(oneHot(argMax(z, -1), z.shape.at(-1)!), "float32");

/**
 * The margins of rows. All classes but the greatest share one sum of powers, in which the greatest is 1 and its own is
 * taken away again; the greatest, of which nothing would be left, has its own sum.
 */
export function readRows(z: Tensor): Rows {
  const top = strongest(z), greatest = max(z, -1, true), powers = exp(sub(z, greatest));
  const rest = total(mul(powers, sub(1, top))), sums = add(1, sub(rest, mul(powers, sub(1, top))));
  const others = where(cast(top, "bool"), lowest, z), second = max(others, -1, true);
  const rivals = exp(sub(others, second)), rivalSum = total(rivals), shares = div(rivals, rivalSum);
  const ofTop = sub(sub(z, second), log(rivalSum)), ofOthers = sub(sub(z, greatest), log(sums));
  return {
    margins: where(cast(top, "bool"), ofTop, ofOthers),
    spread(slopes) {
      const parts = div(mul(sub(1, top), slopes), sums);
      const pull = sub(total(parts), parts);
      return sub(sub(slopes, mul(powers, pull)), mul(total(mul(top, slopes)), shares));
    },
  };
}

/** The share of every class: from shares, one class per row, or a real number between two classes. */
export function sharesOf({ plan: { loss, classes, smoothing }, labels, logits }: TensorJob): Tensor {
  let shares: Tensor;
  if (labels.rank === logits.rank) shares = cast(labels, "float32");
  else if (loss.kind === "margin" && loss.labels === "between") shares = relu(sub(1, abs(sub(expandDims(labels, -1), range(0, classes)))));
  else shares = cast(oneHot(cast(labels, "int32"), classes), "float32");
  return smoothing === 0 ? shares : add(mul(shares, 1 - smoothing), mul(total(shares), smoothing / classes));
}

/** Each row's loss and its gradient by the logits: the softmax head, see `mixtureHead`. */
export function softmaxLosses(job: TensorJob): Value[] {
  const { plan, labels, logits, order } = job, loss = plan.loss as Loss;
  const rows = readRows(plan.offsets.some((offset) => offset !== 0) ? add(logits, byClass(plan.offsets)) : logits), shares = sharesOf(job);
  const mentionsOwn = symbolsOf(loss.formula).has("own");
  // Where one class is known to have it all, only that class's margin is looked at.
  const single = labels.rank < logits.rank && plan.smoothing === 0 && loss.labels === "classes" && !mentionsOwn;
  const pick = (value: Value): Value => (single && typeof value !== "number" ? total(mul(shares, value)) : value);
  const tables = Object.entries({ ...loss.parameters, margins: loss.margins }).filter((entry): entry is [string, readonly number[]] => typeof entry[1] === "object");
  const symbols = Object.fromEntries([["u", rows.margins], ["alphaT", byClass(plan.alpha.positive)], ...tables.map(([name, table]) => [name, byClass(table)] as const)]
    .map(([name, value]) => [name, pick(value as Value)]));
  const run = (as: Labels): Value[] => say(derive(loss, as, order), symbols);
  let found = run("hard");
  if (mentionsOwn) {
    const own = cast(strongest(shares), "bool"), others = run("other");
    found = found.map((value, i) => where(own, value, others[i]!));
  }
  const [value, slope] = found.map((part) => mul(shares, part));
  return [single ? squeeze(found[0] as Tensor, [-1]) : sum(value!, -1), ...(slope === undefined ? [] : [rows.spread(slope)])];
}
