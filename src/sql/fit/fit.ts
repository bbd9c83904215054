import { FocalError } from "../../errors.ts";
import { focal } from "../../losses/focal.ts";
import { advanceAsync, steepness } from "../../train/lbfgs.ts";
import type { Minimization } from "../../train/lbfgs.ts";
import type { SqlEngine } from "../engine.ts";
import { sourceName } from "../source.ts";
import type { Source } from "../source.ts";
import { expectSameRun, fromPlain, toPlain } from "./checkpoint.ts";
import { gramOf } from "./gram.ts";
import type { SqlModel } from "./model.ts";
import { newtonStep } from "./newton.ts";
import type { Curved } from "./newton.ts";
import { sumsAt } from "./pass.ts";
import { outputsOf } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { grown, startCurvatures, startScale } from "./scale.ts";
import type { Scale } from "./scale.ts";
import { checkSpec } from "./spec.ts";
import type { FitSpec } from "./spec.ts";
import { surveyOf } from "./survey.ts";

/** What a fit ends with. */
export interface Fitted {
  readonly model: SqlModel;
  /** Why it ended. "converged": the scaled gradient reached the tolerance; "stalled": rounding is all that is left; "cap": more passes might help. */
  readonly ended: "converged" | "stalled" | "cap";
  /** Passes over the data; a line search may take more than one per iteration. */
  readonly passes: number;
  readonly iterations: number;
  /** Mean loss with penalty at the end. */
  readonly value: number;
  /** The scaled gradient at the end. */
  readonly gradient: number;
  readonly l2: number;
  readonly rows: number;
  /** Σ weights. */
  readonly weight: number;
  /** Rows whose target is NULL. */
  readonly skipped: number;
  readonly seconds: number;
}

/** How far the sums of an engine may be off, relative to them: many threads add in any order. */
const rounding = 1e-13;

/**
 * Fits a linear model inside an SQL engine: rows stay where they are, each pass brings back sums.
 *
 * For tables that are larger than a machine that would train on them.
 *
 * min_β  Σ w ℓ(x·β + b + offset, y) / Σ w  +  l2/2 · Σ β²,  x standardised, categorical values as 0 and 1
 *
 * The first statements look at the target, at the values of categorical columns, at means, and at products of columns; then
 * each pass is one statement. By default L-BFGS goes down, preconditioned with those products, until the gradient times the
 * approximate inverse Hessian, about how far coefficients are from where they belong, is below the tolerance. Every pass
 * must see as many rows and as much weight as the first look: a cluster that answers in part is refused.
 *
 * @param engine - `duckdbEngine(connection)`, `clickhouseEngine(client)`, or one of your own
 * @param source - a table, `["database", "table"]`, or `{ files }` for DuckDB
 * @param spec - what is fitted to which columns; see {@link FitSpec}
 * @returns the model as plain data, and how the fit went
 * @throws FocalError `argument` for a spec that makes no sense; `data` for a missing column, text in a numeric one, no rows or
 * a single class; `engine` with what the engine says; and the signal's reason where it was raised
 *
 * @example
 * const engine = duckdbEngine(await DuckDBConnection.create());
 * const { model, passes } = await fitLinearFocal(engine, { files: "claims/*.parquet" }, { target: "fraud", loss: focal({ gamma: 2 }) });
 *
 * @see Nocedal, Wright: Numerical Optimization, 2006, algorithm 7.5
 */
