import * as library from "focal-loss";
import { equalizedFocal, focal, logitAdjusted } from "focal-loss";
import type { Loss } from "focal-loss";
import { render } from "focal-loss/render";
import { lossSql, querySql, quoteName, quoteText, scoringSql, softmaxLossSql } from "focal-loss/sql";
import type { SqlModel } from "focal-loss/sql";
import { beforeAll, describe, expect, test } from "vitest";
import { confusionSql, rankingSql } from "../src/sql/evaluate/statements.ts";
import { dialects } from "../src/targets/sql/dialects.ts";
import { grammars } from "./sql/grammars.ts";

const losses = Object.values(library as Readonly<Record<string, unknown>>)
  .flatMap((entry) => (typeof entry === "function" && "defaults" in entry ? [(entry as unknown as () => Loss)()] : []))
  .filter(({ kind, labels, name }) => (kind === "margin" || kind === "score") && labels === "classes" && name !== "asymmetricSingleLabel");
const vile = [`it's "a" \`name\``, "line\nbreak", "'); DROP TABLE t; --", "🦊", "\\"];
const model = (head: SqlModel["head"]): SqlModel => ({
  kind: "linear", target: "y", classes: head === "sigmoid" ? ["no", "yes"] : vile.slice(0, 3), head, loss: { name: "focal", parameters: { gamma: 2 }, alpha: null },
  terms: [{ kind: "numeric", column: vile[0]!, center: 1, scale: 3, missing: true }, { kind: "level", column: vile[1]!, compared: "text", level: vile[2]! }],
  coefficients: Array.from({ length: head === "sigmoid" ? 1 : 3 }, () => [1, -1]), intercepts: head === "sigmoid" ? [-0.5] : [0, 1, -1], offset: vile[3]!,
});

let both: Awaited<ReturnType<typeof grammars>>;
beforeAll(async () => { both = await grammars(); }, 60_000);

describe.each(["trino", "spark"] as const)("%s: parsed, not run", (dialect) => {
  const mistakes = (sql: string): readonly unknown[] => both[dialect].validate(sql);

  test("the grammar refuses what is no statement", () => {
    for (const wrong of ["SELECT 1 +", "SELECT a FRM t u v", "SELECT (1", "SELECT 'a"]) expect(mistakes(wrong), wrong).not.toEqual([]);
  });

  test("every loss of a logit, with its derivatives", { timeout: 60_000 }, () => {
    for (const loss of losses) expect(mistakes(render(loss, "sql", { dialect })), loss.name).toEqual([]);
  });

  test("soft targets, softmax, settings per class", { timeout: 60_000 }, () => {
    for (const soft of ["interpolate", "mixture", "quality"] as const) {
      const { inputs, parts, value, slope } = lossSql(focal({ gamma: 1.7, alpha: 0.25 }), dialect, { logit: "x", target: "y" }, { soft });
      expect(mistakes(querySql(dialect, { inputs, parts, select: `sum(${value}), sum(${slope})`, from: "t", where: "y IS NOT NULL" }))).toEqual([]);
    }
    for (const loss of [equalizedFocal({ gamma: [2, 3, 4] }), logitAdjusted(focal(), [10, 20, 30])]) {
      const { inputs, parts, value, slopes } = softmaxLossSql(loss, dialect, { logits: ["a", "b", "c"], label: "y" });
      expect(mistakes(querySql(dialect, { inputs, parts, select: [value, ...slopes].map((sql) => `sum(${sql})`).join(", "), from: "t" }))).toEqual([]);
    }
  });

  test("scoring and evaluation", { timeout: 60_000 }, () => {
    for (const head of ["sigmoid", "softmax", "one-vs-rest"] as const) {
      expect(mistakes(scoringSql(model(head), dialect, { from: ["schema", vile[2]!], keep: [vile[4]!] })), head).toEqual([]);
    }
    const subject = { head: "sigmoid", classes: 2, logits: ["x"], label: "y", from: "t", where: "y IS NOT NULL", prefix: "focal_", weight: "w", recovery: { gamma: 2 } } as const;
    expect(mistakes(confusionSql(subject, dialect, 15, focal()))).toEqual([]);
    expect(mistakes(rankingSql(subject, dialect, 1))).toEqual([]);
  });

  test("any name is one name, any text one text, any number one number", () => {
    for (const name of vile) expect(mistakes(`SELECT ${quoteName(dialect, name)}, ${quoteText(dialect, name)} FROM ${quoteName(dialect, "a", name)}`), name).toEqual([]);
    for (const value of [0, -1, 0.1, 2 ** -1074, Number.MAX_VALUE, -1e-300, Infinity, -Infinity, NaN]) expect(mistakes(`SELECT ${dialects[dialect].number(value)}`), String(value)).toEqual([]);
  });
});
