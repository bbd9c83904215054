import type { Curves, LossResult, Metric, Results, Run, Summary } from "../src/results.ts";

interface Shape {
  readonly seed?: number;
  readonly repeats?: number;
  /** Rows of each class. */
  readonly counts?: readonly number[];
  readonly columns?: number;
  readonly losses?: readonly string[];
  /** Names anything that a file could have named: classes, columns, files, notes. */
  readonly nameOf?: (kind: string, index: number) => string;
}

const METRICS: readonly Metric[] = ["averagePrecision", "rocAuc", "macroF1", "macroF1Tuned", "brierRaw", "brier", "eceRaw", "ece", "logLoss", "seconds"];
const LOSSES = ["cross-entropy", "cross-entropy (restart)", "balanced cross-entropy", "focal γ=2"];

/** Results that look like those of a real run, computed from a seed; they measure nothing. */
export function makeResults({
  seed = 1, repeats = 5, counts = [45586, 50, 171, 8903, 3267, 10, 13], columns = 9, losses = LOSSES,
  nameOf = (kind, index) => (kind === "class" ? String(index + 1) : `${kind} ${index + 1}`),
}: Shape = {}): Results {
  const random = generator(seed);
  const rows = counts.reduce((sum, n) => sum + n, 0);
  const names = counts.map((_, i) => nameOf("class", i));
  const splitLevels = Array.from({ length: repeats }, () => 0.02 * (random() - 0.5));
  const results = losses.map((name, i) => makeLoss(name, i, { random, counts, names, splitLevels }));
  const part = (share: number) => counts.map((n) => Math.max(1, Math.round(n * share)));
  return {
    format: 1,
    headline: "Focal loss (γ = 2) and cross-entropy rank equally well: the difference in average precision, +0.004, is within restart noise.",
    recommendation: { loss: "cross-entropy", reason: "No loss differs from it beyond the noise of a restart; its probabilities need no recovery." },
    notes: [`Class ${names[counts.indexOf(Math.min(...counts))]} has only 2 rows in the test part; its numbers rest on very few rows.`, nameOf("note", 0), "Gradient-boosted trees often win on tables; this compares losses, not models."],
    data: {
      files: [nameOf("file", 0)],
      rows,
      target: nameOf("target", 0),
      classes: names.map((name, i) => ({ name, count: counts[i]! })),
      splits: Array.from({ length: repeats }, () => ({ train: part(0.6), validation: part(0.2), test: part(0.2) })),
      columns: Array.from({ length: columns }, (_, i) => i % 7 === 5
        ? { name: nameOf("column", i), kind: "dropped" as const, missing: 0, note: "constant" }
        : { name: nameOf("column", i), kind: i % 3 === 2 ? ("categorical" as const) : ("numeric" as const), missing: i % 4 === 1 ? Math.round(rows * 0.013 * i) : 0, ...(i % 3 === 2 ? { levels: 3 + i } : {}) }),
      features: columns * 2,
      duplicateRows: 12.4,
    },
    protocol: {
      split: "random, stratified: 60 % training, 20 % validation, 20 % test", repeats,
      model: "MLP 64-32, Adam 0.003, batch 256, up to 60 epochs",
      selection: counts.length > 2 ? "macro-F1, ties by log loss" : "average precision, ties by log loss",
      configurations: losses.length * repeats,
    },
    losses: results.map((loss, i) => (i === 0 ? loss : withDifferences(loss, results[0]!))),
    reproduce: {
      command: `focal train ${nameOf("file", 0)} --target ${nameOf("target", 0)} --seed ${seed}`, seed,
      versions: { "focal-loss": "0.1.0", node: "20.20.2", "@jax-js/jax": "0.1.25" },
      machine: "linux x64, 2 cores", date: "2026-01-01", seconds: 143.2,
    },
  };
}

interface World {
  readonly random: () => number;
  readonly counts: readonly number[];
  readonly names: readonly string[];
  readonly splitLevels: readonly number[];
}

function makeLoss(name: string, index: number, world: World): LossResult {
  const runs = world.splitLevels.map((level, repeat) => makeRun(index, level, repeat === 0, world));
  const summary = Object.fromEntries(METRICS.map((metric) => {
    const values = runs.map((run) => run.metrics[metric]);
    return [metric, { mean: mean(values), sd: spread(values) }];
  })) as Record<Metric, Summary>;
  return { name, formula: index >= 3 ? "−(1 − pₜ)² log pₜ" : index === 2 ? "−αₜ log pₜ" : "−log pₜ", runs, summary };
}

