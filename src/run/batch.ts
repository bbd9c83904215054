import { FocalError } from "../errors.ts";
import type { Floats, NumberArray } from "../heads/job.ts";
import { repeatOverClasses } from "../heads/targets.ts";
import type { Targets } from "../heads/targets.ts";
import { checkWeights, expectNumbers, firstNotFinite, isWrittenOver, looksLikeProbabilities, toFloats } from "../inputs.ts";
import type { Plan } from "../options.ts";
import { logitsFrom } from "../scores.ts";
import { checkCall } from "./call.ts";
import type { CallOptions, Logits } from "./call.ts";

/** One call's arrays, read and checked. */
export interface Batch {
  readonly scores: Floats;
  readonly logits: Floats;
  readonly targets: Targets;
  readonly weights: NumberArray | undefined;
  readonly onSimd: boolean;
}

/** @param lookAhead - whether targets must be known before the kernel reads them; a SIMD kernel checks hard ones itself */
export type Reader = (scores: Logits, targets: NumberArray, call: CallOptions, lookAhead: boolean) => Batch;

/** Below this many logits a call into WebAssembly costs more than it saves. */
const worthSimd = 8;

/**
 * What reads the arrays of a plan's calls.
 *
 * @param simd - whether SIMD can run the plan, for float32 logits
 */
export function reader(plan: Plan, simd: boolean): Reader {
  const { loss, form, head, classes, from, fromSaid, engine } = plan;
  /** A setting per class where it cannot be one per column: soft targets must be refused for it. */
  const bySide = plan.perColumn ? undefined : Object.entries(loss.parameters).find(([, value]) => typeof value !== "number")?.[0];
  const mixes = form.simd?.mixes?.(loss, plan) ?? false;
  let warned = fromSaid;

  return (given, givenTargets, call, lookAhead) => {
    const scores = toFloats(from, given);
    expectNumbers("targets", givenTargets);
    checkCall(plan, scores, call);
    if (plan.check) refuseNotFinite(from, scores);
    if (!warned && head === "sigmoid" && from === "logits" && looksLikeProbabilities(scores)) {
      warned = true;
      console.warn(`focal-loss: every logit is in [0, 1]; these look like probabilities. If they are, pass from: "probabilities"; if not, from: "logits".`);
    }
    const logits = logitsFrom(scores, from, head);
    const couldBeSimd = simd && logits instanceof Float32Array && engine !== "js" && (engine !== undefined || logits.length >= worthSimd);
    // A gradient written over its logits leaves no second try to a kernel that finds soft targets on its way.
    const overwrites = call.out !== undefined && isWrittenOver(scores, call.out);
    const targets = form.readTargets(plan, logits.length, givenTargets, lookAhead || overwrites || bySide !== undefined || !couldBeSimd || plan.ignoreIndex !== undefined);
    if (targets.soft && head === "sigmoid") refuseSoft(targets);
    const onSimd = couldBeSimd && (!targets.mixed || mixes);
    if (!onSimd && (engine === "wasm" || engine === "relaxed")) refuseSimd(engine);
    return { scores, logits, targets, weights: readWeights(call.weights, logits.length), onSimd };
  };

  /** Soft targets stand between the classes; not everything has a value there. */
  function refuseSoft({ values }: Targets): void {
    const at = (): string => `targets[${Array.prototype.findIndex.call(values, (t: number) => t > 0 && t < 1)}]`;
    if (loss.kind === "batch" && loss.per === "batch") throw new FocalError("target", `${loss.name} is defined for hard targets: ${at()} must be 0 or 1`);
    if (bySide !== undefined) throw new FocalError("target", `${bySide} given per class needs targets of 0 or 1, got a soft one at ${at()}: it stands between the classes`);
  }

  /** One weight per example, as the kernels take them. */
  function readWeights(weights: NumberArray | undefined, logits: number): NumberArray | undefined {
    if (weights === undefined) return undefined;
    expectNumbers("weights", weights);
    const rows = logits / classes, byRow = weights.length === rows;
    if (head === "softmax" ? !byRow : weights.length !== logits && !byRow) {
      const expected = head === "softmax" ? `row: expected ${rows}` : classes > 1 ? `logit or per row: expected ${logits} or ${rows}` : `logit: expected ${logits}`;
      throw new FocalError("shape", `weights must have one value per ${expected}, got ${weights.length}`);
    }
    checkWeights(weights);
    return head === "sigmoid" && byRow && classes > 1 ? repeatOverClasses(weights, plan) : weights;
  }
}

function refuseSimd(engine: string): never {
  throw new FocalError("engine", `engine "${engine}" runs float32 logits where WebAssembly SIMD exists, under softmax with at most 256 classes where rows hold shares; use engine "js" here`);
}

function refuseNotFinite(name: string, scores: Floats): void {
  const at = firstNotFinite(scores);
  if (at >= 0) throw new FocalError("argument", `${name}[${at}] must be a finite number, got ${scores[at]}`);
}
