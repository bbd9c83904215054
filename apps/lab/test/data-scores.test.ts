import { crossEntropy, focal } from "focal-loss";
import { averagePrecision, bestThreshold, diagnose, expectedCalibrationError, recoverPosterior } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";
import { describe, expect, test } from "vitest";
import { compare } from "../src/sections/data/compare.ts";
import { conclude, onThresholds } from "../src/sections/data/conclude.ts";
import { readCsv } from "../src/sections/data/csv/read.ts";
import { examine, trust } from "../src/sections/data/examine.ts";
import { exampleFile } from "../src/sections/data/examples.ts";
import { encode, uselessness } from "../src/sections/data/features.ts";
import { readScores } from "../src/sections/data/scores.ts";
import type { ScoreRequest } from "../src/sections/data/scores.ts";
import { Spender } from "../src/sections/data/spend.ts";
import type { Table } from "../src/sections/data/table.ts";
import { headline, suggestion } from "../src/sections/data/verdict.ts";

const quiet = { progress: (): void => undefined, pause: async (): Promise<void> => undefined };
const read = async (content: string): Promise<Table> => (await readCsv(new Blob([content]), quiet)).table;
const scores = async (content: string, request: Partial<ScoreRequest> = {}) => readScores(await read(content), { target: 0, positive: 1, scores: [1], scale: "auto", ...request });

describe("scores become logits", () => {
  test("of one column: logits, probabilities and percentages by their range", async () => {
    const logit = Math.log(0.2 / 0.8);
    expect(await scores("y,s\n1,0.2\n0,0.5\n")).toMatchObject({ scale: "probabilities", classes: ["0", "1"], labels: Int32Array.of(1, 0) });
    expect((await scores("y,s\n1,0.2\n0,0.5\n")).logits[0]).toBeCloseTo(logit, 14);
    expect((await scores("y,s\n1,20\n0,50\n")).logits[0]).toBeCloseTo(logit, 14);
    expect([...(await scores("y,s\n1,-2\n0,50\n")).logits]).toEqual([-2, 50]);
    expect((await scores("y,s\n1,0.2\n0,0.5\n", { scale: "logits" })).logits[0]).toBe(0.2);
  });
  test("of a column per class: a difference of two, as they are of more", async () => {
    expect((await scores("y,a,b\na,0.9,0.1\nb,0.4,0.6\n", { scores: [1, 2] })).logits[0]).toBeCloseTo(Math.log(0.1 / 0.9), 14);
    expect([...(await scores("y,a,b,c\na,1,2,-3\nb,4,5,6\nc,7,8,9\n", { scores: [1, 2, 3] })).logits]).toEqual([1, 2, -3, 4, 5, 6, 7, 8, 9]);
  });
  test("one class against the others", async () => {
    expect(await scores("y,s\na,.1\nb,.9\nc,.2\n")).toMatchObject({ classes: ["not b", "b"], labels: Int32Array.of(0, 1, 0) });
  });
  test("rows without a truth or a score are left out, and said", async () => {
    const { labels, notes } = await scores("y,s\n1,0.2\n,0.3\n0,NaN\n0,inf\n0,0.5\n");
    expect(labels).toEqual(Int32Array.of(1, 0));
    expect(notes[0]).toBe("3 rows were left out, where the truth or a score is missing or infinite (first: “y” is missing on line 3, “s” is missing on line 4 and “s” is infinite on line 5).");
  });
  test("scores of exactly 0 and 1 stay finite", async () => {
    const { logits, notes } = await scores("y,s\n1,0\n0,1\n");
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(notes).toContain("2 scores are exactly 0 or 1, and taken as the nearest number between.");
    expect(notes.at(-1)).toMatch(/^The scores take two values only/);
  });
  test.each<[string, string, Partial<ScoreRequest>, string]>([
    ["of one class", "y,s\n0,.1\n0,.2", { positive: 0 }, "Every row is of one class, “0” in column “y”: without another there is nothing to tell apart."],
    ["without a positive that has a score", "y,s\n0,.1\n1,\n0,.3", {}, "No row with a score is of class “1”: without a positive there is nothing to tell apart."],
    ["with words for scores", "y,s\n0,.1\n1,high\n0,<b>1</b>", {}, "Column “s” has to hold scores, but line 3 says “high”, and 1 other row has words too."],
    ["without any score", "y,s\n0,\n1,NA", {}, "No row has both a value of “y” and a score in “s”."],
    ["with probabilities above 1", "y,s\n0,.1\n1,1.5", { scale: "probabilities" }, "Column “s” says 1.5 on line 3, which is no probability: say that scores are percentages or logits."],
    ["with probabilities that do not sum to 1", "y,a,b\na,.9,.9\nb,.1,.2", { scores: [1, 2] }, "The probabilities on line 2 sum to 1.8 and not to 1: choose the columns that belong together, or say that they are logits."],
    ["with a quantity for the truth", `y,s\n${Array.from({ length: 150 }, (_, i) => `${i},.5`).join("\n")}`, {}, "Column “y” has more than 100 different values, which are no classes: choose the column that says what is true."],
    ["with too few score columns", "y,a,b\na,1,2\nb,1,2\nc,3,4", { scores: [1, 2] }, "Column “y” has 3 classes, but 2 score columns are chosen: choose one for the positive class, or one for each."],
    ["with one column as both", "y,s\n0,1\n1,2", { scores: [0] }, "Column “y” is chosen both as the truth and as its score."],
  ])("a file %s is refused in one sentence", async (_, content, request, sentence) => {
    await expect(scores(content, request)).rejects.toThrow(expect.objectContaining({ name: "FileProblem", message: sentence }));
  });
});