function makeRun(loss: number, level: number, first: boolean, { random, counts, names }: World): Run {
  const noise = (size: number) => size * (random() - 0.5);
  const balanced = loss === 2 ? 1 : 0;
  const focal = loss >= 3 ? 1 : 0;
  const metrics: Record<Metric, number> = {
    averagePrecision: 0.898 + level - 0.05 * balanced + 0.004 * focal + noise(0.012),
    rocAuc: 0.985 + level / 4 + noise(0.004),
    macroF1: 0.83 + level + 0.06 * balanced + noise(0.02),
    macroF1Tuned: 0.87 + level + noise(0.02),
    brierRaw: 0.006 + 0.013 * focal + 0.02 * balanced + noise(0.001),
    brier: 0.006 + noise(0.001),
    eceRaw: 0.006 + 0.08 * focal + 0.05 * balanced + noise(0.002),
    ece: 0.007 + noise(0.002),
    logLoss: 0.03 + noise(0.006),
    seconds: 4.1 + 0.8 * focal + noise(0.4),
  };
  const most = Math.max(...counts);
  const recalls = counts.map((n) => clamp(0.99 - 0.09 * Math.log10(most / n) + (0.12 * balanced * Math.log10(most / n)) / 4 + noise(0.08)));
  const confusion = counts.map((n, i) => {
    const test = Math.max(1, Math.round(n * 0.2));
    const right = Math.round(test * recalls[i]!);
    return counts.map((_, j) => (j === i ? right : j === (i + 1) % counts.length ? test - right : 0));
  });
  const perClass = recalls.map((recall, i) => {
    const precision = clamp(recall - 0.1 * balanced + noise(0.05));
    return { recall, precision, recallTuned: clamp(recall + 0.03), precisionTuned: i === 0 ? NaN : clamp(precision - 0.01) };
  });
  const epochs = 60;
  const history = Array.from({ length: 20 }, (_, e) => ({
    epoch: e + 1, trainLoss: (0.7 - 0.4 * focal) * Math.exp(-e / 4) + 0.01 + noise(0.002), validation: clamp(0.85 - 0.5 * Math.exp(-e / 3) + noise(0.02)),
  }));
  return { metrics, perClass, confusion, epoch: 9 + Math.floor(random() * 8), epochs, history, ...(first ? { curves: makeCurves(loss, counts, names, random) } : {}) };
}

function makeCurves(loss: number, counts: readonly number[], names: readonly string[], random: () => number): Curves {
  const steps = (n: number) => Array.from({ length: n }, (_, i) => (i + 1) / n);
  const shown = counts.length === 2 ? [1] : counts.map((_, i) => i);
  const bend = loss >= 3 ? 3.5 : loss === 2 ? 2.5 : 2;
  return {
    pr: shown.map((i) => {
      const hard = 0.2 + 0.8 * random();
      return { class: names[i]!, points: steps(100).map((recall) => ({ recall, precision: clamp(1 - hard * recall ** (3 + loss) + 0.01 * random()) })) };
    }),
    reliability: (["raw", "recovered"] as const).map((scores) => ({
      scores,
      bins: steps(10).map((edge, i) => {
        const predicted = edge - 0.05;
        const bent = scores === "raw" && loss >= 2 ? (loss === 2 ? predicted ** 2 : predicted + 0.25 * Math.sin(2 * Math.PI * predicted) * -0.8) : predicted;
        return { predicted, observed: clamp(bent + 0.03 * (random() - 0.5)), count: i === 0 ? 8000 : i === 9 ? 2500 : 60 - 4 * i };
      }),
    })),
    difficulty: ["all rows", ...(counts.length === 2 ? [names[1]!, names[0]!] : [names[counts.indexOf(Math.min(...counts))]!])].map((group, g) => ({
      group, points: steps(100).map((examples) => ({ examples, gradient: examples ** (bend * (10 - 4 * Math.min(g, 2))) })),
    })),
  };
}

function withDifferences(loss: LossResult, reference: LossResult): LossResult {
  const summary = Object.fromEntries(METRICS.map((metric) => {
    const differences = loss.runs.map((run, i) => run.metrics[metric] - reference.runs[i]!.metrics[metric]);
    const middle = mean(differences);
    const reach = 2.776 * spread(differences) * Math.sqrt(1 / differences.length + 1 / 3);
    const interval = differences.length > 1 ? { low: middle - reach, high: middle + reach } : {};
    return [metric, { ...loss.summary[metric], difference: { mean: middle, ...interval } }];
  })) as Record<Metric, Summary>;
  return { ...loss, summary };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
