import { FocalError } from "../../errors.ts";
import { dialects } from "../../targets/sql/dialects.ts";
import type { SqlEngine } from "../engine.ts";
import { freePrefix } from "../quote.ts";
import { fromClause, sourceName } from "../source.ts";
import type { Source } from "../source.ts";
import { ask } from "./ask.ts";
import type { Asking } from "./ask.ts";
import { columnsOf, comparable, expectColumn, shown } from "./columns.ts";
import type { Columns, Comparison } from "./columns.ts";
import { momentsOf } from "./moments.ts";
import type { Survey } from "./checkpoint.ts";
import type { Term } from "./model.ts";
import type { FitSpec } from "./spec.ts";

const mostClasses = 100;

/** Looks at the target, the values of categorical columns, and the middle and spread of numeric ones. */
export async function surveyOf(engine: SqlEngine, source: Source, spec: FitSpec, { maxLevels, asking }: { readonly maxLevels: number; readonly asking: Asking }): Promise<Survey> {
  const columns = await columnsOf(engine, source, asking), { weights, offset } = spec;
  const compared = expectColumn(columns, spec.target, source, "the target");
  for (const [name, use] of [[weights, "weights"], [offset, "the offset"]] as const) {
    if (name !== undefined && expectColumn(columns, name, source, use) !== "number") throw new FocalError("data", `${JSON.stringify(name)} must be a column of numbers to serve as ${use}`);
  }
  const features = featuresOf(columns, source, spec);
  const target = { column: spec.target, compared };
  const { classes, shares, rows, weight, skipped } = await targetOf(engine, source, spec, target, asking);
  const prefix = freePrefix([...columns.keys()]);
  const numeric = features.filter(({ kind }) => kind === "numeric").map(({ column }) => column);
  const moments = await momentsOf(engine, source, { spec, numeric, rows, prefix }, asking);
  // Here weights are known to be numbers ≥ 0.
  const weightless = shares.findIndex((share) => share === 0);
  if (weightless >= 0) throw new FocalError("data", weight === 0 ? `the weights ${JSON.stringify(weights)} of all rows are 0` : `the weights ${JSON.stringify(weights)} are 0 in every row ${classes.length === 1 && weightless === 0 ? "without" : "of"} the class ${JSON.stringify(classes[classes.length === 1 ? 0 : weightless]!)}: there is nothing to tell apart`);
  const terms: Term[] = [];
  for (const { column, kind, compared: how } of features) {
    if (kind === "categorical") terms.push(...(await levelsOf(engine, source, spec.target, column, how, maxLevels, asking)));
    else {
      const { mean, known } = moments.get(column)!;
      if (known === 0) continue;
      terms.push({ kind: "numeric", column, center: spec.standardize === false ? 0 : mean, scale: 1, missing: known < rows });
      if (known < rows) terms.push({ kind: "missing", column });
    }
  }
  if (terms.length === 0) throw new FocalError("data", "no feature has two values to tell classes apart by");
  return { prefix, target, classes, rows, weight, shares, skipped, terms };
}

function featuresOf(columns: Columns, source: Source, { features, target, weights, offset }: FitSpec): { column: string; kind: "numeric" | "categorical"; compared: Comparison }[] {
  const wanted = features ?? [...columns.keys()].filter((column) => ![target, weights, offset].includes(column));
  if (wanted.length === 0) throw new FocalError("data", `${sourceName(source)} has no column beside the target to learn from`);
  const seen = new Set<string>();
  return wanted.map((feature) => {
    const { column, kind } = typeof feature === "string" ? { column: feature } as { column: string; kind?: undefined } : feature;
    const compared = expectColumn(columns, column, source, "a feature");
    if (seen.has(column)) throw new FocalError("argument", `features must name each column once, got ${JSON.stringify(column)} twice`);
    seen.add(column);
    if (column === target) throw new FocalError("argument", `${JSON.stringify(column)} is the target and cannot be a feature`);
    if (kind === "numeric" && compared !== "number") throw new FocalError("data", `${JSON.stringify(column)} must be a column of numbers to be a numeric feature, but it holds ${compared === "text" ? "text" : "something else"}`);
    return { column, kind: kind ?? (compared === "number" ? "numeric" : "categorical"), compared };
  });
}

