import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyWidths } from "focal-loss/detect";
import { randomNumbers } from "focal-loss/train";
import sharp from "sharp";
import { chooseAnchors } from "../src/detection/anchors.ts";
import { compare, emptyState, type Plan, type State } from "../src/detection/compare.ts";
import { recipeOf } from "../src/detection/losses.ts";
import type { DetectResults, Run } from "../src/detection/results.ts";
import { openSource } from "../src/detection/source.ts";
import { focal } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "focal detect command "));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => join(folder, ...names);
const quick = ["--network", "tiny", "--batch", "2"];

/** Pictures of 90 × 60 pixels with coloured squares, and a class of a hostile name; one shows nothing. */
beforeAll(async () => {
  const random = randomNumbers(3);
  mkdirSync(at("voc"));
  for (let n = 0; n < 10; n++) {
    const squares = n === 9 ? [] : [0, 1, 2].map((k) => ({ left: 2 + 30 * k + Math.floor(8 * random()), top: Math.floor(36 * random()), side: 14 + Math.floor(6 * random()), bright: random() < 0.5 }));
    const whole = sharp({ create: { width: 90, height: 60, channels: 3, background: "#678" } })
      .composite(squares.map(({ left, top, side, bright }) => ({ left, top, input: { create: { width: side, height: side, channels: 3, background: bright ? "#fe8" : "#200" } } })));
    await whole.jpeg().toFile(at("voc", `picture ${n}.jpg`));
    writeFileSync(at("voc", `picture ${n}.xml`), `<annotation><filename>picture ${n}.jpg</filename>${squares.map(({ left, top, side, bright }) =>
      `<object><name>${bright ? "bright" : "&lt;script&gt;dark"}</name><bndbox><xmin>${left + 1}</xmin><ymin>${top + 1}</ymin><xmax>${left + side}</xmax><ymax>${top + side}</ymax></bndbox></object>`).join("")}</annotation>`);
  }
});

