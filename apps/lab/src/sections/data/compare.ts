import { crossEntropy, focal } from "focal-loss";
import type { Loss } from "focal-loss";
import { averagePrecision, bestThreshold, bootstrap, expectedCalibrationError, precisionRecallCurve, recoverPosterior } from "focal-loss/evaluate";
import type { CurvePoint, Interval } from "focal-loss/evaluate";
import { predict, stratifiedSplit, subset, train } from "focal-loss/train";
import type { Table as Rows, Trained } from "focal-loss/train";
import { classesOf, MOST_CLASSES } from "./classes.ts";
import { FileProblem } from "./csv/problem.ts";
import { encode } from "./features.ts";
import type { Table } from "./table.ts";
import { count, plural, quote } from "./words.ts";

export interface TrainRequest {
  readonly target: number;
  readonly positive: number;
  readonly features: readonly number[];
  readonly model: "linear" | "network";
  readonly gamma: number;
  readonly alpha: number | undefined;
  readonly seed: number;
}

/** "again": cross-entropy once more, from other first weights, to see what chance alone does. */
export type RunName = "crossEntropy" | "again" | "focal";

export interface Step {
  readonly run: RunName;
  /** Of this run. */
  readonly share: number;
  readonly history: readonly { readonly epoch: number; readonly validation: number }[];
}

/** What a threshold finds among the held-out rows. */
export interface Cut {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}

export interface Run {
  readonly name: RunName;
  readonly averagePrecision: number;
  readonly half: Cut;
  /** At the threshold with the best F1 among the validation rows. */
  readonly tuned: Cut;
  /** Calibration error of the scores as they are, and after recovery. */
  readonly ece: number;
  readonly recovered: number;
  readonly curve: readonly CurvePoint[];
  readonly ended: Trained["ended"];
}

export interface Comparison {
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number; readonly positives: number };
  readonly runs: readonly Run[];
  /** Focal loss's average precision less cross-entropy's, with the interval of held-out rows drawn anew. */
  readonly difference: Interval;
  readonly notes: readonly string[];
}

/** Rows that are trained on; a model in a page should be there in seconds. */
const MOST_ROWS = { linear: 60_000, network: 20_000 };
/** Of which every part must have two. */
const FEWEST = 10;
const SAMPLES = 300;

/** Trains with either loss on the same rows and judges on rows that neither saw. */
export async function compare(table: Table, request: TrainRequest, signal: AbortSignal, tell: (step: Step) => void): Promise<Comparison> {
  const { gamma, alpha, seed, model } = request;
  const { parts: [training, validation, test], notes } = prepare(table, request);
  const weighted: Loss = focal({ gamma, ...(alpha !== undefined && { alpha }) });
  const planned: { name: RunName; loss: Loss; seed: number }[] = [
    { name: "crossEntropy", loss: crossEntropy(), seed },
    ...(model === "network" ? [{ name: "again" as const, loss: crossEntropy(), seed: seed + 1 }] : []),
    { name: "focal", loss: weighted, seed },
  ];
  const runs: Run[] = [], scores = new Map<RunName, Float32Array>();
  for (const { name, loss, seed: own } of planned) {
    const recover = (p: ArrayLike<number>): ArrayLike<number> => (name === "focal" ? recoverPosterior(p, 2, { gamma, alpha }) : p);
    const perEpoch = Math.floor(training.rows / Math.min(256, training.rows)), epochs = Math.max(10, Math.min(40, Math.ceil(800 / perEpoch)));
    let history: Step["history"] = [];
    const trained = await train({ train: training, validation }, {
      loss, seed: own, signal, posterior: recover, ...(model === "linear" ? { hidden: [] } : { hidden: [32, 16], epochs, minimumSteps: 300 }),
      onCheckpoint: (checkpoint) => (history = checkpoint.history.map(({ epoch, validation: score }) => ({ epoch, validation: score }))),
      onProgress: ({ step, total }) => tell({ run: name, share: step / total, history }),
    });
    const p = predict(trained.model, test.x, test.rows), own1 = second(p);
    scores.set(name, own1);
    const { threshold } = bestThreshold(second(predict(trained.model, validation.x, validation.rows)), validation.y);
    runs.push({
      name, averagePrecision: averagePrecision(own1, test.y), half: cut(own1, test.y, 0.5), tuned: cut(own1, test.y, threshold),
      ece: expectedCalibrationError(p, test.y, 2), recovered: expectedCalibrationError(recover(p), test.y, 2), curve: precisionRecallCurve(own1, test.y, { points: 150 }), ended: trained.ended,
    });
    tell({ run: name, share: 1, history });
  }
  const plain = scores.get("crossEntropy")!, ours = scores.get("focal")!, both = Float32Array.from({ length: 2 * test.rows }, (_, i) => (i % 2 === 0 ? plain : ours)[i >> 1]!);
  const difference = bootstrap((drawn, labels) => averagePrecision(column(drawn, 1), labels) - averagePrecision(column(drawn, 0), labels), both, test.y, { samples: SAMPLES });
  const positives = test.y.reduce((n, label) => n + label, 0);
  return { rows: { train: training.rows, validation: validation.rows, test: test.rows, positives }, runs, difference, notes };
}

