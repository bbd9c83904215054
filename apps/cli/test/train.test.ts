import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadDataset, readTable, splitRows } from "../src/data/index.ts";
import { candidatesFor } from "../src/experiment/candidates.ts";
import { checkpointFile, fingerprint } from "../src/experiment/checkpoint.ts";
import { compare, emptyState, type Plan, type State } from "../src/experiment/compare.ts";
import type { Results } from "../src/results.ts";
import { blobs, focal, interrupt } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "focal train "));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const results = (name: string): Results => JSON.parse(readFileSync(join(at(name), "metrics.json"), "utf8")) as Results;
/** Everything but the clock. */
const timeless = ({ losses }: Results): unknown => JSON.parse(JSON.stringify(losses, (key, value: unknown) => (key === "seconds" ? 0 : value)));

const quick = ["--target", "verdict", "--epochs", "60", "--hidden", "8"];

beforeAll(() => {
  writeFileSync(at("data.csv"), blobs(1500));
  writeFileSync(at("few.csv"), `x,y\n${Array.from({ length: 20 }, (_, i) => `${i / 2},${i < 2 ? "b" : "a"}`).join("\n")}\n`);
});

describe("focal train", () => {
  test("writes report, models, metrics and predictions, and says where", async () => {
    const { code, out } = await focal("train", at("data.csv"), ...quick, "--repeats", "2", "--out", at("first"));
    expect(code).toBe(0);
    expect(readdirSync(at("first")).sort()).toEqual(["metrics.json", "model.json", "model.onnx", "predictions.parquet", "report.html"]);
    expect(out).toContain("report.html");
    const { losses, data, protocol, recommendation } = results("first");
    expect(losses.map(({ name }) => name)).toEqual(["cross-entropy", "cross-entropy (restart)", "balanced cross-entropy", "focal γ = 2"]);
    expect(losses.map(({ name }) => name)).toContain(recommendation.loss);
    expect(data.classes).toEqual([{ name: "no", count: 1350 }, { name: "<script>yes</script>", count: 150 }]);
    expect(data.columns.find(({ name }) => name === "row_id")!.kind).toBe("dropped");
    expect(protocol.configurations).toBe(8);
    for (const { runs } of losses) for (const { metrics } of runs) {
      expect(metrics.averagePrecision).toBeGreaterThan(0.3); // at random: 0.1
      for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true);
    }
    // The same splits and first weights: the restart differs, and is no other loss.
    expect(losses[1]!.runs[0]!.metrics.logLoss).not.toBe(losses[0]!.runs[0]!.metrics.logLoss);
  });

  test("escapes what comes from the data in the report", () => {
    const report = readFileSync(join(at("first"), "report.html"), "utf8");
    expect(report).not.toContain("<script");
    expect(report).not.toContain("<b>colour");
  });

  test("focal predict reproduces the saved scores, from the ONNX file and from the JSON one", async () => {
    const saved = await readTable([join(at("first"), "predictions.parquet")]);
    const column = (t: typeof saved, name: string): ArrayLike<number> => {
      const found = t.columns.find((c) => c.name === name)!;
      return found.kind === "number" ? found.values : found.kind === "text" ? Array.from(found.codes, (c) => (found.levels[c] === "no" ? 0 : 1)) : [];
    };
    for (const model of ["model.onnx", "model.json"]) {
      expect((await focal("predict", join(at("first"), model), at("data.csv"), "--out", at("scored.parquet"))).code).toBe(0);
      const again = await readTable([at("scored.parquet")]);
      expect(again.rows).toBe(1500);
      for (const name of ["p_no", "p_<script>yes</script>", "raw_no", "predicted", "predicted_argmax"]) {
        expect(Array.from(column(again, name)), name).toEqual(Array.from(column(saved, name)));
      }
    }
  });

  test("the same command gives the same numbers", async () => {
    await focal("train", at("data.csv"), ...quick, "--repeats", "2", "--out", at("second"));
    expect(timeless(results("second"))).toEqual(timeless(results("first")));
  });

  test("a linear model, several γ and α, a temperature, and the model of a named loss", async () => {
    const { code } = await focal("train", at("data.csv"), "--target", "verdict", "--hidden", "none", "--gamma", "0,2", "--alpha", "none,.25",
      "--temperature", "--repeats", "1", "--save", "focal γ = 2, α = 0.25", "--out", at("linear"));
    expect(code).toBe(0);
    const model = JSON.parse(readFileSync(join(at("linear"), "model.json"), "utf8")) as { loss: unknown };
    expect(model.loss).toEqual({ name: "focal", parameters: { gamma: 2 }, alpha: 0.25 });
    const { losses } = results("linear");
    // γ = 0 is cross-entropy: fitted to convergence, both find the same minimum.
    const zero = losses.find(({ name }) => name === "focal γ = 0")!.summary, cross = losses[0]!.summary;
    expect(zero.averagePrecision.mean).toBeCloseTo(cross.averagePrecision.mean, 6);
    expect(losses[1]!.summary.averagePrecision.mean).toBeCloseTo(cross.averagePrecision.mean, 6);
  });

  test("another family in focal loss's place, with probabilities by what validation taught", async () => {
    const { code } = await focal("train", at("data.csv"), "--target", "verdict", "--hidden", "none", "--loss", "focalStar,flsd53", "--alpha", "balanced", "--repeats", "1",
      "--save", "flsd53, balanced", "--out", at("family"));
    expect(code).toBe(0);
    const { losses } = results("family");
    expect(losses.map(({ name }) => name).slice(3)).toEqual(["focalStar γ = 2, balanced", "flsd53, balanced"]);
    for (const { summary } of losses.slice(3)) expect(summary.logLoss.mean).toBeLessThan(1.1 * losses[0]!.summary.logLoss.mean); // weighted scores as they are: far above
    const model = JSON.parse(readFileSync(join(at("family"), "model.json"), "utf8")) as { loss: unknown; calibration: { kind: string }[] };
    expect(model.loss).toMatchObject({ name: "flsd53", parameters: { hard: 5, easy: 3, threshold: 0.2 } });
    expect(model.calibration.map(({ kind }) => kind)).toEqual(["posterior", "temperature"]);
    expect((await focal("predict", join(at("family"), "model.onnx"), at("data.csv"), "--out", at("family.csv"))).code).toBe(0);
  });

  test("--json prints the results and nothing else", async () => {
    const { out, err } = await focal("train", at("data.csv"), "--target", "verdict", "--hidden", "none", "--repeats", "1", "--json", "--out", at("json"));
    expect(err).toBe("");
    expect(timeless(JSON.parse(out) as Results)).toEqual(timeless(results("json")));
  });
});

