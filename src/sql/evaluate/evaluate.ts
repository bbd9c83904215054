import { expectKnown, FocalError } from "../../errors.ts";
import type { Loss } from "../../losses/loss.ts";
import { classScores } from "../../metrics/confusion.ts";
import type { ClassScore, Confusion } from "../../metrics/confusion.ts";
import { expectWhole } from "../../metrics/inputs.ts";
import type { ReliabilityBin } from "../../metrics/probability.ts";
import { dialectOf } from "../../targets/sql/dialects.ts";
import type { SqlEngine } from "../engine.ts";
import { ask } from "../fit/ask.ts";
import { columnsOf } from "../fit/columns.ts";
import { recoveryOf } from "../probability.ts";
import type { Recovery } from "../probability.ts";
import { freePrefix } from "../quote.ts";
import { fromClause, sourceName } from "../source.ts";
import type { Source } from "../source.ts";
import { binnedAveragePrecision, binnedRocAuc } from "./ranking.ts";
import type { Bounded } from "./ranking.ts";
import { confusionSql, rankingSql } from "./statements.ts";
import { checkScored, STRANGER, subjectOf, UNSCORED, UNWEIGHTED } from "./subject.ts";
import type { Scored } from "./subject.ts";

/** How an evaluation is asked for. */
export interface SqlEvaluationOptions {
  /** Column of weights ≥ 0: a row of weight 2 counts as two rows, in every number but `rows`. Default: every row counts once. */
  readonly weights?: string | undefined;
  /** A loss to take the mean of, by the logits as they are. Default: none. */
  readonly loss?: Loss | undefined;
  /** The loss whose bend is undone before probabilities are judged. Default: a model's own where its way back is known; false: none. */
  readonly posterior?: Recovery | false | undefined;
  /** Bins of the reliability diagram, default 15. */
  readonly bins?: number | undefined;
  /** Stops the statement where it runs. */
  readonly signal?: AbortSignal | undefined;
  /** How often a statement is asked again when a replica or a connection dies; default 3. */
  readonly retries?: number | undefined;
}

/** How good scores are, as far as sums and bins tell. */
export interface SqlEvaluation {
  /** Rows with a target. */
  readonly rows: number;
  /** Σ weights; without weights the rows. */
  readonly weight: number;
  /** Mean of the loss that was asked for. */
  readonly loss: number | undefined;
  /** Mean −log p of the true class; a probability below 2⁻⁵² counts as that. */
  readonly logLoss: number;
  readonly brier: number;
  /** `confusion[true][called]`; of two classes the positive is called at a probability of ½, of more the likeliest. */
  readonly confusion: Confusion;
  readonly scores: readonly ClassScore[];
  readonly reliability: readonly ReliabilityBin[];
  readonly expectedCalibrationError: number;
  /** Of the positive, or of each class against the rest; with the bounds that bins of 1/64 of log-odds leave. */
  readonly averagePrecision: readonly Bounded[];
  readonly rocAuc: readonly Bounded[];
}

/**
 * Evaluates scores where they lie: nothing but sums and bins leaves the engine.
 *
 * For tables that are larger than a machine that would rank them. One statement for everything by class and confidence, one per
 * ranked class; rows whose target is NULL are left out.
 *
 * Ranking metrics come from bins, which is not the ranking itself: each says between which bounds the exact one lies.
 *
 * @param source - a table, `["database", "table"]`, or `{ files }` for DuckDB
 * @param scored - a model of `fitLinearFocal`, or `{ kind: "columns", target, classes, head, logits }`
 * @throws FocalError `argument` for logits that do not fit the classes, `data` for columns or rows that cannot be judged, `engine` for
 *   what the engine refuses
 *
 * @example
 * const { averagePrecision: [ap] } = await evaluateSql(engine, "customers", model);
 * console.log(`AP ${ap.value}, between ${ap.low} and ${ap.high}`);
 */