describe("the report is the library's", () => {
  const rows = 3000, random = randomNumbers(7);
  const logits = Float64Array.from({ length: rows }, (_, i) => (i % 40 === 0 ? 0.5 : -3) + 2 * (random() + random() - 1));
  const labels = Int32Array.from(logits, (_, i) => Number(i % 40 === 0));
  const scored = { classes: ["0", "1"], labels, logits, scale: "logits" as const, notes: [] };

  test("its verdict, average precision, threshold and calibration", async () => {
    const report = await examine(scored, quiet.pause), p = logits.map((x) => 1 / (1 + Math.exp(-x)));
    const { verdict } = diagnose(logits, labels, focal({ gamma: 2 }), { names: ["0", "1"] });
    expect(report.diagnosis.verdict).toEqual(verdict);
    expect(report.ranking!.averagePrecision).toBe(averagePrecision(logits, labels));
    expect(report.ranking!.thresholds.f1).toEqual(bestThreshold(p, labels));
    expect(report.ranking!.thresholds.recall).toEqual(bestThreshold(p, labels, { goal: { recall: 0.9 } }));
    const both = Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? p[i >> 1]! : 1 - p[i >> 1]!));
    expect(trust(scored, 0).ece).toBeCloseTo(expectedCalibrationError(both, labels, 2), 12);
    expect(trust(scored, 2).ece).toBeCloseTo(expectedCalibrationError(recoverPosterior(both, 2, { gamma: 2 }), labels, 2), 12);
    expect(headline(report.diagnosis)).toContain(`γ = ${verdict.gamma}`);
    expect(suggestion(report.diagnosis, report.classes)).toBe(`focal loss, γ = ${verdict.gamma}${verdict.alpha === undefined ? "" : `, α = ${verdict.alpha as number}`}`);
  });
  test.each([[0, undefined], [2, undefined], [0.7, 0.25]] as const)("where the loss goes at γ = %d, α = %s: as diagnose counts it, within float32's 1e-5", (gamma, alpha) => {
    const spender = new Spender(scored), loss = gamma === 0 ? crossEntropy() : focal({ gamma, ...(alpha !== undefined && { alpha }) });
    const { losses: [profile] } = diagnose(logits, labels, loss);
    // Bins of p_t: below 0.1 and 0.5 is wrong, below 0.9 unsure, the three above are easy.
    const wanted = (what: "loss" | "gradient" | "examples") => profile!.classes.flatMap(({ difficulty: d }) => [d[0]![what] + d[1]![what], d[2]![what], d[3]![what] + d[4]![what] + d[5]![what]]);
    const found = spender.at(gamma, alpha);
    for (const what of ["loss", "gradient"] as const) found[what].forEach((share, k) => expect(share).toBeCloseTo(wanted(what)[k]!, 5));
    spender.examples.forEach((share, k) => expect(share).toBeCloseTo(wanted("examples")[k]!, 12));
  });
});