describe("focal detect", () => {
  test("train writes a model, ONNX, metrics and a report that escapes names, and says what it chose", async () => {
    const { code, out, err } = await focal("detect", "train", at("voc"), ...quick, "--epochs", "2", "--size", "96", "--out", at("out"));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(readdirSync(at("out")).sort()).toEqual(["metrics.json", "model.focal", "model.onnx", "report.html"]);
    expect(out).toContain("k-means");
    expect(out).toContain("long side of 96 pixels");
    const { data, anchors, losses, training } = JSON.parse(readFileSync(at("out", "metrics.json"), "utf8")) as DetectResults;
    expect(data.classes.map(({ name }) => name)).toEqual(["<script>dark", "bright"]);
    expect({ ...data.pictures, width: data.width, height: data.height, steps: training.steps }).toEqual({ train: 7, test: 3, width: 96, height: 64, steps: 7 });
    expect(anchors.count).toBe(anchors.levels.reduce((sum, { stride, sizes }) => sum + (96 / stride) * (64 / stride) * sizes.length, 0));
    expect(anchors.positives + anchors.ignored + anchors.background).toBeCloseTo(anchors.count, 6);
    expect(losses.map(({ recipe }) => recipe.name)).toEqual(["focal γ = 2, α = 0.25"]);
    const report = readFileSync(at("out", "report.html"), "utf8");
    expect(report).not.toContain("<script");
    expect(report).toContain("data:image/jpeg;base64,");
    expect(report).toContain("img-src data:");
  });

  test("predict draws every picture, enlarged where it is small, and writes boxes in its own pixels", async () => {
    writeFileSync(at("grey.png"), await sharp({ create: { width: 200, height: 700, channels: 3, background: "#888" } }).toColourspace("b-w").png().toBuffer());
    const { code, out } = await focal("detect", "predict", at("out", "model.focal"), at("voc", "picture 1.jpg"), at("grey.png"), "--threshold", "0", "--limit", "3", "--out", at("found"), "--json");
    expect(code).toBe(0);
    const seen = JSON.parse(out) as { file: string; drawing: string; width: number; height: number; objects: { class: string; score: number; box: number[] }[] }[];
    expect(seen.map(({ width, height, objects }) => [width, height, objects.length])).toEqual([[90, 60, 3], [200, 700, 3]]);
    for (const { width, height, objects } of seen) for (const { box: [x0, y0, x1, y1], score, class: name } of objects) {
      expect(x0! >= 0 && y0! >= 0 && x1! <= width && y1! <= height && x0! < x1! && y0! < y1!).toBe(true);
      expect(score).toBeGreaterThan(0);
      expect(["<script>dark", "bright"]).toContain(name);
    }
    expect(JSON.parse(readFileSync(at("found", "detections.json"), "utf8"))).toEqual(seen);
    const drawn = await Promise.all(seen.map(({ drawing }) => sharp(drawing).metadata()));
    expect(drawn.map(({ width, height, format }) => [width, height, format])).toEqual([[720, 480, "png"], [200, 700, "png"]]);
  });

  test("evaluate gives COCO's numbers", async () => {
    const { code, out } = await focal("detect", "evaluate", at("out", "model.focal"), at("voc"), "--json");
    expect(code).toBe(0);
    const { pictures, metrics, perClass } = JSON.parse(out) as { pictures: number; metrics: Record<string, number | null>; perClass: { name: string; truths: number }[] };
    expect(pictures).toBe(10);
    expect(perClass.reduce((sum, { truths }) => sum + truths, 0)).toBe(27);
    expect(metrics["ap50"]).toBeGreaterThanOrEqual(metrics["ap"]!);
    expect(metrics["large"]).toBeNull(); // there are none
  });

  test("predict takes a folder for the pictures in it, and says which folder holds none", async () => {
    const { out } = await focal("detect", "predict", at("out", "model.focal"), at("voc"), "--limit", "1", "--out", at("all"), "--json");
    expect((JSON.parse(out) as unknown[]).length).toBe(10);
    writeFileSync(at("bad.jpg"), "no picture");
    const some = await focal("detect", "predict", at("out", "model.focal"), at("bad.jpg"), at("voc", "picture 1.jpg"), "--out", at("some"));
    expect({ code: some.code, files: readdirSync(at("some")) }).toEqual({ code: 0, files: ["detections.json", "picture 1.png"] });
    expect(some.err).toBe(`note: cannot read the picture "${at("bad.jpg")}": it is no picture, or of an unknown format: left out`);
    expect(await focal("detect", "predict", at("out", "model.focal"), at("bad.jpg"), "--out", at("none"))).toMatchObject({ code: 1, out: "" });
    expect(existsSync(at("none"))).toBe(false);
    mkdirSync(at("bare"));
    expect((await focal("detect", "predict", at("out", "model.focal"), at("bare"), "--out", at("none"))).err).toContain("holds no pictures");
  });

  test("evaluate judges what train held out of the bundled data; a model of other classes is told so", async () => {
    const { code, err } = await focal("detect", "evaluate", at("out", "model.focal"), "craters");
    expect(code).toBe(1);
    expect(err).toBe('focal: the model finds "<script>dark", "bright", but "craters" has boxes of "crater"');
    const trained = await focal("detect", "train", "craters", ...quick, "--steps", "2", "--box-loss", "giou", "--out", at("moon"), "--json");
    const { losses, data } = JSON.parse(trained.out) as DetectResults;
    expect(losses[0]!.recipe).toMatchObject({ name: "focal γ = 2, α = 0.25, GIoU", boxLoss: "giou" });
    const judged = JSON.parse((await focal("detect", "evaluate", at("moon", "model.focal"), "craters", "--json")).out) as { pictures: number; metrics: Record<string, number> };
    expect(judged.pictures).toBe(data.pictures.test);
    expect(judged.metrics["ap50"]).toBe(losses[0]!.runs[0]!.metrics.ap50);
  });

  test("compare trains the rivals side by side, and with one repeat says that nothing can be told", async () => {
    const { code, out } = await focal("detect", "compare", at("voc"), ...quick, "--gamma", "2", "--steps", "2", "--repeats", "1", "--size", "96", "--out", at("rivals"));
    expect(code).toBe(0);
    const { losses, headline, examples } = JSON.parse(readFileSync(at("rivals", "metrics.json"), "utf8")) as DetectResults;
    expect(losses.map(({ recipe }) => recipe.name)).toEqual([
      "cross-entropy", "cross-entropy, bias 0", "α-balanced cross-entropy α = 0.75", "focal γ = 2, α = 0.25", "OHEM 1 : 3", "cross-entropy, box weight 10",
    ]);
    expect(headline).toBe("One repeat cannot tell losses apart.");
    expect(out).toContain(headline);
    expect(examples.length).toBeGreaterThan(0);
    // At bias 0 every anchor is half an object: next to no background is easy, but the loss begins much higher.
    expect(losses[1]!.runs[0]!.history[0]!.classLoss).toBeGreaterThan(5 * losses[0]!.runs[0]!.history[0]!.classLoss);
  });

  test("anchors do not depend on held-out boxes", async () => {
    const source = await openSource(at("voc"), { size: 96 });
    const divisions = [0, 1, 2].map((index) => source.divide(index));
    expect(divisions[0]!.levels).toEqual(source.levels);
    for (const { train, levels } of divisions) expect(levels).toEqual(chooseAnchors(train).levels);
    expect(divisions[1]!.levels).not.toEqual(divisions[0]!.levels);
  });

  test("a comparison that is stopped after a run goes on with the next, and ends with the same numbers", async () => {
    const source = await openSource(at("voc"), { size: 96 });
    const { classes, channels, width, height, levels } = source;
    const plan: Plan = { spec: { classes, channels, width, height, levels, widths: tinyWidths }, recipes: [recipeOf("ce"), recipeOf("focal")], repeats: 1, steps: 3, batch: 2, learningRate: undefined, seed: 1, jobs: 1 };
    const watch = (onState: () => void, signal = new AbortController().signal) => ({ signal, onProgress() {}, onState });
    const timeless = (runs: readonly (readonly Run[])[]): unknown => JSON.parse(JSON.stringify(runs, (key, value: unknown) => (key === "seconds" ? 0 : value)));
    const whole = await compare(source, plan, emptyState(), watch(() => {}));
    const stopping = new AbortController(), state: State = emptyState();
    const stopped = compare(source, plan, state, watch(() => { if (state.runs[0]?.[0]) stopping.abort(new Error("stopped")); }, stopping.signal));
    await expect(stopped).rejects.toThrow("stopped");
    expect(state.runs[0]![0]).toBeDefined();
    expect(state.runs[0]![1]).toBeUndefined();
    expect(timeless(await compare(source, plan, structuredClone(state), watch(() => {})))).toEqual(timeless(whole));
  });

  test.each([
    [["detect", "sit"], 'no command "detect sit"; there are train, predict, evaluate, compare'],
    [["detect", "train"], "detect train needs DIR|FILE|craters|digits"],
    [["detect", "train", "nowhere"], 'there is no "nowhere"'],
    [["detect", "train", "craters", "--colour", "red"], "detect train has no option --colour"],
    [["detect", "train", "craters", "--loss", "hinge"], "loss must be focal, ce, balanced, ohem"],
    [["detect", "train", "craters", "--loss", "ce", "--gamma", "2"], "ce has no gamma, got 2"],
    [["detect", "train", "craters", "--box-loss", "l2"], 'box-loss must be smoothL1, giou, got "l2"'],
    [["detect", "train", "craters", "--size", "256"], "size is for data of your own"],
    [["detect", "train", "craters", "--steps", "9", "--epochs", "9"], "either steps or epochs"],
    [["detect", "predict", "nothing.focal", "a.jpg"], 'no such model file: "nothing.focal"'],
    [["detect", "train", "craters", "--resume", "--out", join(folder, "new")], "nothing to resume"],
  ])("%j: one sentence", async (args, words) => {
    const { code, err } = await focal(...args);
    expect(code).toBe(1);
    expect(err).toContain(words);
    expect(err).not.toContain("\n");
    expect(existsSync(at("new"))).toBe(false);
  });
});
