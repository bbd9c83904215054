import { beforeAll, describe, expect, test } from "vitest";
import type { DuckDBConnection } from "@duckdb/node-api";
import { asymmetric, criterion, crossEntropy, focal, ldam, logitAdjusted, poly1Focal } from "focal-loss";
import type { Loss } from "focal-loss";
import { duckdbEngine, fitLinearFocal, logitsSql } from "focal-loss/sql";
import type { FitPass, FitSpec, SqlEngine, SqlModel } from "focal-loss/sql";
import { train } from "focal-loss/train";
import type { LinearCheckpoint } from "focal-loss/train";
import { advance, begin } from "../src/train/lbfgs.ts";
import { sumsAt } from "../src/sql/fit/pass.ts";
import type { Problem } from "../src/sql/fit/problem.ts";
import { surveyOf } from "../src/sql/fit/survey.ts";
import { cloudColumns, cloudRows, clouds, emptyDatabase, makeTable } from "./sql/fitTables.ts";

const two = clouds(600, 2, 3), three = clouds(700, 3, 5);
let connection: DuckDBConnection, engine: SqlEngine;

beforeAll(async () => {
  connection = await emptyDatabase();
  engine = duckdbEngine(connection);
  await makeTable(connection, "two", cloudColumns, cloudRows(two));
  await makeTable(connection, "three", cloudColumns, cloudRows(three));
});

/** A model's parameters in the order of the trainer: weights input by input, then the biases. */
const flat = ({ coefficients, intercepts }: SqlModel): number[] => [...coefficients[0]!.flatMap((_, j) => coefficients.map((logit) => logit[j]!)), ...intercepts];

/** The same problem in float64 by the library's criterion, until rounding stops it. */
function minimum({ x, y }: typeof two, loss: Loss, classes: number, head: "sigmoid" | "softmax" | "one-vs-rest", l2: number): number[] {
  const outputs = classes === 2 ? 1 : classes, rows = y.length;
  const mean = head === "softmax" ? criterion(loss, { head, classes, reduction: "sum" }) : criterion(loss, { reduction: "sum", ...(outputs > 1 && { classes: outputs }) });
  const targets = head === "one-vs-rest" ? Uint8Array.from({ length: rows * classes }, (_, i) => Number(y[Math.floor(i / classes)] === i % classes)) : y;
  const objective = (p: Float64Array): { value: number; gradient: Float64Array } => {
    const z = new Float64Array(rows * outputs), gradient = new Float64Array(p.length);
    for (let i = 0; i < rows; i++) for (let k = 0; k < outputs; k++) z[i * outputs + k] = p[4 * outputs + k]! + [0, 1, 2, 3].reduce((sum, j) => sum + x[4 * i + j]! * p[j * outputs + k]!, 0);
    const { value, grad } = mean.valueAndGrad(z, targets);
    let sum = value / rows;
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < outputs; k++) {
        const g = grad[i * outputs + k]! / rows;
        for (let j = 0; j < 4; j++) gradient[j * outputs + k]! += g * x[4 * i + j]!;
        gradient[4 * outputs + k]! += g;
      }
    }
    for (let i = 0; i < 4 * outputs; i++) {
      sum += (l2 / 2) * p[i]! ** 2;
      gradient[i]! += l2 * p[i]!;
    }
    return { value: sum, gradient };
  };
  let state = begin(objective, new Float64Array(5 * outputs));
  for (let next = advance(objective, state, () => {}); next; next = advance(objective, state, () => {})) state = next;
  return [...state.x];
}

const expectClose = (got: readonly number[], wanted: ArrayLike<number>, within: number): void => {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => expect(Math.abs(value - wanted[i]!), `coefficient ${i}: ${value} and ${wanted[i]}`).toBeLessThanOrEqual(within));
};

const binary: readonly Loss[] = [focal({ gamma: 2 }), crossEntropy(), focal({ gamma: 0.5, alpha: 0.25 }), focal({ gamma: [1, 2.5] }), poly1Focal({ gamma: 1, epsilon: 2 }), ldam(focal({ gamma: 1 }), [500, 100]), logitAdjusted(crossEntropy(), [500, 100]), asymmetric()];
const exact = { standardize: false, l2: 1e-3, tolerance: 1e-9 } as const;

