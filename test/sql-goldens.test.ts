import { focal } from "focal-loss";
import * as library from "focal-loss";
import type { Loss } from "focal-loss";
import { lossSql, querySql } from "focal-loss/sql";
import type { SqlEngine } from "focal-loss/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compare } from "./golden/compare.ts";
import { freshDuckdb } from "./sql/duckdb.ts";
import { answerable, answersOf, sqlGoldens, tableOf } from "./sql/goldens.ts";
import { clickhouse, postgres } from "./sql/servers.ts";
import type { Server } from "./sql/servers.ts";

/**
 * Answers that pass through 0 near an example, and are held to the size of their terms there: a derivative is a difference that float64
 * cannot tell more of. The JavaScript engine has the same ones.
 */
const nearZero: Readonly<Record<string, string>> = {
  [`margin-mixture: cyclicalFocal alpha 0.25, sigmoid soft "mixture"`]: "the gradient is 0 near x = −0.75, t = 0.9",
  "score-soft: qualityFocal beta 0.5, sigmoid": "the Hessian is 0 near x = −4, t = 0.9",
  "transform-sigmoid: focal gamma 2 as ldam 900:100, sigmoid": "the Hessian is 0 near x = 2.5, t = 0",
};

/** Losses of a yes-or-no logit, each as it is by default. */
const losses = Object.values(library as Readonly<Record<string, unknown>>)
  .flatMap((entry) => (typeof entry === "function" && "defaults" in entry ? [(entry as unknown as () => Loss)()] : []))
  .filter(({ kind, labels, name }) => (kind === "margin" || kind === "score") && labels === "classes" && name !== "asymmetricSingleLabel");

const wild = [-1e30, -1e5, -746, -400, -150, 0, 150, 400, 746, 1e5, 1e30];
const wildRows = wild.flatMap((x) => [0, 1].map((y) => [x, y]));

/** Value, slope and curvature of every loss where exponentials vanish. */
async function expectFinite({ dialect, query }: SqlEngine, loss: Loss): Promise<void> {
  const { inputs, parts, value, slope, curvature } = lossSql(loss, dialect, { logit: "x", target: "y" }, { order: 2 });
  const rows = await query(querySql(dialect, { inputs, parts, select: `${value}, ${slope}, ${curvature}`, from: tableOf(dialect, ["x", "y"], wildRows) }));
  expect(rows.length).toBe(wildRows.length);
  for (const row of rows) for (const cell of row) expect(Number.isFinite(cell), `${loss.name}: ${row.join(", ")}`).toBe(true);
}

describe("inside DuckDB", () => {
  let engine: SqlEngine;
  beforeAll(async () => { engine = await freshDuckdb(); });

  test.each(sqlGoldens)(`$name: within 1e-13 relative of 50 digits, its exp and ln being right to a few units of the last bit`, async ({ name, golden }) => {
    compare(answerable(golden), await answersOf(engine, golden), [1e-13, 1e-13, 1e-13], 0, nearZero[name] !== undefined);
  });

  test.each(losses)("$name is finite from −1e30 to 1e30", (loss) => expectFinite(engine, loss));

  test("a NULL logit or target gives NULL, NaN gives NaN", async () => {
    const { inputs, parts, value, slope } = lossSql(focal(), "duckdb", { logit: "x", target: "y" });
    const rows = await engine.query(querySql("duckdb", { inputs, parts, select: `${value}, ${slope}`, from: "(VALUES (NULL, 1), (1, NULL), ('NaN'::DOUBLE, 1)) AS t (x, y)" }));
    expect(rows).toEqual([[null, null], [null, null], [NaN, NaN]]);
  });
});

/** One table of each loss and file: a server takes a while for each. */
const fewer = [...new Map(sqlGoldens.map((entry) => [`${entry.name.split(":")[0]} ${entry.golden.loss}`, entry])).values()];

describe.each([
  { what: "PostgreSQL", start: postgres, packages: "postgresql", floor: 1e-30, why: "exponentials below e^−80 … e^−350 are 0 there, lest their products be errors: up to 1e-30 is not told apart" },
  { what: "ClickHouse", start: clickhouse, packages: "clickhouse-server", floor: 0, why: "its exp and log are the C library's" },
])("inside $what, where it is installed", ({ what, start, packages, floor, why }) => {
  let server: Server | undefined;
  beforeAll(async () => { server = await start(); }, 30_000);
  afterAll(() => server?.stop(), 30_000);

  test(`${fewer.length} golden tables within 1e-13 relative; ${why}`, { timeout: 60_000 }, async ({ skip }) => {
    if (!server) return skip(`${what} is not installed (Debian: ${packages})`);
    for (const { name, golden } of fewer) compare(answerable(golden), await answersOf(server.engine, golden), [1e-13, 1e-13, 1e-13], floor, nearZero[name] !== undefined);
  });

  test("every loss is finite from −1e30 to 1e30", { timeout: 60_000 }, async ({ skip }) => {
    if (!server) return skip(`${what} is not installed (Debian: ${packages})`);
    for (const loss of losses) await expectFinite(server.engine, loss);
  });
});
