import { readFileSync } from "node:fs";
import { FocalError } from "focal-loss";
import type { Fitted, SqlModel } from "focal-loss/sql";
import { quote } from "../data/near.ts";
import { reason } from "../model/write.ts";

/** A model and how its fit went, as the text of a file. */
export function modelText({ model, ...fit }: Fitted, source: string): string {
  return `${JSON.stringify({ ...model, fit: { source, ...fit } }, undefined, 2)}\n`;
}

/** Reads what `focal fit` wrote. */
export function readModel(path: string): SqlModel {
  let text: string, model: Partial<SqlModel>;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new FocalError("model", `cannot read ${quote(path)}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : reason(error)}`);
  }
  try {
    model = JSON.parse(text) as Partial<SqlModel>;
  } catch {
    throw new FocalError("model", `${quote(path)} is no model of focal fit: it is no JSON (truncated?)`);
  }
  const lists = [model?.classes, model?.terms, model?.coefficients, model?.intercepts];
  if (model?.kind !== "linear" || !lists.every(Array.isArray) || typeof model.target !== "string") throw new FocalError("model", `${quote(path)} is no model of focal fit`);
  return model as SqlModel;
}
