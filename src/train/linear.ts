import { criterion } from "../criterion.ts";
import { FocalError } from "../errors.ts";
import { advance, begin, steepness } from "./lbfgs.ts";
import type { Minimization, Objective } from "./lbfgs.ts";
import { layoutOf, modelOf, priorBias } from "./layout.ts";
import type { Layout } from "./layout.ts";
import { logits } from "./model.ts";
import type { HistoryEntry, Trained, TrainOptions } from "./options.ts";
import { pauses } from "./pause.ts";
import { preconditioner } from "./precondition.ts";
import type { Preconditioner } from "./precondition.ts";
import { judge } from "./selection.ts";
import type { Dataset, Table } from "./table.ts";

/** The largest component of the gradient at which a linear model counts as converged. */
const tolerance = 1e-6;

/**
 * Fits a linear model until the gradient is gone: L-BFGS over all rows, in float64, by the library's own criterion.
 *
 * Stopped early, linear models favour whichever loss takes larger first steps, and comparisons of losses by them mislead.
 */
export async function trainLinear(dataset: Dataset, options: TrainOptions, run: string): Promise<Trained> {
  const { train, validation } = dataset;
  const { loss, epochs: cap = 2000, l2 = 1 / train.rows, resume, onProgress, onCheckpoint, posterior = (p) => p } = options;
  if (resume && (resume.kind !== "linear" || resume.run !== run)) throw new FocalError("model", `the checkpoint belongs to another run: expected ${run}, got ${resume.run}`);
  const from = resume?.kind === "linear" ? resume : undefined;
  const layout = layoutOf(train, []);
  const { objective, scaleAt } = meanLoss(train, layout, loss, l2);
  const refresh = Math.max(10, Math.ceil(train.features / 2)); // a refresh costs about features / 4 passes
  const pause = pauses(options.signal);
  const history: HistoryEntry[] = [...(from?.history ?? [])];
  let state: Minimization = from?.minimization ?? begin(objective, atRest(layout, train));
  let anchor = from?.anchor ?? state.x, scale = scaleAt(anchor);
  let ended: Trained["ended"] = "cap";
  while (state.iteration < cap) {
    await pause();
    if (steepness(state) <= tolerance) {
      ended = "converged";
      break;
    }
    if (state.iteration > 0 && state.iteration % refresh === 0) scale = scaleAt((anchor = state.x));
    const next = advance(objective, state, scale);
    if (!next) {
      ended = "stalled";
      break;
    }
    state = next;
    const verdict = judge(layout.head, logits(modelOf(layout, state.x), validation.x, validation.rows), validation, posterior);
    history.push({ epoch: state.iteration, trainLoss: state.value, validation: verdict.score, logLoss: verdict.logLoss });
    onProgress?.({ step: state.iteration, total: cap, epoch: state.iteration });
    onCheckpoint?.({ kind: "linear", run, minimization: state, anchor, history: [...history] });
  }
  return { model: modelOf(layout, state.x), epoch: state.iteration, epochs: state.iteration, steps: state.iteration, ended, history };
}

/** No weights, and a bias that answers the class frequencies. */
function atRest(layout: Layout, train: Table): Float64Array {
  const parameters = new Float64Array(layout.size);
  parameters.set(priorBias(layout, train), layout.layers[0]!.bias);
  return parameters;
}

/** Mean loss + l2/2 · Σw², the bias free; and its curvature at a point, for preconditioning. */
function meanLoss(table: Table, layout: Layout, loss: TrainOptions["loss"], l2: number): { objective: Objective; scaleAt: (parameters: Float64Array) => Preconditioner } {
  const { y, rows } = table;
  const { head, classes, layers, size } = layout;
  const { outputs, bias } = layers[0]!;
  const mean = head === "sigmoid" ? criterion(loss, { head, from: "logits" }) : criterion(loss, { head, classes, from: "logits" });
  const z = new Float64Array(rows * outputs), byLogit = new Float64Array(rows * outputs);

  function objective(parameters: Float64Array): { value: number; gradient: Float64Array } {
    let { value } = mean.valueAndGrad(multiply(table, outputs, parameters, z), y, { out: byLogit });
    const gradient = multiplyTransposed(table, outputs, byLogit, new Float64Array(size));
    for (let i = 0; i < bias; i++) {
      value += (l2 / 2) * parameters[i]! ** 2;
      gradient[i]! += l2 * parameters[i]!;
    }
    return { value, gradient };
  }

  return { objective, scaleAt: (parameters) => preconditioner(table, layout, mean.derivatives(multiply(table, outputs, parameters, z), y).hessian, l2) };
}

/** z = XW + b. Zeros are skipped: among one-hot columns most are. */
function multiply({ x, rows, features }: Table, outputs: number, parameters: Float64Array, z: Float64Array): Float64Array {
  const bias = features * outputs;
  for (let row = 0, at = 0; row < rows; row++, at += outputs) {
    for (let o = 0; o < outputs; o++) z[at + o] = parameters[bias + o]!;
    for (let i = 0; i < features; i++) {
      const value = x[row * features + i]!;
      if (value === 0) continue;
      for (let o = 0, w = i * outputs; o < outputs; o++, w++) z[at + o]! += value * parameters[w]!;
    }
  }
  return z;
}

/** Xᵀg, with the column sums of g for the bias. */
function multiplyTransposed({ x, rows, features }: Table, outputs: number, g: Float64Array, out: Float64Array): Float64Array {
  const bias = features * outputs;
  for (let row = 0, at = 0; row < rows; row++, at += outputs) {
    for (let o = 0; o < outputs; o++) out[bias + o]! += g[at + o]!;
    for (let i = 0; i < features; i++) {
      const value = x[row * features + i]!;
      if (value === 0) continue;
      for (let o = 0, w = i * outputs; o < outputs; o++, w++) out[w]! += value * g[at + o]!;
    }
  }
  return out;
}
