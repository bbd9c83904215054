import { add, cast, div, equal, greater, logicalOr, mul, neg, reshape, slice, stack, sub, sum, tensor1d, where, zerosLike } from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { deriveBatch, scaleOf, stepOf } from "../../../losses/batch.ts";
import type { BatchLoss } from "../../../losses/loss.ts";
import type { TensorJob } from "../job.ts";
import { byClass } from "./sigmoid.ts";
import { readRows, sharesOf } from "./softmax.ts";
import { say } from "./words.ts";
import type { Value } from "./words.ts";

/** The classes a loss looks at, one per column, and the way from slopes by their margins to slopes by the logits. */
interface Regions {
  readonly u: Tensor;
  readonly t: Tensor;
  readonly alphaT: Value;
  /** 0 for rows without any share, which count for nothing. */
  readonly present: Value;
  readonly count: Value;
  readonly hasBackground: boolean;
  back(slopes: Tensor): Tensor;
}

function regionsOf(job: TensorJob): Regions {
  const { plan: { loss, head, classes, alpha, smoothing }, labels, logits } = job, { shape } = logits;
  const positive = byClass(alpha.positive), table = [-1, classes] as const;
  if (head === "softmax") {
    const rows = readRows(reshape(logits, [...table])), t = reshape(sharesOf(job), [...table]);
    const present = cast(greater(sum(t, -1, true), 0), "float32");
    return { u: rows.margins, t, alphaT: positive, present, count: sum(present), hasBackground: true, back: (slopes) => reshape(rows.spread(slopes), shape) };
  }
  const given = cast(labels, "float32"), t = smoothing === 0 ? given : add(mul(given, 1 - smoothing), smoothing / 2), count = logits.size;
  if ((loss as BatchLoss).binary === "positive") {
    return { u: reshape(logits, [...table]), t: reshape(t, [...table]), alphaT: positive, present: 1, count, hasBackground: false, back: (slopes) => reshape(slopes, shape) };
  }
  const flat = (x: Tensor): Tensor => reshape(x, [-1]), both = (no: Tensor, yes: Tensor): Tensor => stack([flat(no), flat(yes)], 1);
  const everywhere = (value: Value): Tensor => add(zerosLike(logits), value);
  return {
    u: both(neg(logits), logits), t: both(sub(1, t), t), alphaT: both(everywhere(byClass(alpha.negative)), everywhere(positive)), present: 1, count, hasBackground: true,
    back: (slopes) => reshape(sub(slice(slopes, [0, 1], [-1, 1]), slice(slopes, [0, 0], [-1, 1])), shape),
  };
}

/** A product in which 0 wins, as in `batchHead`. */
const times = (a: Value, b: Value): Tensor => where(logicalOr(equal(a, 0), equal(b, 0)), 0, mul(a, b));

/** The one loss of a whole batch and its gradient by the logits: see `batchHead`. */
export function batchLoss(job: TensorJob): Tensor[] {
  const loss = job.plan.loss as BatchLoss, regions = regionsOf(job), names = Object.keys(loss.sums), { terms, whole, first } = deriveBatch(loss);
  const said = say(job.order > 0 ? terms : terms.filter((_, i) => i % 3 === 0), { u: regions.u, w: regions.t, alphaT: regions.alphaT });
  const term = (k: number, derivative: 0 | 1): Tensor => mul(add(zerosLike(regions.u), said[job.order > 0 ? 3 * k + derivative : k]!), regions.present);
  const sums = names.map((_, k) => (loss.per === "class" ? sum(term(k, 0), 0) : reshape(sum(term(k, 0)), [1])));
  const scales = sums.map((s) => where(equal(s, 0), 1, s)), groups = sums[0]!.size;
  const symbols = Object.fromEntries(names.flatMap((name, k) => [[name, sums[k]!], [scaleOf(name), scales[k]!], [stepOf(name), 0]] as const));
  const background = tensor1d(Array.from({ length: groups }, (_, group) => (regions.hasBackground && groups > 1 && group === 0 ? 1 : 0)));
  const [value, ...slopes] = say([whole, ...(job.order > 0 ? first : [])], { ...symbols, count: regions.count, classes: groups, background });
  if (job.order === 0) return [sum(value as Tensor)];
  const parts = names.map((_, k) => times(div(term(k, 1), scales[k]!), slopes[k]!));
  return [sum(value as Tensor), regions.back(parts.reduce((a, b) => add(a, b)))];
}