describe("features", () => {
  test("are standardised by the training rows; a heavy tail, missing values and words get what they need", async () => {
    const { columns } = await read(`a,b,c,d\n${Array.from({ length: 60 }, (_, i) => `${i},${i === 7 ? "1e300" : 1 + (i % 5)},${["x", "y"][i % 2]!},${i === 3 ? "" : 0.5 + i}`).join("\n")}`);
    const all = Uint32Array.from({ length: 60 }, (_, i) => i), { x, width } = encode(columns, all, all.subarray(0, 30));
    expect(width).toBe(1 + 1 + 2 + 2);
    expect(x.every((value) => Number.isFinite(value) && Math.abs(value) <= 10)).toBe(true);
    const first = Array.from({ length: 30 }, (_, i) => x[i * width]!), mean = first.reduce((a, b) => a + b, 0) / 30;
    expect(mean).toBeCloseTo(0, 6);
    expect(x[3 * width + 5]).toBe(1);
  });
  test("that tell nothing are named", async () => {
    const { columns } = await read(`id,same,words,empty,fine\n${Array.from({ length: 30 }, (_, i) => `${i},4,w${i},,${i % 7}`).join("\n")}`);
    expect(columns.map(uselessness)).toEqual(["a number for each row, as an identifier", "the same in every row", "more than 20 different words", "no number in it", undefined]);
  });
});

describe("training in the page", () => {
  const request = { target: 5, positive: 1, features: [0, 1, 2, 3, 4], model: "linear", gamma: 2, alpha: undefined, seed: 1 } as const;
  test("a linear model with either loss, the same both times, judged on rows held out", async () => {
    const { table } = await readCsv(await exampleFile("machines", quiet.pause), quiet), signal = new AbortController().signal;
    const [one, two] = [await compare(table, request, signal, () => undefined), await compare(table, request, signal, () => undefined)];
    expect(two).toEqual(one);
    expect(one.runs.map(({ name, ended }) => [name, ended])).toEqual([["crossEntropy", "converged"], ["focal", "converged"]]);
    expect(one.rows.train + one.rows.validation + one.rows.test).toBe(table.rows);
    expect(one.difference.value).toBeCloseTo(one.runs[1]!.averagePrecision - one.runs[0]!.averagePrecision, 12);
    expect(conclude(one).verdict === "none").toBe(one.difference.low <= 0 && one.difference.high >= 0);
    expect(onThresholds(one, false)).toMatch(/^Cross-entropy finds .* tuned threshold/);
  });
  test("needs ten rows of either kind, and columns", async () => {
    const table = await read(`f,y\n${Array.from({ length: 50 }, (_, i) => `${i % 7},${i < 4 ? "yes" : "no"}`).join("\n")}`), go = (change: object) =>
      compare(table, { ...request, target: 1, positive: 1, features: [0], ...change }, new AbortController().signal, () => undefined);
    await expect(go({})).rejects.toThrow("Only 4 rows are of “yes”: at least 10 are needed, to train, to choose and to judge by.");
    await expect(go({ features: [] })).rejects.toThrow("No column is chosen to learn from.");
  });
});
