import { expectKnown, FocalError } from "./errors.ts";

/** A divisor that remembers: the running mean of the number of positives. */
export interface RunningPositives {
  /** What the next batch would be divided by if it had as many positives as the last ones. */
  readonly count: number;
  /** Takes in a batch's number of positives, at least 1; returns what to divide by. */
  update(positives: number): number;
}

/**
 * The number of positives, averaged over the batches so far: detectron2's divisor.
 *
 * Images hold few or many objects, and dividing by the present batch's count makes the gradient jump; the running mean
 * smooths it. Pass it as `normalizer`: every call of the criterion takes its batch in.
 *
 * n ← momentum · n + (1 − momentum) · max(1, positives)
 *
 * @param options.momentum - in [0, 1), default 0.9
 * @param options.initial - n before the first batch, > 0, default 100; to go on after a pause, the `count` reached
 * @throws FocalError `argument` for values out of range
 *
 * @example
 * const running = runningPositives({ momentum: 0.9, initial: 100 });
 * criterion(focal({ alpha: 0.25 })).value([0, 0], [1, 0], { normalizer: running });   // 0.0019233… = 0.1732… / 90.1
 */
export function runningPositives(options: { readonly momentum?: number; readonly initial?: number } = {}): RunningPositives {
  expectKnown("runningPositives", options, ["momentum", "initial"]);
  const { momentum = 0.9, initial = 100 } = options;
  if (!(momentum >= 0 && momentum < 1)) throw new FocalError("argument", `momentum must be in [0, 1), got ${momentum}`);
  if (!(initial > 0 && initial < Infinity)) throw new FocalError("argument", `initial must be a finite number > 0, got ${initial}`);
  let count = initial;
  return {
    get count() { return count; },
    update: (positives) => (count = momentum * count + (1 - momentum) * Math.max(1, positives)),
  };
}