describe("a mistake gives one sentence and exit code 1, and writes nothing", () => {
  test.each([
    [["train", "nowhere.csv", "--target", "y"], /no such file: "nowhere.csv"/],
    [["train", "DATA"], /^focal: train needs --target COLUMN: the column to predict$/],
    [["train", "DATA", "--target", "verdikt"], /no column "verdikt".*did you mean "verdict"/],
    [["train", "DATA", "--target", "verdict", "--gama", "2"], /train has no option --gama; it has --target/],
    [["train", "DATA", "--target", "verdict", "--gamma", "-1"], /gamma must be ≥ 0, got -1/],
    [["train", "DATA", "--target", "verdict", "--gamma", "two"], /gamma must be a number, got "two"/],
    [["train", "DATA", "--target", "verdict", "--gamma", "2,2"], /gamma and alpha must not repeat a value/],
    [["train", "DATA", "--target", "verdict", "--alpha", "3"], /alpha must be in \[0, 1\]/],
    [["train", "DATA", "--target", "verdict", "--hidden", "0"], /hidden must be a whole number ≥ 1, got "0"/],
    [["train", "DATA", "--target", "verdict", "--repeats", "1.5"], /repeats must be a whole number ≥ 1, got "1.5"/],
    [["train"], /^focal: train needs FILE…: CSV, TSV, Parquet or JSON files/],
    [["train", "DATA", "--target", "verdict", "--loss", "hinge"], /loss must be cross-entropy, focal, .*got "hinge"$/],
    [["train", "DATA", "--target", "verdict", "--loss", "focal γ = 2"], /got "focal γ = 2"; which model to save is said by --save$/],
    [["train", "DATA", "--target", "verdict", "--save", "hinge"], /save must be "cross-entropy", .*got "hinge"/],
    [["train", "DATA", "--target", "verdict", "--family", "focal"], /train has no option --family; it has .*--loss/],
    [["train", "DATA", "--target", "verdict", "--drop", "width,<b>colour</b>,row_id", "--out", "OUT"], /no usable column is left/],
    [["train", "FEW", "--target", "y", "--out", "OUT"], /class "b" of "y" has 2 rows in all, expected at least 3/],
    [["train", "DATA", "--target", "verdict", "--out", "/proc/x"], /out must be a folder to write to, but "\/proc\/x" cannot be: none can be made there$/],
    [["train", "DATA", "--target", "verdict", "--out", "/dev/null/x/y"], /out cannot be made: "\/dev\/null\/x\/y" lies in "\/dev\/null", which is a file/],
    [["train", "DATA", "--target", "verdict", "--positive", "maybe"], /no class "maybe"/],
    [["train", "DATA", "--target", "width"], /width/],
    [["train", "DATA", "--target", "verdict", "--resume", "--out", "OUT"], /nothing to resume: there is no/],
    [["train", "DATA", "--target", "verdict", "--out", "DATA"], /out must be a folder, but ".*data.csv" is a file/],
    [["predict", "nowhere.onnx", "DATA", "--out", "DATA"], /out would overwrite ".*data.csv", which is being read/],
    [["predict", "nowhere.onnx", "DATA", "--out", "nowhere/scored.csv"], /out is in a folder that does not exist: "nowhere"/],
    [["predict", "nowhere.onnx", "DATA", "--out", "/dev/null/scored.csv"], /out must be in a folder, but "\/dev\/null" is none/],
    [["plot", "--out", "/dev/null/figure.svg"], /cannot write "\/dev\/null\/figure.svg": part of its path is a file/],
    [["plot", "extra"], /plot takes no argument "extra"/],
    [["predict", "nowhere.onnx", "DATA"], /nowhere.onnx/],
    [["predict", "DATA", "DATA"], /model/],
    [["predict"], /^focal: predict needs MODEL: model\.onnx or model\.json that focal train wrote$/],
    [["plot", "--gamma", "a"], /gamma/],
    [["render", "hinge"], /loss must be .*focal, .*got "hinge"/],
    [["render", "focal", "--to", "cobol"], /to must be tex, .*, got "cobol"/],
    [["dance"], /no command "dance"; there are train, tune, predict/],
  ])("focal %j", async (args, sentence) => {
    // Whoever has run the program here has a folder of its results: it must stay as it is, and none come where there is none.
    const results = (): string[] | undefined => (existsSync("focal-output") ? readdirSync("focal-output").sort() : undefined);
    const before = results();
    const { code, err } = await focal(...args.map((arg) => (arg === "DATA" ? at("data.csv") : arg === "OUT" ? join(at("mistake"), "deeper") : arg === "FEW" ? at("few.csv") : arg)));
    expect(code).toBe(1);
    expect(err).toMatch(sentence);
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(results()).toEqual(before);
    expect(existsSync(at("mistake"))).toBe(false);
  });
});

