/** A folder as the reader of a page has it: the files that its commands name, small. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { randomNumbers } from "focal-loss/train";
import sharp from "sharp";
import { root } from "./blocks.ts";

/** @returns the folder: data.csv, new.csv, events.parquet, parts/, pictures/, photo.jpg, more/ and the bundled examples/ */
export async function readersFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "focal-docs-")), at = (...names: string[]): string => join(folder, ...names);
  const rows = table(200);
  writeFileSync(at("data.csv"), ["size,colour,class", ...rows].join("\n"));
  writeFileSync(at("new.csv"), ["size,colour", ...rows.slice(0, 20).map((row) => row.replace(/,\w+$/, ""))].join("\n"));
  for (const name of ["parts", "pictures", "more"]) mkdirSync(at(name));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const columns = "size, colour, class = 'rare'";
  await connection.run(`COPY (SELECT ${columns} AS y FROM '${at("data.csv")}') TO '${at("events.parquet")}'`);
  for (const part of [0, 1]) await connection.run(`COPY (SELECT ${columns} AS fraud FROM '${at("data.csv")}' LIMIT 100 OFFSET ${100 * part}) TO '${at("parts", `${part}.parquet`)}'`);
  connection.closeSync();
  await pictures(at("pictures"));
  cpSync(at("pictures", "0.jpg"), at("photo.jpg"));
  cpSync(at("pictures", "1.jpg"), at("more", "1.jpg"));
  symlinkSync(join(root, "examples"), at("examples"));
  return folder;
}

/** Rows of size, colour and class; every tenth is rare, larger and mostly red. */
function table(rows: number): string[] {
  const random = randomNumbers(5);
  return Array.from({ length: rows }, (_, i) => {
    const rare = i % 10 === 0;
    return `${(random() + random() - 1 + (rare ? 0.8 : 0)).toFixed(3)},${random() < (rare ? 0.7 : 0.3) ? "red" : "blue"},${rare ? "rare" : "common"}`;
  });
}

/** Ten pictures with two squares each, annotated as Pascal VOC does. */
async function pictures(folder: string): Promise<void> {
  const random = randomNumbers(3);
  for (let n = 0; n < 10; n++) {
    const squares = [0, 1].map((k) => ({ left: 4 + 32 * k, top: Math.floor(40 * random()), side: 16 + Math.floor(6 * random()) }));
    await sharp({ create: { width: 64, height: 64, channels: 3, background: "#678" } })
      .composite(squares.map(({ left, top, side }) => ({ left, top, input: { create: { width: side, height: side, channels: 3, background: "#fe8" } } })))
      .jpeg().toFile(join(folder, `${n}.jpg`));
    writeFileSync(join(folder, `${n}.xml`), `<annotation><filename>${n}.jpg</filename>${squares.map(({ left, top, side }) =>
      `<object><name>square</name><bndbox><xmin>${left + 1}</xmin><ymin>${top + 1}</ymin><xmax>${left + side}</xmax><ymax>${top + side}</ymax></bndbox></object>`).join("")}</annotation>`);
  }
}