describe("the minimum is that of the library's own criterion, coefficients within 1e-6: both are converged", () => {
  test.each(binary.map((loss) => [`${loss.name} ${JSON.stringify(loss.parameters)}`, loss] as const))("binary %s", async (_, loss) => {
    const { model, ended, passes } = await fitLinearFocal(engine, "two", { ...exact, target: "y", positive: 1, loss });
    expect(ended).not.toBe("cap");
    expect(passes).toBeLessThanOrEqual(40);
    expectClose(flat(model), minimum(two, loss, 2, "sigmoid", 1e-3), 1e-6);
  });

  test.each([focal({ gamma: 2 }), crossEntropy({ alpha: [0.5, 1, 2] })].map((loss) => [loss.name, loss] as const))("softmax %s", async (_, loss) => {
    const { model, ended } = await fitLinearFocal(engine, "three", { ...exact, target: "y", loss });
    expect(ended).not.toBe("cap");
    expect(model).toMatchObject({ head: "softmax", classes: ["0", "1", "2"] });
    // Softmax does not see what all logits have in common, and the intercepts carry no penalty that would settle it.
    const wanted = minimum(three, loss, 3, "softmax", 1e-3), middle = (values: readonly number[]): number[] => values.map((v) => v - values.reduce((a, b) => a + b) / 3);
    expectClose(flat(model).slice(0, 12), wanted.slice(0, 12), 1e-6);
    expectClose(middle(model.intercepts), middle(wanted.slice(12)), 1e-6);
  });

  test("one-vs-rest, each column with its own α", async () => {
    const loss = focal({ gamma: 2, alpha: [0.25, 0.5, 0.75] });
    const { model } = await fitLinearFocal(engine, "three", { ...exact, target: "y", loss, multiclass: "one-vs-rest" });
    expectClose(flat(model), minimum(three, loss, 3, "one-vs-rest", 1e-3), 1e-6);
  });

  test("damped Newton finds it too, in fewer passes", async () => {
    const spec: FitSpec = { ...exact, target: "y", positive: 1 };
    const newton = await fitLinearFocal(engine, "two", { ...spec, solver: "newton" }), lbfgs = await fitLinearFocal(engine, "two", spec);
    expectClose(flat(newton.model), flat(lbfgs.model), 1e-6);
    expect(newton.passes).toBeLessThan(lbfgs.passes);
  });

  test("the trainer of tables in memory agrees", async () => {
    let last: LinearCheckpoint | undefined;
    const table = { ...two, rows: 600, features: 4, classes: 2 };
    await train({ train: table, validation: table }, { loss: focal({ gamma: 2 }), hidden: [], l2: 1e-3, onCheckpoint: (checkpoint) => (last = checkpoint as LinearCheckpoint) });
    const { model } = await fitLinearFocal(engine, "two", { ...exact, target: "y", positive: 1 });
    expectClose(flat(model), last!.minimization.x, 1e-5); // the trainer stops at a gradient of 1e-6, with curvature of about .1
  });
});

