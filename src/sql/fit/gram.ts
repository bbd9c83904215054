import { dialects } from "../../targets/sql/dialects.ts";
import { querySql } from "../formula.ts";
import { fromClause } from "../source.ts";
import { ask, numbersOf } from "./ask.ts";
import { restOf } from "./model.ts";
import type { Term } from "./model.ts";
import { sumsOf } from "./moments.ts";
import { expectWhole } from "./pass.ts";
import { inputsOf, whereOf } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { at, standardized, triangle } from "./triangle.ts";

/** Sums of one statement: engines limit how long one may be. */
const most = 1000;
/** Beyond so many terms only their squares are summed: products of all would take longer than the fit. */
const widest = 150;

/**
 * Σ weight · x xᵀ over all rows, x the terms and a 1, as the upper triangle; and the terms with the deviation that it shows.
 *
 * Terms come centred but unscaled, and what is left is scaled here: the sum of squares of a column around 1e9 would have no
 * digit of its spread.
 */
export async function gramOf(problem: Problem, standardize: boolean): Promise<{ gram: number[]; terms: Term[] }> {
  const { engine, source, survey: { terms, prefix, weight } } = problem, { dialect } = engine, width = terms.length + 1;
  const w = `${prefix}w`, centred = (term: Term): number => (term.kind === "numeric" ? term.center : 0);
  const wanted: (readonly [number, number])[] = [];
  for (let a = 0; a < width; a++) for (let b = a; b < width; b++) if (width <= widest || a === b) wanted.push([a, b]);
  const gram = new Array<number>(triangle(width)).fill(0);
  for (let from = 0; from < wanted.length; from += most) {
    const here = wanted.slice(from, from + most);
    const products = here.map(([a, b]) => [...(problem.weights === undefined ? [] : [w]), ...[a, b].filter((j) => j < terms.length).map((j) => `${prefix}x${j}`)].join(" * ") || dialects[dialect].number(1));
    const statement = querySql(dialect, { inputs: inputsOf(problem, centred), parts: [], select: `count(*), ${sumsOf([...(problem.weights === undefined ? [] : [w]), ...products], dialect)}`, from: fromClause(source, dialect), where: whereOf(problem) });
    const [rows, ...sums] = numbersOf(await ask(engine, statement, problem.asking), "the sums of products");
    expectWhole(problem.survey, rows!, problem.weights === undefined ? rows! : sums.shift()!);
    here.forEach(([a, b], i) => (gram[at(a, b, width)] = sums[i]!));
  }
  const scaled = terms.map((term, j): Term => (standardize && term.kind === "numeric" ? { ...term, scale: deviation(gram[at(j, j, width)]! / weight, term.center) } : term));
  return { gram: standardized(gram, scaled.map((term) => ({ center: 0, scale: restOf(term).scale }))), terms: scaled };
}

/** A column whose spread is nothing but rounding is left as it is. */
const deviation = (variance: number, center: number): number => {
  const root = Math.sqrt(variance);
  return root > 1e-13 * Math.abs(center) ? root : 1;
};
