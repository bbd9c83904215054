import type { CallOptions, Criterion, Logits, Reduction } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import type { Floats, NumberArray } from "../heads/job.ts";
import { rowStart } from "../heads/job.ts";

/** What a criterion is called with. */
export interface Run {
  readonly logits: Logits;
  readonly targets: NumberArray;
  readonly call: CallOptions;
}

/** What a criterion answers. */
export interface Answer {
  readonly value: number | Floats;
  readonly grad?: Floats;
  readonly hessian?: Floats;
}

type Method = (logits: Logits, targets: NumberArray, call: CallOptions) => Answer;

/**
 * A criterion as another library would call it: `into` rewrites what goes in, `from` what comes out.
 * Every rewriting here is linear in the losses, so that gradient and curvature go through it as the value does.
 */
export function view(core: Criterion<Reduction>, into: (run: Run) => Run, from: (answer: Answer, run: Run) => Answer = (answer) => answer): Criterion<Reduction> {
  const method = (ask: Method) => (logits: Logits, targets: NumberArray, call: CallOptions = {}): Answer => {
    const given = { logits, targets, call }, passed = into(given);
    return from(ask(passed.logits, passed.targets, passed.call), given);
  };
  const value = method((logits, targets, call) => ({ value: core.value(logits, targets, call) as Answer["value"] }));
  return {
    loss: core.loss,
    value: (logits: Logits, targets: NumberArray, call?: CallOptions) => value(logits, targets, call).value,
    valueAndGrad: method((logits, targets, call) => core.valueAndGrad(logits, targets, call) as Answer),
    derivatives: method((logits, targets, call) => core.derivatives(logits, targets, call) as Answer),
  } as Criterion<Reduction>;
}

/** Multiplies every loss. */
export const scaled = (core: Criterion<Reduction>, factor: (run: Run) => number): Criterion<Reduction> =>
  view(core, (run) => run, (answer, run) => ({ ...derivatives(answer, factor(run)), value: times(answer.value, factor(run)) }));

/** Divides the sum by the library's own number, unless the caller brings another one. */
export const dividedBy = (core: Criterion<Reduction>, divisor: (run: Run) => number): Criterion<Reduction> =>
  view(core, (run) => ({ ...run, call: { ...run.call, normalizer: run.call.normalizer ?? divisor(run) } }));

/** Adds up the losses of each row, or averages them. */
export const byRow = (core: Criterion<Reduction>, order: "sum" | "mean", classes: number, inner = 1): Criterion<Reduction> =>
  view(core, (run) => run, (answer) => {
    const losses = answer.value as Floats, factor = order === "mean" ? 1 / classes : 1;
    const rows = like(losses, losses.length / classes);
    for (let row = 0; row < rows.length; row++) {
      const start = rowStart(row, classes, inner);
      let total = 0;
      for (let k = 0; k < classes; k++) total += losses[start + k * inner]!;
      rows[row] = total * factor;
    }
    return { value: rows, ...derivatives(answer, factor) };
  });

/** Puts each row's loss where its label is and 0 elsewhere, as libraries do that multiply by one-hot targets. */
export const atLabels = (core: Criterion<Reduction>, classes: number, inner = 1): Criterion<Reduction> =>
  view(core, (run) => run, (answer, { targets }) => {
    const rows = answer.value as Floats, all = like(rows, rows.length * classes);
    if (targets.length !== rows.length) throw new FocalError("shape", `targets must have one label per row: expected ${rows.length}, got ${targets.length}`);
    for (let row = 0; row < rows.length; row++) {
      const label = targets[row]!;
      if (label >= 0 && label < classes) all[rowStart(row, classes, inner) + label * inner] = rows[row]!;
    }
    return { ...answer, value: all };
  });

/** Targets of 0 and 1 alone run as `hard`; where some stand between, the library's own reading of them is `soft`. */
export function bySoftness(hard: Criterion<Reduction>, soft: Criterion<Reduction>, always = false): Criterion<Reduction> {
  if (always) return soft;
  const pick = (targets: NumberArray): Criterion<Reduction> => {
    for (let i = 0; i < targets.length; i++) if (targets[i]! > 0 && targets[i]! < 1) return soft;
    return hard;
  };
  return {
    loss: hard.loss,
    value: (logits, targets, call) => pick(targets).value(logits, targets, call),
    valueAndGrad: (logits, targets, call) => pick(targets).valueAndGrad(logits, targets, call),
    derivatives: (logits, targets, call) => pick(targets).derivatives(logits, targets, call),
  };
}

/** Room for numbers of the same precision. */
export const like = (array: Floats, length: number): Floats => (array instanceof Float32Array ? new Float32Array(length) : new Float64Array(length));

/** An object less one of its properties. */
export function without<T extends object, K extends keyof T>(from: T, key: K): Omit<T, K> {
  const { [key]: _, ...others } = from;
  return others;
}

function times<V extends number | Floats>(value: V, factor: number): V {
  if (typeof value === "number") return (value * factor) as V;
  for (let i = 0; i < value.length; i++) value[i]! *= factor;
  return value;
}

const derivatives = ({ grad, hessian }: Answer, factor: number): Pick<Answer, "grad" | "hessian"> =>
  ({ ...(grad && { grad: times(grad, factor) }), ...(hessian && { hessian: times(hessian, factor) }) });