test.each([["sigmoid", "two", 1], ["one-vs-rest", "three", 3], ["softmax", "three", 3]] as const)("the slopes of a pass are those of its loss, and curvatures those of its slopes: %s, by differences (1e-6)", async (head, table, outputs) => {
  await connection.run(`CREATE OR REPLACE TABLE ${table}w AS SELECT *, (1 + abs(d)) AS w, a / 7 AS o FROM ${table}`);
  const spec: FitSpec = { target: "y", weights: "w", offset: "o", ...(outputs === 1 && { positive: 1 }) }, asking = { retries: 0 };
  const survey = await surveyOf(engine, `${table}w`, spec, { maxLevels: 5, asking });
  const problem: Problem = { engine, source: `${table}w`, survey, head, loss: focal({ gamma: 2 }), weights: "w", offset: "o", asking };
  const order = head === "softmax" ? 1 : 2, x = Float64Array.from({ length: 5 * outputs }, (_, i) => Math.sin(3 * i)), h = 1e-5;
  const { slopes, curvatures } = await sumsAt(problem, x, order);
  for (let i = 0; i < x.length; i++) {
    const [up, down] = await Promise.all([h, -h].map((by) => sumsAt(problem, x.map((v, j) => (j === i ? v + by : v)), 1)));
    const scale = survey.weight;
    expect(Math.abs((up!.loss - down!.loss) / (2 * h) - slopes[i]!) / scale).toBeLessThan(1e-6);
    if (order === 1) continue;
    // Rows where the loss curves downwards count as 0: the diagonal can only be larger than the second derivative.
    const width = 5, k = Math.floor(i / width), j = i % width, diagonal = curvatures[k]![j * width - (j * (j - 1)) / 2]!;
    expect(diagonal - (up!.slopes[i]! - down!.slopes[i]!) / (2 * h)).toBeGreaterThan(-1e-6 * scale);
  }
});

test("badly scaled columns, far from 0 and leaning on each other, take at most 40 passes and give the same model (1e-6 of each logit)", async () => {
  await connection.run("CREATE OR REPLACE TABLE bad AS SELECT a * 1e9 + 1e13 AS a, b * 1e-9 AS b, (c + 1e4 * a) AS c, d + 1e6 AS d, a, y FROM (SELECT * REPLACE (CAST(a AS DOUBLE) AS a, CAST(b AS DOUBLE) AS b, CAST(c AS DOUBLE) AS c, CAST(d AS DOUBLE) AS d) FROM two)");
  const seen: FitPass[] = [];
  const { model, ended, passes } = await fitLinearFocal(engine, "bad", { target: "y", features: ["a", "b", "c", "d"], positive: 1, l2: 0, tolerance: 1e-8, onPass: (pass) => seen.push(pass) });
  expect(ended).not.toBe("cap");
  expect(passes).toBeLessThanOrEqual(40);
  expect(seen.map(({ pass }) => pass)).toEqual(Array.from({ length: passes }, (_, i) => i + 1));
  const plain = await fitLinearFocal(engine, "two", { target: "y", positive: 1, l2: 0, tolerance: 1e-8 });
  const logits = async (m: SqlModel, table: string): Promise<number[]> => (await engine.query(`SELECT ${logitsSql(m, "duckdb")[0]} FROM ${table} ORDER BY rowid LIMIT 50`)).map((row) => Number(row[0]));
  // 1e13 leaves four digits of the spread of a to a float64.
  expectClose(await logits(model, "bad"), await logits(plain.model, "two"), 5e-3);
});

test("a weight counts as so many rows, and an offset is added to the logit", async () => {
  await connection.run("CREATE OR REPLACE TABLE weighted AS SELECT *, CASE WHEN a > 1 THEN 3 WHEN b > 1 THEN 0 ELSE 1 END AS w, a + 2 AS o, a + 2 AS e FROM two");
  await connection.run("CREATE OR REPLACE TABLE repeated AS SELECT t.* FROM weighted t, range(3) r(i) WHERE i < w");
  const spec: FitSpec = { target: "y", positive: 1, features: ["a", "b", "c", "d"], tolerance: 1e-9 };
  const weighted = await fitLinearFocal(engine, "weighted", { ...spec, weights: "w" }), repeated = await fitLinearFocal(engine, "repeated", spec);
  expect(weighted.weight).toBe(repeated.rows);
  expectClose(flat(weighted.model), flat(repeated.model), 1e-7);
  const without = await fitLinearFocal(engine, "weighted", { ...spec, standardize: false, l2: 0 }), moved = await fitLinearFocal(engine, "weighted", { ...spec, standardize: false, l2: 0, offset: "o" });
  expectClose(flat(moved.model), flat(without.model).map((v, i) => v - (i === 0 ? 1 : i === 4 ? 2 : 0)), 1e-6);
});
