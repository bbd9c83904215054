import type { Results } from "../../apps/cli/src/results.ts";
import { signed, table } from "./markdown.ts";
import { pairedDifference, verdict } from "./verdict.ts";
import type { Difference, Measure } from "./verdict.ts";

/** `focal train` on one data set with one kind of model. */
export interface TableRun {
  readonly name: string;
  readonly model: string;
  readonly results: Results;
}

const share = [0, 1] as const;
const measures = {
  averagePrecision: { title: "average precision", digits: 3, range: share, better: "higher" },
  macroF1: { title: "macro-F1, likeliest class", digits: 3, range: share, better: "higher" },
  macroF1Tuned: { title: "macro-F1, tuned thresholds", digits: 3, range: share, better: "higher" },
  logLoss: { title: "log loss, recovered", digits: 4, range: [0, Infinity], better: "lower" },
  eceRaw: { title: "calibration error, scores as they are", digits: 4, range: share, better: "lower" },
  ece: { title: "calibration error, recovered", digits: 4, range: share, better: "lower" },
} as const satisfies Record<string, Measure>;
type Name = keyof typeof measures;
const names = Object.keys(measures) as Name[];

interface Contender {
  readonly name: string;
  readonly values: Readonly<Record<Name, readonly number[]>>;
}

const perMeasure = <T>(of: (name: Name) => T): Readonly<Record<Name, T>> => Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>;

/** The losses of a run, and cross-entropy with tuned thresholds: its likeliest classes exchanged for those that the thresholds choose. */
function contendersOf({ results }: TableRun): readonly [Contender, ...Contender[]] {
  const all = results.losses.map(({ name, runs }): Contender => ({ name, values: perMeasure((measure) => runs.map(({ metrics }) => metrics[measure])) }));
  const [reference, restart, ...others] = all as [Contender, Contender, ...Contender[]];
  return [reference, restart, { name: "cross-entropy, tuned thresholds", values: { ...reference.values, macroF1: reference.values.macroF1Tuned } }, ...others];
}

function differences(run: TableRun, level: number): { readonly name: string; readonly by: Readonly<Record<Name, Difference>> }[] {
  const [reference, ...others] = contendersOf(run), { train, test } = run.results.data.splits[0]!;
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  return others.map(({ name, values }) => ({
    name, by: perMeasure((measure) => pairedDifference(values[measure], reference.values[measure], sum(test) / sum(train), level, measures[measure].range)),
  }));
}

/** Whether nothing differs in any repeat. */
const isSame = ({ mean, low, high }: Difference): boolean => mean === 0 && low === 0 && high === 0;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** One table per data set and model: cross-entropy's numbers, and how far the others lie from them. */
function section(run: TableRun): string {
  const { name, model, results: { data, protocol, reproduce } } = run, [reference] = contendersOf(run);
  const cell = (difference: Difference, measure: Name): string => {
    if (isSame(difference)) return "same";
    const { digits } = measures[measure], text = `${signed(difference.mean, digits)} [${signed(difference.low!, digits)}, ${signed(difference.high!, digits)}]`;
    return verdict(difference, measures[measure]) === "undecided" ? text : `**${text}**`;
  };
  return `### ${name}, ${model}

${data.rows} rows; ${data.classes.map((one) => `${one.name} ${one.count}`).join(", ")}. ${protocol.model}. ${Math.round(reproduce.seconds)} s.

${table(["", ...names.map((measure) => measures[measure].title)], [
    [reference.name, ...names.map((measure) => mean(reference.values[measure]).toFixed(measures[measure].digits))],
    ...differences(run, 0.95).map(({ name: loss, by }) => [loss, ...names.map((measure) => cell(by[measure], measure))]),
  ])}

    ${reproduce.command.replace(/ --out \S+/, "")}
`;
}

/** In how many of the runs each loss is better or worse by an interval that allows for all the comparisons of the page. */
function counts(runs: readonly TableRun[], level: number): string {
  const compared = runs.map((run) => differences(run, level));
  return table(["better / worse / undecided, of " + runs.length, ...names.map((measure) => measures[measure].title)], compared[0]!.map(({ name }, loss) => [name, ...names.map((measure) => {
    if (compared.every((run) => isSame(run[loss]!.by[measure]))) return "same";
    const verdicts = compared.map((run) => verdict(run[loss]!.by[measure], measures[measure]));
    return ["better", "worse", "undecided"].map((which) => verdicts.filter((one) => one === which).length).join(" / ");
  })]));
}

/** The page of all tables. */
export function tablesPage(runs: readonly TableRun[]): string {
  const { reproduce: { versions, machine, date }, protocol } = runs[0]!.results;
  const comparisons = runs.length * (runs[0]!.results.losses.length - 1), level = 1 - 0.05 / comparisons;
  return `# What focal loss buys on tables

Written by \`npm run evidence -- --only tables\`; ${date.slice(0, 10)}, ${machine}, ${Object.entries(versions).map(([what, version]) => `${what} ${version}`).join(", ")}.

Every loss is trained on the same ${protocol.repeats} splits (${protocol.split}), with the same
first weights as cross-entropy. A row says how far it lies from cross-entropy: the mean difference and its 95 % interval, which knows that
the splits overlap (Nadeau and Bengio's correction); **bold** where the interval excludes 0. \`cross-entropy (restart)\` differs by its first
weights alone: what it shows is noise, and a linear model, which is fitted to convergence, has none. Thresholds are tuned on the validation
part. *Recovered*: scores put back to probabilities before they are judged. Average precision asks for neither thresholds nor probabilities.

## In all

Among so many numbers some are bold by chance. Here an interval must exclude 0 at ${(100 * level).toFixed(2)} %, which allows for the ${comparisons} comparisons of a column.

${counts(runs, level)}

Not measured: precision at a fixed recall.

## One by one

${runs.map(section).join("\n")}`;
}
