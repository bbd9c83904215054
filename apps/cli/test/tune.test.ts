import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { foldRows, loadDataset, type Dataset } from "../src/data/index.ts";
import { gridOf } from "../src/experiment/candidates.ts";
import type { Watcher } from "../src/training/progress.ts";
import { familyNames } from "../src/experiment/families.ts";
import { emptyTuneState, tuneGrid } from "../src/experiment/tune.ts";
import type { Tuning } from "../src/tuning.ts";
import { file, numbers, sentence } from "./data-files.ts";
import { blobs, focal, interrupt } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "focal tune "));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => writeFileSync(at("data.csv"), blobs(900)));

const tuning = (name: string): Tuning => JSON.parse(readFileSync(join(at(name), "tune.json"), "utf8")) as Tuning;
/** Everything but the clock and the command. */
const timeless = ({ cells, selection, recommendation, test: final, protocol }: Tuning): unknown =>
  JSON.parse(JSON.stringify({ cells, selection, recommendation, final, protocol }, (key, value: unknown) => (key === "seconds" ? 0 : value)));
const linear = ["--target", "verdict", "--hidden", "none", "--folds", "3", "--repeats", "1"];

describe("focal tune", () => {
  test("writes report and numbers, names them and the next command, which runs and saves the recommended model", async () => {
    const { code, out } = await focal("tune", at("data.csv"), ...linear, "--gamma", "0,2", "--alpha", "none,balanced,0.25", "--out", at("first"));
    expect(code).toBe(0);
    expect(readdirSync(at("first")).sort()).toEqual(["report.html", "tune.json"]);
    const { cells, best, recommendation, protocol, next, data } = tuning("first");
    expect(cells.map(({ name }) => name)).toEqual([
      "cross-entropy", "cross-entropy (restart)", "balanced cross-entropy", "cross-entropy, α = 0.25", "focal γ = 2", "focal γ = 2, balanced", "focal γ = 2, α = 0.25",
    ]);
    for (const cell of cells) {
      expect(cell.runs).toHaveLength(3);
      expect(cell.summary.averagePrecision.mean).toBeGreaterThan(0.25); // at random: 0.1
      for (const run of cell.runs) for (const value of Object.values(run)) expect(Number.isFinite(value)).toBe(true);
    }
    expect(protocol).toMatchObject({ folds: 3, repeats: 1, comparisons: 5, configurations: 21 });
    expect(data.splits.map((split) => split.test.reduce((a, b) => a + b))).toEqual([300, 300, 300]);
    expect(out.replace(/\s+/g, " ")).toContain("too few folds for an interval");
    expect(cells.every(({ toReference }) => toReference?.low === undefined)).toBe(true);
    for (const text of [best, recommendation.loss, recommendation.reason.slice(0, 30), next, join(at("first"), "report.html")]) expect(out.replace(/\n/g, " ")).toContain(text);

    expect(next.startsWith("focal train ")).toBe(true);
    const words = next.slice("focal ".length).match(/'[^']*'|\S+/g)!.map((word) => word.replace(/^'(.*)'$/, "$1"));
    expect((await focal(...words, "--repeats", "1", "--out", at("trained"))).code).toBe(0);
    const model = JSON.parse(readFileSync(join(at("trained"), "model.json"), "utf8")) as { loss: { name: string } };
    expect(recommendation.loss.includes("cross-entropy") ? "crossEntropy" : recommendation.loss.split(" ")[0]).toBe(model.loss.name);
  });

  test("gives the same numbers for the same command, however many jobs", async () => {
    await focal("tune", at("data.csv"), ...linear, "--gamma", "0,2", "--alpha", "none,balanced,0.25", "--jobs", "3", "--out", at("second"));
    expect(timeless(tuning("second"))).toEqual(timeless(tuning("first")));
  });

  test("--json prints tune.json and nothing else; the metric changes the choice, not the trainings", async () => {
    const { out, err } = await focal("tune", at("data.csv"), ...linear, "--gamma", "0,2", "--alpha", "none,balanced,0.25", "--metric", "log-loss", "--json", "--out", at("json"));
    expect(err).toBe("");
    const printed = JSON.parse(out) as Tuning;
    expect(timeless(printed)).toEqual(timeless(tuning("json")));
    expect(printed.metric).toBe("logLoss");
    const lowest = printed.cells.filter((_, c) => c !== 1).reduce((a, b) => (b.summary.logLoss.mean < a.summary.logLoss.mean ? b : a));
    expect(printed.best).toBe(lowest.name);
    expect(printed.cells.map(({ runs }) => runs.map(({ rocAuc }) => rocAuc))).toEqual(tuning("first").cells.map(({ runs }) => runs.map(({ rocAuc }) => rocAuc)));
  });

  test("trains every family, with a sigmoid and with a softmax, and says how their probabilities came about", async () => {
    const random = numbers(3);
    const three = Array.from({ length: 300 }, (_, i) => `${(random() + (i % 3)).toFixed(3)},${"abc"[i % 3]}`);
    const softmax = file("three.csv", `x,y\n${three.join("\n")}\n`);
    for (const [data, target] of [[at("data.csv"), "verdict"], [softmax, "y"]] as const) {
      const { code, err } = await focal("tune", data, "--target", target, "--loss", familyNames.join(","), "--gamma", "0,2", "--alpha", "balanced",
        "--hidden", "4", "--epochs", "2", "--folds", "2", "--repeats", "1", "--out", at("families"));
      expect([code, err]).toEqual([0, ""]);
      const { cells, notes } = tuning("families");
      expect(new Set(cells.map(({ family }) => family))).toEqual(new Set(["crossEntropy", ...familyNames]));
      expect(notes.join(" ")).toContain("poly1Focal, focalStar, inverseFocal, reducedFocal, flsd53 become probabilities by a γ and a temperature fitted on validation");
    }
  });
});

