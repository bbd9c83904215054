import { positiveOf } from "./classes.ts";
import type { ColumnSummary } from "./table.ts";

/** What a file seems to be: which column is what, by number. */
export interface Roles {
  /** "scores": some model's output beside the truth. "features": what a model could be trained on. */
  readonly kind: "scores" | "features";
  readonly target: number;
  /** Which class of the target is looked for. */
  readonly positive: number;
  /** One column of the positive class, or one for each class in order. */
  readonly scores: readonly number[];
}

const TRUTH = /^(label|labels|target|y|y[_ ]?true|truth|true[_ ]?(label|class)?|class|actual|outcome|ground[_ ]?truth|gt|is[_ ]\w+)$/i;
const SCORE = /(score|prob|logit|confidence|pred|y_?hat|^p$|^p[_. ]|^raw[_. ])/i;

const ID = /(^|[^a-z])(id|index|row|key|no|nr|number)$/i;

/** Guesses by names and values; everything can be chosen otherwise. Undefined where no column could be the truth. */
export function guessRoles(columns: readonly ColumnSummary[]): Roles | undefined {
  const target = guessTarget(columns);
  if (target === undefined) return undefined;
  const classes = columns[target]!.classes!, positive = positiveOf(classes);
  const scores = guessScores(columns, target);
  if (scores.length > 0) return { kind: "scores", target, positive, scores };
  return { kind: "features", target, positive, scores: [] };
}

/** Named as the truth is; else two values; else a column of words, else one of few whole numbers; the last of equals. */
export function guessTarget(columns: readonly ColumnSummary[]): number | undefined {
  const rank = ({ name, kind, classes, whole }: ColumnSummary): number => {
    const n = classes?.filter(({ rows }) => rows > 0).length ?? 0;
    if (n < 2 || (kind === "numbers" && !whole)) return 0;
    const few = n === 2 ? 4 : kind === "words" ? 3 : n <= 20 ? 1 : 0.5;
    return (TRUTH.test(name) ? 10 : 0) + few - (SCORE.test(name) && !TRUTH.test(name) ? 3.5 : 0);
  };
  let best: number | undefined, most = 0;
  columns.forEach((column, k) => {
    const merit = rank(column);
    if (merit > 0 && merit >= most) [best, most] = [k, merit];
  });
  return best;
}

/** Columns named after the classes, one for each; else those named as scores are; else the only column of numbers that is no identifier. */
export function guessScores(columns: readonly ColumnSummary[], target: number): number[] {
  const classes = columns[target]!.classes ?? [], ours = columns.map((column, k) => ({ ...column, k })).filter(({ k, kind }) => k !== target && (kind === "numbers" || kind === "mixed"));
  // x_0 and x_1 are features rather than scores of 0 and 1.
  const named = classes.map(({ name }) => ours.find((column) => endsIn(column.name, name) && (/\D/.test(name) || SCORE.test(column.name)))?.k);
  if (classes.length > 1 && named.every((k) => k !== undefined) && new Set(named).size === classes.length) return named as number[];
  const scores = ours.filter((column) => SCORE.test(column.name)), soft = scores.filter((column) => !isHard(column));
  if (classes.length > 2) return soft.length === classes.length ? soft.map(({ k }) => k) : [];
  if (soft.length > 0) return [(soft.find(({ name }) => /(logit|score|prob)/i.test(name)) ?? soft[0]!).k];
  if (scores.length > 0) return [scores[0]!.k];
  const telling = ours.filter(({ name }) => !ID.test(name));
  return telling.length === 1 ? [telling[0]!.k] : [];
}

/** Decisions, 0 or 1, and not scores. */
const isHard = ({ classes }: ColumnSummary): boolean => classes !== undefined && classes.length <= 2;

/** "p_cat", "cat", "logit.cat" are named after "cat"; "concat" is not. */
function endsIn(column: string, name: string): boolean {
  return name !== "" && column.length >= name.length && column.toLowerCase().endsWith(name.toLowerCase()) && (column.length === name.length || /[_.\- :[(]$/.test(column.slice(0, -name.length)));
}
