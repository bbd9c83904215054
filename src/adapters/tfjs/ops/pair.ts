import { add, any, cast, less, mul, squeeze, sum, where } from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { PairLoss } from "../../../losses/loss.ts";
import { derivePair } from "../../../losses/pair.ts";
import type { TensorJob } from "../job.ts";
import { byClass } from "./sigmoid.ts";
import { lowest, readRows, sharesOf, strongest } from "./softmax.ts";
import { say } from "./words.ts";
import type { Value } from "./words.ts";

/** Each row's loss and its gradient, where the loss also looks at the label's strongest rival: see `pairHead`. */
export function pairLosses(job: TensorJob): Value[] {
  const { plan, logits, order } = job, loss = plan.loss as PairLoss, parts = order > 0 ? 3 : 1;
  const rows = readRows(logits), own = sharesOf(job), of = (which: Tensor, values: Tensor): Tensor => sum(mul(which, values), -1, true);
  // The greatest of a row is no way to tell whether it has any: on webgl it is never below −1e20.
  const isBelow = less(logits, of(own, logits)), hasRival = any(isBelow, -1, true);
  const rival = mul(strongest(where(isBelow, logits, lowest)), cast(hasRival, "float32")), alpha = byClass(plan.alpha.positive);
  const symbols = { u: of(own, rows.margins), w: of(rival, rows.margins), alphaT: typeof alpha === "number" ? alpha : of(own, alpha) };
  const together = say(derivePair(loss, true).slice(0, parts), symbols), alone = say(derivePair(loss, false).slice(0, parts), symbols);
  const [value, byOwn, byRival] = together.map((part, i) => where(hasRival, part, i === 2 ? 0 : alone[i]!)) as [Tensor, Tensor?, Tensor?];
  return [squeeze(value, [-1]), ...(byOwn && byRival ? [rows.spread(add(mul(own, byOwn), mul(rival, byRival)))] : [])];
}