describe("an official test part", () => {
  /** The last third is for testing; `flip` turns its answers round. */
  const table = (flip: boolean): string => `${blobs(600).trimEnd().split("\n").map((line, i) => {
    if (i === 0) return `${line},part`;
    const isTest = i > 400;
    return `${isTest && flip ? line.replace(/,[^,]*$/, (answer) => (answer === ",no" ? ",<script>yes</script>" : ",no")) : line},${isTest ? "test" : "train"}`;
  }).join("\n")}\n`;

  test("is in no fold, changes no cell, and is reported once for cross-entropy and the recommended loss", async () => {
    for (const flip of [false, true]) {
      const data = file(`official-${flip}.csv`, table(flip));
      expect((await focal("tune", data, ...linear, "--split", "part", "--positive", "<script>yes</script>", "--gamma", "2", "--alpha", "none", "--out", at(`official-${flip}`))).code).toBe(0);
    }
    const [straight, flipped] = [tuning("official-false"), tuning("official-true")];
    expect(JSON.stringify(timeless({ ...flipped, test: undefined } as unknown as Tuning))).toBe(JSON.stringify(timeless({ ...straight, test: undefined } as unknown as Tuning)));
    expect(straight.test!.rows).toBe(200);
    expect(straight.test!.losses.map(({ name }) => name)).toEqual([...new Set(["cross-entropy", straight.recommendation.loss])]);
    expect(straight.test!.losses[0]!.metrics.rocAuc).toBeGreaterThan(0.6);
    expect(flipped.test!.losses[0]!.metrics.rocAuc).toBeCloseTo(1 - straight.test!.losses[0]!.metrics.rocAuc, 12);
  });
});

describe("folds", () => {
  const load = (content: string, split?: string): Promise<Dataset> =>
    loadDataset({ files: [file(`folds-${content.length}.csv`, content)], target: "y", ...(split !== undefined && { split }) });
  const rows = (a: number, b: number, extra: (i: number) => string = () => ""): string =>
    Array.from({ length: a + b }, (_, i) => `${i},${i < a ? "a" : "b"}${extra(i)}`).join("\n");

  test("every row is tested once a repeat, every part holds every class, and no row is in two parts", async () => {
    const dataset = await load(`x,y\n${rows(97, 8)}\n`);
    const folds = { folds: 5, repeats: 2, seed: 3 };
    const divisions = Array.from({ length: 10 }, (_, index) => foldRows(dataset, folds, index));
    for (const repeat of [divisions.slice(0, 5), divisions.slice(5)]) {
      expect(repeat.flatMap(({ test: held }) => [...held]).sort((a, b) => a - b)).toEqual(Array.from({ length: 105 }, (_, i) => i));
    }
    expect(divisions[5]!.test).not.toEqual(divisions[0]!.test);
    for (const { train, validation, test: held } of divisions) {
      expect([...train, ...validation, ...held].sort((a, b) => a - b)).toEqual(Array.from({ length: 105 }, (_, i) => i));
      for (const part of [train, validation, held]) expect(new Set(Array.from(part, (row) => dataset.target.labels[row]!)).size).toBe(2);
    }
    expect(foldRows(dataset, folds, 7)).toEqual(divisions[7]);
  });

  test("official test rows are in none, official validation rows are in one", async () => {
    const dataset = await load(`x,y,part\n${rows(30, 30, (i) => `,${["train", "validation", "test"][i % 3]}`)}\n`, "part");
    const tested = [0, 1, 2].flatMap((index) => [...foldRows(dataset, { folds: 3, repeats: 1, seed: 0 }, index).test]);
    expect(tested.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 3 !== 2));
  });

  test("a class with fewer rows than folds is refused by name", async () => {
    const dataset = await load(`x,y\n${rows(40, 4)}\n`);
    const fold = (folds: number) => () => foldRows(dataset, { folds, repeats: 1, seed: 0 }, 0);
    expect(await sentence(fold(5))).toBe('data: class "b" of "y" has 4 rows in all, expected at least 5: each of 5 folds needs each class');
    for (const folds of [2, 3, 4]) expect(fold(folds)().test.length).toBeGreaterThan(0);
  });
});

