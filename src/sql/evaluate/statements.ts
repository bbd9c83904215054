import type { Loss } from "../../losses/loss.ts";
import { lossOfColumn } from "../../render/sql/heads.ts";
import { dialectOf } from "../../targets/sql/dialects.ts";
import type { SqlDialect } from "../../targets/sql/dialect.ts";
import type { Dialect } from "../../targets/sql/dialects.ts";
import type { SqlModel } from "../fit/model.ts";
import { mentionable } from "../bind.ts";
import { lossSql, querySql, softmaxLossSql } from "../formula.ts";
import type { SqlPart } from "../formula.ts";
import type { Recovery } from "../probability.ts";
import { probabilitySql } from "../score.ts";

/** What both statements are about. */
export interface Subject {
  readonly head: SqlModel["head"];
  /** How many; 2 for a yes-or-no question. */
  readonly classes: number;
  /** SQL over the source: one logit, or one per class. */
  readonly logits: readonly string[];
  /** 0 … classes − 1; below 0 where a row cannot be judged. */
  readonly label: string;
  /** A column as float64; undefined: each row counts once. */
  readonly weight: string | undefined;
  /** What follows FROM and WHERE. */
  readonly from: string;
  readonly where: string;
  readonly prefix: string;
  readonly recovery: Recovery | undefined;
}

/** Log-odds are binned where they lie between −32 and 32. */
const reach = 32;
/** Bins per unit of log-odds: within one, odds differ by 1.6 %. */
const perUnit = 64;

/** Inputs, shared parts and the probability of every class, each of them a part. */
function scoredRows({ head, logits, label, weight, prefix, recovery }: Subject, dialect: Dialect) {
  const { number } = dialectOf(dialect), said = probabilitySql(head, logits, dialect, { recovery, prefix });
  const parts: SqlPart[] = [...said.parts], top = Math.max(0, ...parts.map(({ level }) => level)) + 1;
  const given = said.probabilities.map((sql, k) => {
    parts.push({ alias: `${prefix}p${k}`, sql, level: top });
    return `${prefix}p${k}`;
  });
  const p = head === "sigmoid" ? [`(${number(1)} - ${given[0]!})`, given[0]!] : given;
  const give = (name: string, sql: string, above: number): string => {
    parts.push({ alias: prefix + name, sql, level: top + above });
    return prefix + name;
  };
  const own = [[`${prefix}label`, label] as const, ...(weight === undefined ? [] : [[`${prefix}weight`, weight] as const])];
  return { inputs: [...said.inputs, ...own], parts, p, give, label: `${prefix}label`, weight: weight === undefined ? number(1) : `${prefix}weight` };
}

/** Σ over the rows that can be judged. */
const judged = (sql: string, label: string, { choose, number }: SqlDialect): string => `sum(${choose(`${label} >= ${number(0)}`, sql, number(0))})`;

/**
 * Rows by their label, the class they are called and how sure that is: label, class, bin, rows; and weighted Σ 1, Σ confidence,
 * Σ −log p of the label, Σ squared distance, Σ loss.
 *
 * Confidence is of two classes the probability of the positive, of more that of the likeliest.
 */
