/** Reads the golden tables and sets up the library as each of them says. */
import { readdirSync, readFileSync } from "node:fs";
import * as library from "focal-loss";
import type { Criterion, Engine } from "focal-loss";
import type { Golden } from "./entry.ts";
import { lossOf } from "./lossOf.ts";

export type { Golden } from "./entry.ts";

const folder = new URL("./", import.meta.url);

/** Every table of every file of this folder. */
export const goldens = (): { readonly file: string; readonly golden: Golden }[] =>
  readdirSync(folder).filter((name) => name.endsWith(".json")).flatMap((name) =>
    (JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Golden[]).map((golden) => ({ file: name.replace(".json", ""), golden })));

/** With the table's head and options: one loss per example, or one number where the loss is of the whole batch. */
export function criterionOf(golden: Golden, engine: Engine): Criterion<"none"> {
  const { head, classes, options, value } = golden;
  return library.criterion(lossOf(golden), {
    head, engine, ...options, ...(classes !== undefined && { classes }), ...(Array.isArray(value) && { reduction: "none" }),
  }) as Criterion<"none">;
}

/** What a table is about, in a line. */
export function nameOf({ loss, settings, transform, head, classes, options }: Golden): string {
  const set = (of: object | undefined): string => Object.entries(of ?? {}).map(([name, value]) => ` ${name} ${JSON.stringify(value)}`).join("");
  return `${loss}${set(settings)}${transform ? ` as ${transform.name} ${transform.counts.join(":")}${set(transform.options)}` : ""}, ${head}${classes ? ` ${classes} classes` : ""}${set(options)}`;
}