describe("a mistake gives one sentence and exit code 1", () => {
  test.each([
    [["--target", "verdict", "--metric", "accuracy"], /metric must be average-precision, macro-f1, log-loss, got "accuracy"/],
    [["--target", "verdict", "--loss", "hinge"], /loss must be cross-entropy, focal, poly1Focal, .*got "hinge"/],
    [["--target", "verdict", "--loss", "cross-entropy", "--alpha", "none"], /nothing to compare: γ = 0 without class weights is cross-entropy itself/],
    [["--target", "verdict", "--folds", "1"], /folds must be a whole number ≥ 2, got "1"/],
    [["--target", "verdict", "--folds", "91"], /has 90 rows in all, expected at least 91/],
    [["--target", "verdict", "--gamma", "-1"], /gamma must be ≥ 0, got -1/],
    [["--target", "verdict", "--alpha", "2"], /alpha must be in \[0, 1\]/],
    [["--target", "verdict", "--temperature"], /tune has no option --temperature/],
    [["--target", "verdict", "--resume"], /nothing to resume: there is no/],
  ])("focal tune %j", async (args, words) => {
    const { code, err } = await focal("tune", at("data.csv"), ...args, "--out", at("mistake"));
    expect(code).toBe(1);
    expect(err).toMatch(words);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(existsSync(at("mistake"))).toBe(false);
  });
});

describe("an interrupted tuning", () => {
  const args = (out: string): string[] => ["tune", at("data.csv"), "--target", "verdict", "--hidden", "16", "--epochs", "40", "--folds", "3", "--repeats", "1", "--gamma", "2", "--alpha", "none,0.25", "--out", at(out)];

  test.each(["SIGINT", "SIGKILL"] as const)("by %s ends after --resume with the same numbers as an uninterrupted one", async (signal) => {
    const { code, err } = await interrupt(args(signal), join(at(signal), "checkpoint"), signal);
    if (signal === "SIGINT") {
      expect(code).toBe(130);
      expect(err).toContain("--resume");
    }
    // A killed process leaves what it was writing, and its name, which stops nobody.
    expect(readdirSync(at(signal)).filter((name) => name !== "checkpoint.new" && name !== ".running")).toEqual(["checkpoint"]);
    const other = await focal(...args(signal), "--resume", "--seed", "1");
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("belongs to other data or settings") as string });
    expect((await focal(...args(signal), "--resume")).code).toBe(0);
    expect(readdirSync(at(signal))).not.toContain("checkpoint");
    if (signal === "SIGINT") expect((await focal(...args("whole"))).code).toBe(0);
    expect(timeless(tuning(signal))).toEqual(timeless(tuning("whole")));
  });

  test("goes on with fewer repeats than were found already, and judges the loss that those recommend", async () => {
    const dataset = await loadDataset({ files: [at("data.csv")], target: "verdict" });
    const { plan, state } = { plan: { hidden: [], seed: 0, epochs: undefined, jobs: 1, grid: gridOf([2], ["none"], 2, ["focal"]), metric: "averagePrecision" } as const, state: emptyTuneState() };
    const watcher: Watcher = { signal: new AbortController().signal, onProgress() {}, onState() {} };
    const twice = await tuneGrid(dataset, { ...plan, folds: { folds: 2, repeats: 2, seed: 0 } }, state, watcher);
    expect(twice.comparison.runs).toHaveLength(4);
    const once = await tuneGrid(dataset, { ...plan, folds: { folds: 2, repeats: 1, seed: 0 } }, state, watcher);
    expect(once.comparison.runs).toEqual(twice.comparison.runs.slice(0, 2));
    expect(once.choice.toReference[2]).toEqual({ mean: expect.any(Number) as number });
  });
});
