import type { Fitted, SqlEvaluation, SqlModel, Term } from "focal-loss/sql";
import { count, fixed, percent } from "../report/format.ts";
import { plain } from "../terminal/text.ts";

/** Coefficients that are shown; the file has all. */
const most = 12;

const ends: Readonly<Record<Fitted["ended"], string>> = { converged: "converged", stalled: "stopped where rounding is all that is left", cap: "not converged yet: more --passes might help" };

/** What a fit found, for the terminal. */
export function fitSummary({ model, ended, passes, value, rows, skipped, seconds }: Fitted, source: string): string {
  const { classes, target, terms, coefficients, intercepts } = model;
  const lines = coefficients.flatMap((logit, k) => {
    const title = intercepts.length === 1 ? `Logit of ${target} = ${classes.at(-1)!}` : `Logit of ${target} = ${classes[k]!}`;
    const strongest = logit.map((coefficient, j) => ({ coefficient, name: termName(terms[j]!) })).sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient)).slice(0, most);
    return ["", title, `  ${fixed(intercepts[k], 4).padStart(9)}  intercept`, ...strongest.map(({ coefficient, name }) => `  ${fixed(coefficient, 4).padStart(9)}  ${name}`), ...(logit.length > most ? [`  … and ${logit.length - most} more`] : [])];
  });
  return plainLines([
    `${source}: ${count(rows)} rows${skipped > 0 ? `, and ${count(skipped)} without a ${target}, left out` : ""}`,
    `${ends[ended]} after ${passes} ${passes === 1 ? "pass" : "passes"} in ${fixed(seconds, 1)} s; mean loss ${value.toPrecision(6)}`,
    ...lines,
  ]);
}

const termName = (term: Term): string =>
  term.kind === "numeric" ? `${term.column} (per standard deviation)` : term.kind === "missing" ? `${term.column} missing` : term.kind === "level" ? `${term.column} = ${term.level ?? "NULL"}` : `${term.column}: any other`;

/** How good a model is, for the terminal. */
export function evaluationSummary(found: SqlEvaluation, { classes, target, head }: SqlModel, source: string): string {
  const names = classes.length === 1 ? [`not ${classes[0]!}`, classes[0]!] : classes, ranked = head === "sigmoid" ? [names[1]!] : names;
  const bounds = ({ value, low, high }: { value: number; low: number; high: number }): string => `${fixed(value, 4)} (between ${fixed(low, 4)} and ${fixed(high, 4)})`;
  const weighted = found.weight === found.rows ? "" : `, of weight ${amount(found.weight)} in all: what follows counts weight`;
  return plainLines([
    `${source}: ${count(found.rows)} rows${weighted}`,
    `log loss ${fixed(found.logLoss, 5)}, Brier ${fixed(found.brier, 5)}, calibration error ${percent(found.expectedCalibrationError)}`,
    ...ranked.map((name, k) => `${target} = ${name}: average precision ${bounds(found.averagePrecision[k]!)}, ROC AUC ${bounds(found.rocAuc[k]!)}`),
    "",
    ...names.map((name, k) => `${target} = ${name}: recall ${percent(found.scores[k]!.recall)}, precision ${percent(found.scores[k]!.precision)}, of ${amount(found.confusion[k]!.reduce((a, b) => a + b, 0))} called ${found.confusion[k]!.map((n, j) => `${names[j]!} ${amount(n)}`).join(", ")}`),
  ]);
}

/** Rows, or their weight. */
const amount = (n: number): string => (Number.isInteger(n) || n >= 1e4 ? count(n) : String(Number(n.toPrecision(4))));

/** Names come from the data: nothing of them may steer the terminal. */
const plainLines = (lines: readonly string[]): string => lines.map(plain).join("\n");