const second = (p: Float32Array): Float32Array => p.filter((_, i) => i % 2 === 1);
const column = (table: Float64Array, k: number): Float64Array => Float64Array.from({ length: table.length / 2 }, (_, i) => table[2 * i + k]!);

function cut(p: Float32Array, y: Int32Array, threshold: number): Cut {
  let called = 0, found = 0, positives = 0;
  for (let i = 0; i < p.length; i++) {
    positives += y[i]!;
    if (p[i]! < threshold) continue;
    called++;
    found += y[i]!;
  }
  return { threshold, precision: called === 0 ? 0 : found / called, recall: found / positives };
}

function prepare(table: Table, { target, positive, features, model, seed }: TrainRequest): { parts: [Rows, Rows, Rows]; notes: string[] } {
  const truth = table.columns[target]!, found = classesOf(truth);
  if (!found) throw new FileProblem(`Column ${quote(truth.name)} has more than ${MOST_CLASSES} different values, which are no classes: choose what is to be learned.`);
  if (features.length === 0) throw new FileProblem("No column is chosen to learn from.");
  let rows = Uint32Array.from({ length: table.rows }, (_, row) => row).filter((row) => found.labels[row]! >= 0);
  const notes: string[] = [];
  if (rows.length < table.rows) notes.push(`${plural(table.rows - rows.length, "row was", "rows were")} left out, where ${quote(truth.name)} is missing.`);
  const labelOf = (row: number): number => Number(found.labels[row] === positive);
  const most = MOST_ROWS[model];
  if (rows.length > most) {
    const [sample] = stratifiedSplit(Array.from(rows, labelOf), [most / rows.length, 1 - most / rows.length], seed);
    notes.push(`Of ${count(rows.length)} rows ${count(sample!.length)} were drawn, to train in seconds; “focal train” takes them all.`);
    rows = sample!.map((i) => rows[i]!);
  }
  const y = Int32Array.from(rows, labelOf), positives = y.reduce((n, label) => n + label, 0);
  for (const [n, what] of [[positives, quote(found.names[positive]!)], [y.length - positives, `anything but ${quote(found.names[positive]!)}`]] as const) {
    if (n < FEWEST) throw new FileProblem(`${n === 0 ? "No row is" : `Only ${plural(n, "row is", "rows are")}`} of ${what}: at least ${FEWEST} are needed, to train, to choose and to judge by.`);
  }
  const [training, validation, test] = stratifiedSplit(y, [0.6, 0.2, 0.2], seed);
  const { x, width } = encode(features.map((k) => table.columns[k]!), rows, training!.map((i) => rows[i]!));
  const all: Rows = { x, y, rows: rows.length, features: width, classes: 2 };
  return { parts: [subset(all, training!), subset(all, validation!), subset(all, test!)], notes };
}