export async function fitLinearFocal(engine: SqlEngine, source: Source, spec: FitSpec): Promise<Fitted> {
  checkSpec(spec);
  const { loss = focal({ gamma: 2 }), solver = "lbfgs", tolerance = 1e-6, maxPasses = 200, maxLevels = 30, retries = 3, signal, onPass, onCheckpoint, resume, weights, offset } = spec;
  const asking = { signal, retries }, run = runOf(engine, source, spec, loss);
  if (resume) expectSameRun(resume, run);
  const began = performance.now() - 1e3 * (resume?.seconds ?? 0), seconds = (): number => (performance.now() - began) / 1e3;

  const looked = resume?.survey ?? (await surveyOf(engine, source, spec, { maxLevels, asking }));
  const head = looked.classes.length <= 2 ? "sigmoid" : spec.multiclass ?? "softmax";
  if (head === "softmax" && solver === "newton") throw new FocalError("argument", `solver must be "lbfgs" for a softmax of ${looked.classes.length} classes, got "newton"`);
  const common = { engine, source, head, loss, weights, offset, asking } as const;
  const { gram, terms } = resume ? { gram: [...resume.gram], terms: looked.terms } : await gramOf({ ...common, survey: looked }, spec.standardize ?? true);
  const survey = { ...looked, terms }, problem: Problem = { ...common, survey };

  const width = terms.length + 1, outputs = outputsOf(problem), l2 = spec.l2 ?? 1 / survey.weight;
  const start = startScale(gram.map((sum) => sum / survey.weight), width, startCurvatures(loss, head, new Array<number>(outputs).fill(0), survey.shares), l2);
  let passes = resume?.passes ?? 0, damping = resume?.damping ?? 0, first: number | undefined, scale: Scale = start;

  async function evaluate(x: Float64Array, order: 1 | 2): Promise<Curved> {
    const from = performance.now(), sums = await sumsAt(problem, x, order);
    let value = sums.loss / survey.weight;
    const gradient = sums.slopes.map((sum) => sum / survey.weight);
    for (let i = 0; i < x.length; i++) {
      if (i % width === width - 1) continue;
      value += (l2 / 2) * x[i]! ** 2;
      gradient[i]! += l2 * x[i]!;
    }
    passes++;
    const far = scaled(gradient, scale);
    first ??= far;
    const rate = Math.log(first / far) / (passes - (resume?.passes ?? 0)), pace = (performance.now() - from) / 1e3;
    onPass?.({ pass: passes, value, gradient: far, seconds: pace, secondsLeft: far <= tolerance ? 0 : rate > 0 ? (pace * Math.log(far / tolerance)) / rate : undefined });
    return { x, value, gradient, curvatures: sums.curvatures.map((block) => block.map((sum) => sum / survey.weight)) };
  }

  const order = solver === "newton" ? 2 : 1;
  let state: Minimization, curvatures: Curved["curvatures"] = [];
  if (resume && order === 1) state = fromPlain(resume.minimization);
  else {
    const begun = await evaluate(resume ? Float64Array.from(resume.minimization.x) : new Float64Array(outputs * width), order);
    ({ curvatures } = begun);
    state = { x: begun.x, value: begun.value, gradient: begun.gradient, moves: [], changes: [], iteration: resume?.minimization.iteration ?? 0 };
  }
  const far = (): number => scaled(state.gradient, order === 1 ? grown(start, state) : scale);
  let ended: Fitted["ended"] = "cap";
  while (passes < maxPasses) {
    scale = order === 1 ? grown(start, state) : scale;
    if (far() <= tolerance || steepness(state) === 0) {
      ended = "converged";
      break;
    }
    let next: Minimization | undefined;
    if (order === 1) next = await advanceAsync((x) => evaluate(x, 1), state, scale, rounding);
    else {
      const step = await newtonStep((x) => evaluate(x, 2), { ...state, curvatures }, { width, l2, damping, rounding });
      if (step) ({ damping, scale, at: { curvatures } } = step);
      next = step && { ...state, x: step.at.x, value: step.at.value, gradient: step.at.gradient, iteration: state.iteration + 1 };
    }
    if (!next) {
      ended = "stalled";
      break;
    }
    state = next;
    onCheckpoint?.({ kind: "sql-linear", run, survey, gram, passes, seconds: seconds(), minimization: toPlain(state), damping });
  }
  const { x, value, iteration: iterations } = state, { rows, weight, skipped } = survey;
  return { model: modelOf(problem, x), ended, passes, iterations, value, gradient: far(), l2, rows, weight, skipped, seconds: seconds() };
}

function scaled(gradient: Float64Array, scale: Scale): number {
  const v = gradient.slice();
  scale(v);
  return steepness({ gradient: v });
}

/** What is fitted, in one line: a checkpoint goes on with nothing else. */
const runOf = ({ dialect }: SqlEngine, source: Source, { target, positive, features, multiclass, l2, weights, offset, standardize, maxLevels, solver }: FitSpec, { name, parameters, alpha }: NonNullable<FitSpec["loss"]>): string =>
  `${name} ${JSON.stringify({ ...parameters, alpha })} of ${sourceName(source)} in ${dialect}: ${JSON.stringify({ target, positive, features, multiclass, l2, weights, offset, standardize, maxLevels, solver })}`;

function modelOf({ survey: { target, classes, terms }, head, loss, offset }: Problem, x: Float64Array): SqlModel {
  const width = terms.length + 1, logits = Array.from({ length: x.length / width }, (_, k) => Array.from(x.subarray(k * width, (k + 1) * width)));
  return {
    kind: "linear", target: target.column, classes, head, loss: { name: loss.name, parameters: loss.parameters, alpha: loss.alpha ?? null }, terms,
    coefficients: logits.map((logit) => logit.slice(0, -1)), intercepts: logits.map((logit) => logit.at(-1)!), offset: offset ?? null,
  };
}
