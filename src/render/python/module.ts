import { FocalError } from "../../errors.ts";
import { symbolsOf } from "../../expr/expr.ts";
import { isWeighted } from "../../losses/batch.ts";
import type { AnyLoss } from "../../losses/loss.ts";
import { renderTex } from "../tex.ts";
import { batchLines } from "./batch.ts";
import type { Dialect } from "./dialect.ts";
import { boundsFor, inside } from "./formula.ts";
import { alphaLiteral, literal, settingsOf, snake } from "./settings.ts";
import { sigmoidLines } from "./sigmoid.ts";
import { softmaxLines } from "./softmax.ts";

/** A module with a function for each head that the loss serves; the loss's parameters are the functions' defaults. */
export function renderPython(loss: AnyLoss, dialect: Dialect): string {
  const onSoftmax = loss.kind !== "score" && typeof loss.alpha !== "number";
  const functions = [
    ...(servesSigmoid(loss) ? [functionOf(loss, "sigmoid", dialect)] : []),
    ...(onSoftmax ? [functionOf(loss, "softmax", dialect)] : []),
  ];
  if (functions.length === 0) throw new FocalError("argument", `${loss.name} needs the softmax head, where alpha must be one weight per class, got ${String(loss.alpha)}`);
  const body = [
    ...(dialect.helpers.length > 0 && loss.kind !== "batch" ? [dialect.helpers] : []),
    ...(onSoftmax ? [loss.kind === "batch" ? dialect.batch.margins : dialect.margin] : []),
    ...functions,
  ];
  return [...importsOf(body.flat(), dialect), ...body.flatMap((lines) => ["", "", ...lines])].join("\n");
}

/** Whether yes-or-no questions make sense: no rows of classes, and what is given per class for two of them. */
function servesSigmoid(loss: AnyLoss): boolean {
  if (loss.kind !== "margin") return loss.kind !== "pair";
  return loss.labels === "classes" && !symbolsOf(loss.formula).has("own") && [loss.margins, loss.offsets].every((list) => list === undefined || list.length === 2);
}

function importsOf(lines: readonly string[], { imports }: Dialect): readonly string[] {
  return imports.filter((line) => line !== "import math" || lines.some((text) => text.includes("math.")));
}

function functionOf(loss: AnyLoss, head: "sigmoid" | "softmax", dialect: Dialect): string[] {
  const { [head]: frame, between, settings } = dialect, batch = loss.kind === "batch";
  const { about } = loss.kind === "margin" && loss.labels === "between" ? between : frame;
  const zeros = Object.entries(loss.parameters).flatMap(([name, value]) => (value === 0 ? [`${snake(name)} = 0`] : []));
  const weighted = loss.kind !== "batch" || isWeighted(loss);
  return [
    `def ${head}_${snake(loss.name)}(${[
      frame.arguments, "*", ...settingsOf(loss).map(({ name, value }) => `${name}=${literal(value)}`),
      ...(weighted ? [`alpha=${alphaLiteral(loss)}`] : []), ...(batch ? [] : settings),
    ].join(", ")}):`,
    ...inside([
      `r"""${[renderTex(loss), ...zeros].join(" with ")}`, "", ...about, batch ? "Returns one number for the whole batch." : frame.answers, ...(loss.reference === undefined ? [] : [loss.reference]), "\"\"\"",
      ...frame.read, ...linesOf(loss, head, dialect), `return ${batch ? "loss" : frame.result}`,
    ]),
  ];
}

function linesOf(loss: AnyLoss, head: "sigmoid" | "softmax", dialect: Dialect): string[] {
  if (loss.kind === "batch") return batchLines(loss, head, dialect);
  const lines = head === "sigmoid" && loss.kind !== "pair" ? sigmoidLines(loss, dialect) : softmaxLines(loss, dialect);
  return [...boundsFor(lines, dialect), ...lines];
}
