import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { heading, lossTable, printed } from "./golden/table.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const written = readme.split("<!-- npm run table:losses -->\n")[1]!.split("\n<!-- end of table -->")[0]!.split("\n");
const cells = (line: string): string[] => line.split(" | ");

test("the README's table of losses is what npm run table:losses prints; errors may be up to twice as large on another machine", () => {
  const rows = lossTable();
  expect(written.length).toBe(heading.length + rows.length);
  expect(written.slice(0, heading.length)).toEqual(heading);
  rows.forEach((row, i) => {
    const line = cells(written[heading.length + i]!);
    expect(line.slice(0, 5)).toEqual(cells(printed(row)).slice(0, 5));
    for (const [column, measured] of [[5, row.float64], [6, row.float32]] as const) {
      const said = line[column]!.replace(" |", "").split(" ").map(Number);
      measured?.forEach((error, k) => expect(error, `${row.name}, ${line[column]}`).toBeLessThanOrEqual(2 * said[k]!));
    }
  });
});

test("float32 errors keep the gates: 1.5e-6 for value and gradient (exponents go up to 5), 3e-6 for the Hessian and for logits moved by a rounded sum", () => {
  for (const { name, float32 } of lossTable()) float32?.forEach((error, which) => expect(error, name).toBeLessThan(which === 2 || name.startsWith("logitAdjusted") ? 3e-6 : 1.5e-6));
});