/** The classes, in order: numbers by size, texts by letters; of two, the positive last. */
async function targetOf(engine: SqlEngine, source: Source, { positive, weights }: FitSpec, { column, compared }: Survey["target"], asking: Asking) {
  const { quote, double } = dialects[engine.dialect], name = quote(column), value = shown(name, engine.dialect);
  const weight = weights === undefined ? "count(*)" : `sum(${double(quote(weights))})`;
  const found = await ask(engine, `SELECT ${value}, count(*), ${weight}\nFROM ${fromClause(source, engine.dialect)}\nGROUP BY ${value}\nORDER BY count(*) DESC\nLIMIT ${mostClasses + 2}`, asking);
  const groups = found.map(([text, rows, sum]) => ({ text: text === null ? null : String(text), rows: Number(rows), weight: Number(sum) }));
  const known = groups.filter((group): group is typeof group & { text: string } => group.text !== null);
  const rows = total(known.map((group) => group.rows)), all = total(known.map((group) => group.weight));
  const where = `the target ${JSON.stringify(column)} of ${sourceName(source)}`;
  if (groups.length === 0) throw new FocalError("data", `${sourceName(source)} has no rows`);
  if (rows === 0) throw new FocalError("data", `${where} is NULL in every row`);
  if (known.length === 1) throw new FocalError("data", `${where} has one class only, ${JSON.stringify(known[0]!.text)}: there is nothing to tell apart`);
  if (known.length > mostClasses) throw new FocalError("data", `${where} has more than ${mostClasses} values: it is no class to fit`);
  const byName = (a: { text: string }, b: { text: string }): number => (compared === "number" ? Number(a.text) - Number(b.text) : a.text < b.text ? -1 : 1);
  known.sort(byName);
  if (positive !== undefined || known.length === 2) {
    const yes = positive === undefined ? known[known[0]!.rows < known[1]!.rows ? 0 : 1]! : known.find(({ text }) => text === String(positive) || (compared === "number" && Number(text) === Number(positive)));
    if (!yes) throw new FocalError("data", `${where} has no value ${JSON.stringify(positive)}; it has ${known.slice(0, 10).map(({ text }) => JSON.stringify(text)).join(", ")}`);
    const others = known.filter((group) => group !== yes);
    known.splice(0, known.length, ...(others.length === 1 ? [others[0]!, yes] : [yes]));
    return { classes: known.map(({ text }) => text), shares: [all - yes.weight, yes.weight], rows, weight: all, skipped: total(groups.map((group) => group.rows)) - rows };
  }
  return { classes: known.map(({ text }) => text), shares: known.map((group) => group.weight), rows, weight: all, skipped: total(groups.map((group) => group.rows)) - rows };
}

/** A term for each value of a column but the most frequent, which the others are measured from. */
async function levelsOf(engine: SqlEngine, source: Source, target: string, column: string, compared: Comparison, most: number, asking: Asking): Promise<Term[]> {
  const { quote } = dialects[engine.dialect], value = shown(comparable(column, compared, engine.dialect), engine.dialect);
  const found = await ask(engine, `SELECT ${value}, count(*)\nFROM ${fromClause(source, engine.dialect)}\nWHERE ${quote(target)} IS NOT NULL\nGROUP BY ${value}\nORDER BY count(*) DESC, ${value}\nLIMIT ${most + 2}`, asking);
  const levels = found.map(([level]) => (level === null ? null : String(level)));
  const kept = levels.length > most + 1 ? levels.slice(0, most) : levels;
  const terms = kept.slice(1).map((level): Term => ({ kind: "level", column, compared, level }));
  return kept.length < levels.length ? [...terms, { kind: "other", column, compared, levels: kept }] : terms;
}

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
