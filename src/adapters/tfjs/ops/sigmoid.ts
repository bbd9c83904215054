import { abs, add, cast, greaterEqual, mul, sub, tensor1d, where } from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { derive } from "../../../losses/derive.ts";
import type { Loss } from "../../../losses/loss.ts";
import type { TensorJob } from "../job.ts";
import { say } from "./words.ts";
import type { Value } from "./words.ts";

/** What differs by class: one number where it does not, else one per class, along the last axis. */
export const byClass = (values: ArrayLike<number>): Value =>
  Array.prototype.every.call(values, (value) => value === values[0]) ? values[0]! : tensor1d(Float32Array.from(values));

/** Weights of a negative and of a positive, for targets between them. */
export const between = (t: Tensor, negative: Value, positive: Value): Value =>
  negative === positive ? positive : add(mul(t, positive), mul(sub(1, t), negative));

/** Every logit's own loss and, as the order asks, its derivatives by the logit: the sigmoid head, see `sigmoidHead`. */
export function sigmoidLosses({ plan, labels, logits, order }: TensorJob): Value[] {
  const loss = plan.loss as Loss, { alpha, smoothing, perColumn } = plan, offset = plan.offsets[0]!;
  const given = cast(labels, "float32"), t = smoothing === 0 ? given : add(mul(given, 1 - smoothing), smoothing / 2);
  const x = offset === 0 ? logits : add(logits, offset);
  const tables = Object.entries({ ...loss.parameters, margins: loss.margins }).filter((entry): entry is [string, readonly number[]] => typeof entry[1] === "object");
  const bySide = !perColumn && tables.some(([name]) => name !== "margins");
  // Whether all labels of a float tensor are 0 or 1 only the device knows: the soft reading says the same of those.
  const reading = loss.kind === "score" ? "score" : bySide || (labels.dtype !== "float32" && smoothing === 0) ? "hard" : plan.soft;
  const symbols: Record<string, Value> = {};
  for (const [name, table] of tables) symbols[name] = perColumn ? byClass(table) : where(greaterEqual(t, 0.5), table[1]!, table[0]!);

  const negative = byClass(alpha.negative), positive = byClass(alpha.positive), exprs = derive(loss, reading, order);
  if (reading === "score" || reading === "mixture") return say(exprs, { ...symbols, u: x, w: t, alphaT: positive, alphaRest: negative });
  const right = reading === "hard" ? t : cast(greaterEqual(x, 0), "float32"), side = sub(mul(2, right), 1);
  const [value, slope, curvature] = say(exprs, { ...symbols, u: mul(side, x), w: abs(sub(t, right)), alphaT: between(t, negative, positive) });
  return [value!, ...(slope === undefined ? [] : [mul(side, slope)]), ...(curvature === undefined ? [] : [curvature])];
}
