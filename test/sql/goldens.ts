/** Runs the golden tables inside an SQL engine. */
import type { Loss } from "focal-loss";
import { lossSql, querySql, softmaxLossSql } from "focal-loss/sql";
import type { Dialect, SqlEngine } from "focal-loss/sql";
import { dialects } from "../../src/targets/sql/dialects.ts";
import type { Answers } from "../golden/compare.ts";
import { goldens, nameOf } from "../golden/read.ts";
import type { Golden } from "../golden/read.ts";
import { lossOf } from "../golden/lossOf.ts";

/** A table of numbers, written out where a statement asks for one. */
export function tableOf(dialect: Dialect, names: readonly string[], rows: readonly (readonly number[])[]): string {
  const { number } = dialects[dialect];
  if (dialect !== "clickhouse") return `(VALUES ${rows.map((row) => `(${row.map(number).join(", ")})`).join(", ")}) AS golden (${names.join(", ")})`;
  return `(SELECT ${names.join(", ")} FROM system.one ARRAY JOIN ${names.map((name, k) => `[${rows.map((row) => number(row[k]!)).join(", ")}] AS ${name}`).join(", ")})`;
}

/** Tables of what SQL has: one margin or logit, and labels that name one class. */
export const sqlGoldens = goldens().filter(({ golden }) => {
  if (!Array.isArray(golden.value) || golden.options?.smoothing !== undefined) return false;
  const loss = lossOf(golden), { head, classes, targets } = golden;
  if (loss.kind !== "margin" && loss.kind !== "score") return false;
  return head === "sigmoid" ? classes === undefined : loss.labels === "classes" && targets.length * classes! === golden.logits.length && golden.loss !== "asymmetricSingleLabel";
}).map(({ file, golden }) => ({ name: `${file}: ${nameOf(golden)}`, golden }));

/** What the engine makes of a golden table. Softmax has no Hessian there. */
export const answersOf = (engine: SqlEngine, golden: Golden): Promise<Answers> =>
  golden.head === "sigmoid" ? binaryAnswers(engine, golden, lossOf(golden)) : softmaxAnswers(engine, golden, lossOf(golden));

async function binaryAnswers({ dialect, query }: SqlEngine, { logits, targets, options }: Golden, loss: Loss): Promise<Answers> {
  const soft = targets.every((t) => t === 0 || t === 1) ? "hard" : options?.soft ?? loss.soft;
  const { inputs, parts, value, slope, curvature } = lossSql(loss, dialect, { logit: "x", target: "y" }, { order: 2, soft });
  const rows = await query(querySql(dialect, {
    inputs: [...inputs, ["focal_row", "i"]], parts, select: `${value}, ${slope}, ${curvature}, focal_row`,
    from: tableOf(dialect, ["i", "x", "y"], logits.map((x, i) => [i, x, targets[i]!])), tail: "ORDER BY focal_row",
  })) as readonly (readonly number[])[];
  return { value: rows.map((row) => row[0]!), grad: rows.map((row) => row[1]!), hessian: rows.map((row) => row[2]!) };
}

async function softmaxAnswers({ dialect, query }: SqlEngine, { logits, targets, classes }: Golden, loss: Loss): Promise<Answers> {
  const names = Array.from({ length: classes! }, (_, k) => `z${k}`);
  const { inputs, parts, value, slopes } = softmaxLossSql(loss, dialect, { logits: names, label: "y" });
  const rows = await query(querySql(dialect, {
    inputs: [...inputs, ["focal_row", "i"]], parts, select: `${value}, ${slopes.join(", ")}, focal_row`,
    from: tableOf(dialect, ["i", "y", ...names], targets.map((y, i) => [i, y, ...logits.slice(i * classes!, (i + 1) * classes!)])), tail: "ORDER BY focal_row",
  })) as readonly (readonly number[])[];
  return { value: rows.map((row) => row[0]!), grad: rows.flatMap((row) => row.slice(1, 1 + classes!)), hessian: [] };
}

/** A golden table as far as SQL answers it. */
export const answerable = (golden: Golden): Golden => (golden.head === "sigmoid" ? golden : { ...golden, hessian: [] });
