/** Writes `digits.txt`, the few digits that the page carries: `npx tsx makeDigits.ts`. A line each: 64 pixels from 0 to g (16), and the digit. */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const COUNT = 300;
const table = gunzipSync(readFileSync(new URL("../../../../../examples/data/digits.csv.gz", import.meta.url))).toString();
const lines = table.split(/\r?\n/).slice(0, COUNT).map((line) => line.split(",").map((ink) => Number(ink).toString(17)).join(""));
writeFileSync(new URL("./digits.txt", import.meta.url), `${lines.join("\n")}\n`);