describe("an interrupted run", () => {
  const args = (out: string): string[] => ["train", at("data.csv"), "--target", "verdict", "--hidden", "16", "--epochs", "150", "--repeats", "1", "--out", at(out)];

  const stop = (out: string, signal: NodeJS.Signals) => interrupt(args(out), join(at(out), "checkpoint"), signal);

  test("by Ctrl-C leaves a checkpoint, says so, and ends after --resume with the same numbers as an uninterrupted one", async () => {
    const { code, err } = await stop("stopped", "SIGINT");
    expect(code).toBe(130);
    expect(err).toContain("--resume");
    expect(readdirSync(at("stopped"))).toEqual(["checkpoint"]);
    expect((await focal(...args("stopped"), "--resume")).code).toBe(0);
    expect((await focal(...args("whole"))).code).toBe(0);
    expect(timeless(results("stopped"))).toEqual(timeless(results("whole")));
    expect(readdirSync(at("stopped"))).not.toContain("checkpoint");
  });

  test("by kill -9 too", async () => {
    await stop("killed", "SIGKILL");
    expect((await focal(...args("killed"), "--resume")).code).toBe(0);
    expect(timeless(results("killed"))).toEqual(timeless(results("whole")));
  });

  test("is set aside with a word by a new run without --resume, and may be resumed with fewer repeats", async () => {
    const linear = ["train", at("data.csv"), "--target", "verdict", "--hidden", "none", "--out", at("fewer")];
    const dataset = await loadDataset({ files: [at("data.csv")], target: "verdict" });
    const candidates = candidatesFor([2], ["none"], 2);
    const plan: Plan = { candidates, divisions: 3, divide: (index) => splitRows(dataset, index), describe: String, hidden: [], seed: 0, temperature: false, epochs: undefined, jobs: 1, details: true };
    const state = emptyState();
    await compare(dataset, plan, state, { signal: new AbortController().signal, onProgress() {}, onState() {} });
    mkdirSync(at("fewer"));
    const checkpoint = checkpointFile<State>(join(at("fewer"), "checkpoint"), "train", fingerprint(dataset, [candidates.map(({ name }) => name), [], 0, undefined, false]));
    checkpoint.save(state);
    expect(await focal(...linear, "--resume", "--repeats", "2")).toMatchObject({ code: 0, err: "" });
    expect(results("fewer").protocol).toMatchObject({ repeats: 2, configurations: 8 });
    for (const { runs } of results("fewer").losses) expect(runs).toHaveLength(2);
    const resumed = timeless(results("fewer"));

    checkpoint.save(state);
    const anew = await focal(...linear, "--repeats", "2");
    expect(anew.err).toBe(`note: an earlier run was not finished; its checkpoint is kept as ${join(at("fewer"), "checkpoint.old")}, and this run starts anew (--resume would go on with it)`);
    expect(readdirSync(at("fewer"))).toContain("checkpoint.old");
    expect(timeless(results("fewer"))).toEqual(resumed);
  });

  test("whose checkpoint was torn, or belongs to other settings, is refused with a sentence", async () => {
    await stop("torn", "SIGKILL");
    const other = await focal(...args("torn"), "--resume", "--seed", "1");
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("belongs to other data or settings") as string });
    truncateSync(join(at("torn"), "checkpoint"), 100);
    expect(await focal(...args("torn"), "--resume")).toMatchObject({ code: 1, err: expect.stringContaining("no readable checkpoint") as string });
  });
});

describe("help", () => {
  test.each([[], ["--help"], ["train", "--help"], ["plot", "-h"]])("%j has no colour codes where the output is no terminal or NO_COLOR is set, whatever its value", async (...args) => {
    for (const color of ["", "1", "yes"]) {
      vi.stubEnv("NO_COLOR", color).stubEnv("FORCE_COLOR", undefined).stubEnv("TEST", undefined).stubEnv("CI", undefined);
      const { code, out } = await focal(...args);
      vi.unstubAllEnvs();
      expect(code).toBe(0);
      expect(out).toContain("focal");
      expect(out).not.toContain("\u001b");
    }
  });
});