export function confusionSql(subject: Subject, dialect: Dialect, bins: number, loss: Loss | undefined): string {
  const words = dialectOf(dialect), { number, choose, log } = words, { classes, from, where, prefix } = subject;
  const { inputs, parts, p, give, label, weight } = scoredRows(subject, dialect);
  /** One of several, the first whose condition holds. */
  const first = (terms: readonly string[], holds: (k: number) => string): string => terms.slice(0, -1).reduceRight((rest, term, k) => choose(holds(k), term, rest), terms.at(-1)!);
  const isLabel = (k: number): string => `${label} = ${number(k)}`, sure = give("sure", classes === 2 ? p[1]! : p.reduce((a, b) => `greatest(${a}, ${b})`), 1);
  const called = give("called", classes === 2 ? choose(`${sure} >= ${number(0.5)}`, number(1), number(0)) : first(p.map((_, k) => number(k)), (k) => `${p[k]!} >= ${sure}`), 2);
  const bin = give("bin", `least(greatest(ceil(${sure} * ${number(bins)}) - ${number(1)}, ${number(0)}), ${number(bins - 1)})`, 2);
  const own = give("own", `greatest(${first(p, isLabel)}, ${number(2 ** -52)})`, 1);
  const gaps = p.map((share, k) => give(`gap${k}`, `${choose(isLabel(k), number(1), number(0))} - ${share}`, 1)).slice(classes === 2 ? 1 : 0);
  const value = loss === undefined ? number(0) : lossOf(subject, dialect, loss, parts);
  const squares = gaps.map((gap) => `${gap} * ${gap}`).join(" + ");
  const row = mentionable(dialect, prefix, { inputs, parts, values: [label, called, bin, weight, sure, `-${log}(${own})`, squares, value] }), [known, ...rest] = row.values;
  const [as, within, w, ...measures] = rest, sums = [w!, ...measures.map((sql) => (subject.weight === undefined ? sql : `(${sql}) * ${w!}`))];
  return querySql(dialect, {
    ...row, from, where, tail: `GROUP BY ${known!}, ${as!}, ${within!}`, select: [known!, as!, within!, "count(*)", ...sums.map((sql) => judged(sql, known!, words))].join(", "),
  });
}

/** The loss of a row, with what leads there added to the parts. */
function lossOf({ head, logits, prefix }: Subject, dialect: Dialect, loss: Loss, parts: SqlPart[]): string {
  const { number, choose } = dialectOf(dialect), label = `${prefix}label`, inner = `${prefix}loss_`;
  const names = logits.map((_, k) => `${prefix}logit${k}`);
  const said = head === "softmax" ? [softmaxLossSql(loss, dialect, { logits: names, label }, { order: 0, prefix: inner })]
    : head === "sigmoid" ? [lossSql(loss, dialect, { logit: names[0]!, target: label }, { order: 0, prefix: inner })]
    : names.map((logit, k) => lossSql(lossOfColumn(loss, k), dialect, { logit, target: choose(`${label} = ${number(k)}`, number(1), number(0)) }, { order: 0, prefix: `${inner}${k}_` }));
  for (const { inputs, parts: more } of said) parts.push(...inputs.map(([alias, sql]): SqlPart => ({ alias, sql, level: 1 })), ...more.map((part) => ({ ...part, level: part.level + 1 })));
  return said.map(({ value }) => `(${value})`).join(" + ");
}

/** Rows by the log-odds of one class, in bins: bin, rows, and the weight of positives and of negatives. */
export function rankingSql(subject: Subject, dialect: Dialect, k: number): string {
  const words = dialectOf(dialect), { number, choose, log } = words, { from, where, prefix } = subject;
  const { inputs, parts, p, give, label, weight } = scoredRows(subject, dialect);
  const least = number(1e-300), yes = p[k]!, no = p.length === 2 ? p[1 - k]! : `(${number(1)} - ${yes})`;
  const odds = give("odds", `${log}(greatest(${yes}, ${least})) - ${log}(greatest(${no}, ${least}))`, 1);
  const bin = give("bin", `floor((greatest(least(${odds}, ${number(reach)}), ${number(-reach)}) + ${number(reach)}) * ${number(perUnit)})`, 2);
  const row = mentionable(dialect, prefix, { inputs, parts, values: [bin, label, weight] }), [within, known, w] = row.values as [string, string, string];
  const those = (sign: string): string => judged(choose(`${known} ${sign} ${number(k)}`, w, number(0)), known, words);
  return querySql(dialect, { ...row, from, where, select: `${within}, ${judged(number(1), known, words)}, ${those("=")}, ${those("<>")}`, tail: `GROUP BY ${within}` });
}
