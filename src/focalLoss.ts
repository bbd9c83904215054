import { criterion } from "./criterion.ts";
import type { ArrayOf, CallOptions, Criterion, CriterionOptions, Logits, Reduction, Value } from "./criterion.ts";
import { expectKnown, FocalError } from "./errors.ts";
import { sigmoidForm, softmaxForm } from "./forms.ts";
import type { Form } from "./forms.ts";
import type { NumberArray } from "./heads/job.ts";
import type { Alpha, Parameter } from "./losses/loss.ts";
import { focal } from "./losses/focal.ts";
import { optionNames, readOptions } from "./options.ts";
import { bind } from "./run/bind.ts";
import type { Bound } from "./run/bind.ts";

/** The settings of focal loss itself. */
export interface FocalSettings {
  /** Focusing parameter, ≥ 0. Default 2; 0 is cross-entropy. */
  readonly gamma?: Parameter;
  /** Class weights; a number is α for positives and 1 − α for negatives. See {@link Alpha}. */
  readonly alpha?: Alpha;
}

type FunctionOptions<R extends Reduction> = FocalSettings & Omit<CriterionOptions<R>, "head"> & Pick<CallOptions, "weights" | "normalizer">;

const names = ["gamma", "alpha", "weights", "normalizer", ...optionNames.filter((name) => name !== "head")];
type Run = Bound["run"];
/** The settings of one program, kept between calls. */
const ready = new Map<string, Run>();
const kept = 32;
/** The last call's options and what they came to: a loop asks for the same again and again. */
const last = new Map<Form, { readonly settings: Readonly<Record<string, unknown>>; readonly run: Run }>();

/** Focal loss with some options, over one form and no other. */
function runOf(form: Form, options: FunctionOptions<Reduction>): Run {
  const before = last.get(form);
  if (before && isSame(before.settings, options)) return before.run;
  expectKnown(`${form.head}FocalLoss`, options, names);
  const { weights: _, normalizer: __, ...settings } = options, { gamma, alpha, ...rest } = settings;
  const key = form.head + JSON.stringify(settings);
  let run = ready.get(key);
  if (!run) {
    run = bind(readOptions(focal({ ...(gamma !== undefined && { gamma }), ...(alpha !== undefined && { alpha }) }), { ...rest, head: form.head }, () => form), "exact").run;
    if (ready.size === kept) ready.delete(ready.keys().next().value!);
    ready.set(key, run);
  }
  last.set(form, { settings, run });
  return run;
}

/** Whether options are the same numbers and words. Arrays may have changed inside: they are read again. */
function isSame(settings: Readonly<Record<string, unknown>>, options: object | null): boolean {
  if (options?.constructor !== Object) return false;
  const now = options as Readonly<Record<string, unknown>>;
  for (const name in now) if (name !== "weights" && name !== "normalizer" && (now[name] !== settings[name] || typeof now[name] === "object")) return false;
  for (const name in settings) if (!(name in now)) return false;
  return true;
}

const callOptions = ({ weights, normalizer }: CallOptions): CallOptions =>
  ({ ...(weights && { weights }), ...(normalizer !== undefined && { normalizer }) });

/**
 * Focal loss of yes-or-no logits: torchvision's function with its options by name, and "mean" for the default.
 *
 * FL(p_t) = −α_t (1 − p_t)^γ log(p_t), p = σ(logit)
 *
 * @param logits - any shape, flattened
 * @param targets - one per logit: 0 or 1, or a soft target between
 * @param options - gamma (default 2), alpha (default none; the paper's is 0.25 at γ = 2), reduction (default "mean"), weights, ignoreIndex, …
 * @returns the loss, or with reduction "none" an array of losses
 * @throws FocalError naming the argument, its value and what was expected
 *
 * @example
 * sigmoidFocalLoss([2, -1, 0.5], [1, 0, 0], { alpha: 0.25, gamma: 2 });   // 0.10016771149490597
 *
 * @see https://arxiv.org/abs/1708.02002
 */
export function sigmoidFocalLoss<L extends Logits, const R extends Reduction = "mean">(logits: L, targets: NumberArray, options: FunctionOptions<R> = {}): Value<R, L> {
  return runOf(sigmoidForm, options)(logits, targets, 0, callOptions(options)).value as Value<R, L>;
}

/**
 * Focal loss of rows of competing logits, one label each.
 *
 * FL(p_y) = −α_y (1 − p_y)^γ log(p_y), p = softmax(row)
 *
 * @param logits - rows × classes, row-major (or NCHW with `inner` = height × width)
 * @param labels - one class index per row
 * @param options - classes (required), gamma (default 2), alpha (one weight per class; default none), reduction (default "mean"), …
 * @returns the loss, or with reduction "none" one per row
 * @throws FocalError naming the argument, its value and what was expected
 *
 * @example
 * softmaxFocalLoss([1, 0, -1, 0, 1, 2], [2, 1], { classes: 3, gamma: 2 });   // 1.3982761794713867
 *
 * @see https://arxiv.org/abs/1708.02002
 */
export function softmaxFocalLoss<L extends Logits, const R extends Reduction = "mean">(logits: L, labels: NumberArray, options: FunctionOptions<R> & { readonly classes: number }): Value<R, L> {
  return runOf(softmaxForm, options)(logits, labels, 0, callOptions(options)).value as Value<R, L>;
}

/**
 * Focal loss as a module with `forward` and `backward`.
 *
 * FL(p_t) = −α_t (1 − p_t)^γ log(p_t). A number α weighs positives by α and negatives by 1 − α, as the
 * formula says; `alpha: { uniform: 0.25 }` multiplies both classes by the same factor, as code that
 * applies a constant α does.
 *
 * @param settings - alpha (default 0.25), gamma (default 2), reduction (default "mean")
 * @throws FocalError `argument` for values out of range
 *
 * @example
 * const focalLoss = new FocalLoss({ alpha: 0.25, gamma: 2, reduction: "mean" });
 * focalLoss.forward([0, 0], [1, 0]);   // 0.08664339756999316
 * focalLoss.backward();                // Float64Array [ -0.0372858493924983, 0.1118575481774949 ]
 *
 * @see https://arxiv.org/abs/1708.02002
 */
export class FocalLoss<const R extends Reduction = "mean"> {
  readonly criterion: Criterion<R>;
  #last: { logits: Logits; targets: NumberArray } | undefined;

  constructor(settings: FocalSettings & CriterionOptions<R> = {}) {
    expectKnown("FocalLoss", settings, ["gamma", "alpha", ...optionNames]);
    const { alpha = 0.25, gamma = 2, ...options } = settings;
    this.criterion = criterion(focal({ alpha, gamma }), options as CriterionOptions<R>);
  }

  /** The loss. Keeps the arrays for `backward`, not copies: change them only after it. */
  forward<L extends Logits>(logits: L, targets: NumberArray): Value<R, L> {
    this.#last = undefined;
    const value = this.criterion.value(logits, targets);
    this.#last = { logits, targets };
    return value;
  }

  /** The gradient of the last `forward` by its logits, in the same shape. */
  backward(): ArrayOf<Logits> {
    if (!this.#last) throw new FocalError("argument", "backward needs a forward before it: there are no logits yet");
    return this.criterion.valueAndGrad(this.#last.logits, this.#last.targets).grad;
  }
}