export async function evaluateSql(engine: SqlEngine, source: Source, scored: Scored, options: SqlEvaluationOptions = {}): Promise<SqlEvaluation> {
  expectKnown("evaluateSql", options, ["weights", "loss", "posterior", "bins", "signal", "retries"]);
  checkScored(scored);
  const { weights, loss, posterior = scored.kind === "linear" ? recoveryOf(scored) : undefined, bins = 15, signal, retries = 3 } = options, { dialect } = engine;
  expectWhole("bins", bins, 1);
  const columns = await columnsOf(engine, source, { signal, retries });
  const subject = {
    ...subjectOf(scored, columns, source, weights, dialect), head: scored.head, classes: Math.max(2, scored.classes.length), prefix: freePrefix([...columns.keys()]),
    from: fromClause(source, dialect), where: `${dialectOf(dialect).quote(scored.target)} IS NOT NULL`, recovery: posterior === false ? undefined : posterior,
  };
  const numbers = async (sql: string): Promise<number[][]> => (await ask(engine, sql, { signal, retries })).map((row) => row.map(Number));
  const groups = await numbers(confusionSql(subject, dialect, bins, loss));
  const said = summary(groups, { classes: subject.classes, bins, source, weights }, scored);
  const averagePrecision: Bounded[] = [], rocAuc: Bounded[] = [];
  for (const k of scored.head === "sigmoid" ? [1] : scored.classes.keys()) {
    const ranked = (await numbers(rankingSql(subject, dialect, k))).sort(([a], [b]) => b! - a!).map(([, count, positives, negatives]) => ({ count: count!, positives: positives!, negatives: negatives! }));
    const seen = ranked.reduce((total, { count }) => total + count, 0);
    if (seen !== said.rows) throw new FocalError("engine", `a statement saw ${seen} rows of ${said.rows}: rows were added or lost meanwhile, or a shard did not answer`);
    averagePrecision.push(binnedAveragePrecision(ranked, weights === undefined ? 1 : 0));
    rocAuc.push(binnedRocAuc(ranked));
  }
  return { ...said, loss: loss && said.loss, averagePrecision, rocAuc };
}

/** The sums of {@link confusionSql}, put together. */
function summary(
  groups: readonly (readonly number[])[], { classes, bins, source, weights }: { readonly classes: number; readonly bins: number; readonly source: Source; readonly weights: string | undefined },
  { classes: names, target }: Scored,
) {
  const total = (of: (group: readonly number[]) => number): number => groups.reduce((sum, group) => sum + of(group), 0);
  const withLabel = (label: number): number => total((group) => (group[0] === label ? group[3]! : 0));
  const rows = total((group) => group[3]!), weight = total((group) => group[4]!);
  if (rows === 0) throw new FocalError("data", `${sourceName(source)} has no rows with a target`);
  if (withLabel(UNWEIGHTED) > 0) throw new FocalError("data", `${withLabel(UNWEIGHTED)} of ${rows} rows have a weight ${JSON.stringify(weights)} that is missing, negative or not finite`);
  if (withLabel(UNSCORED) > 0) throw new FocalError("data", `${withLabel(UNSCORED)} of ${rows} rows have a logit that is missing or not finite`);
  if (withLabel(STRANGER) > 0) throw new FocalError("data", `${withLabel(STRANGER)} of ${rows} rows have another ${JSON.stringify(target)} than ${names.map((name) => JSON.stringify(name)).join(", ")}`);
  if (weight === 0) throw new FocalError("data", `the weights ${JSON.stringify(weights)} of all rows are 0`);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0)), binned = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, count: 0 }));
  for (const [label, called, bin, , count, sure] of groups as readonly (readonly [number, number, number, number, number, number])[]) {
    confusion[label]![called]! += count;
    const held = binned[bin]!;
    held.count += count;
    held.predicted += sure;
    held.observed += (classes === 2 ? label === 1 : label === called) ? count : 0;
  }
  const reliability = binned.filter(({ count }) => count > 0).map(({ predicted, observed, count }): ReliabilityBin => ({ predicted: predicted / count, observed: observed / count, count }));
  return {
    rows, weight, loss: total((group) => group[8]!) / weight, logLoss: total((group) => group[6]!) / weight, brier: total((group) => group[7]!) / weight, confusion, scores: classScores(confusion), reliability,
    expectedCalibrationError: reliability.reduce((sum, { predicted, observed, count }) => sum + (count / weight) * Math.abs(observed - predicted), 0),
  };
}
