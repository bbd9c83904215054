import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { crossEntropy, focal } from "focal-loss";
import { diagnose } from "focal-loss/evaluate";
import { randomNumbers } from "focal-loss/train";
import { parseHTML } from "linkedom";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Explanation } from "../src/explanation.ts";
import { run } from "../src/main.ts";
import { scoreColumns, writeColumns } from "../src/model/index.ts";
import { renderExplanationSummary } from "../src/terminal/explanation.ts";
import { file, pathOf } from "./data-files.ts";

const out = pathOf("explain.html");
afterEach(() => rmSync(out, { force: true }));

/** Runs `focal explain` in this process. */
async function explain(...args: string[]): Promise<{ code: number; said: string; err: string }> {
  const said: string[] = [], err: string[] = [];
  const spies = [
    vi.spyOn(console, "log").mockImplementation((text: unknown) => void said.push(String(text))),
    vi.spyOn(console, "error").mockImplementation((text: unknown) => void err.push(String(text))),
  ];
  try {
    return { code: await run(["explain", ...args, "--out", out]), said: said.join("\n"), err: err.join("\n") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

async function explained(...args: string[]): Promise<Explanation> {
  const { code, said, err } = await explain(...args, "--json");
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(said) as Explanation;
}

const csv = (name: string, header: string, rows: readonly (readonly unknown[])[]): string => file(name, `${[header, ...rows.map((row) => row.join(","))].join("\n")}\n`);
const sigma = (x: number): number => 1 / (1 + Math.exp(-x));

/** 1 : 19, positives a little higher. */
const random = randomNumbers(6);
const truth = Array.from({ length: 2000 }, (_, i) => (i % 20 === 0 ? 1 : 0));
const logits = truth.map((t) => 3 * (random() + random()) - 6 + 3 * t);
const binary = csv("binary.csv", "fraud,score", truth.map((t, i) => [t === 1 ? "yes" : "no", logits[i]]));

describe("what is read", () => {
  test("one column of logits: the numbers are those of diagnose, for the loss that was asked for", async () => {
    const { diagnosis, losses, source, classes, notes } = await explained(binary, "--target", "fraud", "--gamma", "3", "--alpha", ".4");
    const expected = diagnose(logits, truth, focal({ gamma: 3, alpha: 0.4 }), { names: ["no", "yes"], against: [crossEntropy(), ...[0.5, 1, 2, 5].map((gamma) => focal({ gamma }))] });
    expect(diagnosis).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(losses).toEqual(["focal γ = 3, α = 0.4", "cross-entropy", "focal γ = 0.5", "focal γ = 1", "focal γ = 2", "focal γ = 5"]);
    expect(source).toEqual({ files: [binary], target: "fraud", scores: ["score"], from: "logits" });
    expect(classes).toEqual(["no", "yes"]);
    expect(notes).toEqual(["Some scores lie outside [0, 1], so scores were read as logits."]);
  });

  test("probabilities say the same as the logits they come from (1e-9), as one column or as one per class", async () => {
    const one = csv("probabilities.csv", "fraud,p", truth.map((t, i) => [t, sigma(logits[i]!)]));
    const two = csv("both.csv", "fraud,p_0,p_1", truth.map((t, i) => [t, sigma(-logits[i]!), sigma(logits[i]!)]));
    const fromLogits = await explained(binary, "--target", "fraud"), fromOne = await explained(one, "--target", "fraud");
    const fromTwo = await explained(two, "--target", "fraud", "--scores", "p_0,p_1");
    for (const { diagnosis, source } of [fromOne, fromTwo]) {
      expect(source.from).toBe("probabilities");
      diagnosis.losses.forEach((profile, l) => profile.classes.forEach((k, at) => expect(k.gradient).toBeCloseTo(fromLogits.diagnosis.losses[l]!.classes[at]!.gradient, 9)));
    }
    expect(fromOne.notes).toEqual(["Every score lies in [0, 1], so scores were read as probabilities (--from logits if they are not)."]);
  });

  test("percentages are known by their range, say the same as probabilities (1e-9), and a note says so", async () => {
    const one = csv("percent-one.csv", "fraud,p", truth.map((t, i) => [t, 100 * sigma(logits[i]! + 3)]));
    const two = csv("percent-two.csv", "fraud,p_0,p_1", truth.map((t, i) => [t, 100 * sigma(-logits[i]! - 3), 100 * sigma(logits[i]! + 3)]));
    const expected = diagnose(logits.map((x) => x + 3), truth, focal({ gamma: 2 })).losses[0]!;
    for (const args of [[one], [two, "--scores", "p_0,p_1"], [one, "--from", "percentages"]]) {
      const { diagnosis, source, notes } = await explained(...args, "--target", "fraud");
      expect(source.from).toBe("percentages");
      diagnosis.losses[0]!.classes.forEach((k, at) => expect(k.gradient).toBeCloseTo(expected.classes[at]!.gradient, 9));
      expect(notes).toEqual(args.includes("--from") ? [] : ["Scores lie between 0 and 100, as no logits do, so they were read as percentages (--from logits if they are not)."]);
    }
    expect((await explained(one, "--target", "fraud", "--from", "logits")).source.from).toBe("logits");
  });

  test("a column is of the class it is named after, else of --positive, else of the rarer", async () => {
    const inverted = csv("inverted.csv", "fraud,p_no", truth.map((t, i) => [t === 1 ? "yes" : "no", sigma(-logits[i]!)]));
    expect((await explained(inverted, "--target", "fraud")).classes).toEqual(["yes", "no"]);
    expect((await explained(binary, "--target", "fraud", "--positive", "no")).classes).toEqual(["yes", "no"]);
    expect((await explain(inverted, "--target", "fraud", "--positive", "yes")).err).toContain('column "p_no" is named after class "no", but --positive says "yes"');
  });

  const labels = Array.from({ length: 300 }, (_, i) => ["rock", "paper", "scissors"][i % 10 === 0 ? 2 : i % 3 === 0 ? 1 : 0]!);
  const scores = labels.map((label) => ["rock", "paper", "scissors", "well"].map((name) => 2 * random() + (name === label ? 1.5 : 0)));
  const several = csv("several.csv", "hand,z_rock,z_paper,z_scissors,z_well", labels.map((label, i) => [label, ...scores[i]!]));

  test("a column per class, a class without a row included: all of them compete", async () => {
    const { classes, diagnosis } = await explained(several, "--target", "hand", "--scores", "z_rock,z_paper,z_scissors,z_well");
    expect(classes).toEqual(["rock", "paper", "scissors", "well"]);
    const expected = diagnose(scores.flat(), labels.map((label) => classes.indexOf(label)), focal({ gamma: 2 }), { head: "softmax", classes: 4, names: classes });
    expect(diagnosis.losses[0]).toEqual(JSON.parse(JSON.stringify(expected.losses[0])));
  });

  test("--positive sets one class against the others together: log p − log(1 − p) of their softmax (1e-9)", async () => {
    const { classes, diagnosis } = await explained(several, "--target", "hand", "--scores", "z_rock,z_paper,z_scissors,z_well", "--positive", "paper");
    expect(classes).toEqual(["not paper", "paper"]);
    const x = scores.map(([rock, paper, scissors, well]) => paper! - Math.log(Math.exp(rock!) + Math.exp(scissors!) + Math.exp(well!)));
    const expected = diagnose(x, labels.map((label) => Number(label === "paper")), focal({ gamma: 2 }));
    diagnosis.losses[0]!.classes.forEach((k, at) => expect(k.gradient).toBeCloseTo(expected.losses[0]!.classes[at]!.gradient, 9));
  });

  test("rows without a label are left out, and exact zeros and ones taken as the nearest number; both are noted", async () => {
    const gaps = csv("gaps.csv", "y,p", [["a", 0], ["b", 1], ["", 0.5], ["b", 0.25], ["a", 0.5], ["NA", 0.1]]);
    const { diagnosis, notes } = await explained(gaps, "--target", "y");
    expect(diagnosis.examples).toBe(4);
    expect(notes.slice(0, 2)).toEqual(["2 scores are exactly 0 or 1 and taken as the nearest number between.", "2 rows are left out: the target is missing there."]);
  });
});

describe("files that this program wrote", () => {
  const columns = (split: boolean) => {
    const raw = logits.flatMap((x) => [sigma(-x), sigma(x)]), probabilities = logits.flatMap((x) => [sigma(-x / 2), sigma(x / 2)]);
    return scoreColumns(["no", "yes"], {
      rows: truth.map((_, i) => i), labels: truth, raw, probabilities, predicted: truth, predictedArgmax: truth, ...(split && { split: (i: number) => (i < 1000 ? "train" : i < 1200 ? "validation" : "test") }),
    });
  };

  test.each(["parquet", "csv", "json"])("need no options (.%s): the network's own scores of the training part, reliability on the test part", async (format) => {
    const path = pathOf(`own.${format}`);
    await writeColumns(path, truth.length, columns(true));
    const { source, diagnosis, reliability, notes, classes } = await explained(path);
    expect(source).toEqual({ files: [path], target: "label", scores: ["raw_no", "raw_yes"], from: "probabilities", part: "train" });
    expect([classes, notes]).toEqual([["no", "yes"], []]);
    const expected = diagnose(logits.slice(0, 1000), truth.slice(0, 1000), focal({ gamma: 2 }));
    expect(diagnosis.losses[0]!.classes[1]!.gradient).toBeCloseTo(expected.losses[0]!.classes[1]!.gradient, 9);
    expect([reliability.part, reliability.rows, reliability.curves.map(({ scores }) => scores)]).toEqual(["test", 800, ["raw", "recovered"]]);
  });

  test("--part chooses other rows; without a split column all rows are explained", async () => {
    const path = pathOf("parts.parquet"), whole = pathOf("whole.parquet");
    await writeColumns(path, truth.length, columns(true));
    await writeColumns(whole, truth.length, columns(false));
    expect((await explained(path, "--part", "validation")).diagnosis.examples).toBe(200);
    expect((await explained(path, "--part", "all")).diagnosis.examples).toBe(2000);
    expect((await explained(path, "--scores", "p_no,p_yes")).source).toMatchObject({ target: "label", scores: ["p_no", "p_yes"], part: "train" });
    const { diagnosis, source } = await explained(whole);
    expect([diagnosis.examples, source.part]).toEqual([2000, undefined]);
    expect((await explain(whole, "--part", "test")).err).toContain('has no column "split" that tells parts, expected one for --part test');
  });
});

describe("what is said", () => {
  const drowned = csv("drowned.csv", "y,p", [...Array.from({ length: 50 }, () => [1, 0.02]), ...Array.from({ length: 5000 }, () => [0, 0.02])]);

  test("the summary names shares, effective examples and the suggestion with its reason, within the width", async () => {
    const { said } = await explain(drowned, "--target", "y");
    expect(said).toContain("Share of the gradient by class");
    expect(said).toMatch(/0\.99 to 0\.999 +0 +0 % +0 %/);
    expect(said).toMatch(/0\.9 to 0\.99 +5.000 +67 % /);
    expect(said).toContain("Suggested: focal loss with γ = 1 and α = 0.25.");
    expect(said.replace(/\s+/g, " ")).toMatch(/Of 5 050 rows the gradient listens to about \d[\d ]* under cross-entropy and to about \d[\d ]* under focal γ = 2\. /);
    expect(said).toContain(`Report: ${out}`);
    const explanation = await explained(drowned, "--target", "y");
    for (const columns of [40, 60, 100]) {
      for (const line of renderExplanationSummary(explanation, { columns }).split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
    }
  });

  test("cross-entropy itself can be explained, and other losses of one margin", async () => {
    const { losses, diagnosis } = await explained(drowned, "--target", "y", "--loss", "cross-entropy");
    expect((await explained(drowned, "--target", "y", "--loss", "crossEntropy")).losses).toEqual(losses);
    expect(losses).toEqual(["cross-entropy", "focal γ = 0.5", "focal γ = 1", "focal γ = 2", "focal γ = 5"]);
    // Gradients of 1 − p_t: 50 · 0.98 and 5000 · 0.02.
    expect(diagnosis.losses[0]!.classes[1]!.gradient).toBeCloseTo(49 / 149, 9);
    expect((await explained(drowned, "--target", "y", "--loss", "inverseFocal", "--gamma", "1")).losses[0]).toBe("inverseFocal γ = 1");
  });

  test("the report is one self-contained page with every figure, and escapes what comes from the data", async () => {
    const hostile = csv("hostile.csv", '"<b>target</b>","<script>s</script>"', truth.map((t, i) => [t === 1 ? "<img src=x>" : "no & yes", logits[i]]));
    expect((await explain(hostile, "--target", "<b>target</b>")).code).toBe(0);
    const page = readFileSync(out, "utf8");
    for (const piece of ["<script", "<img", "<b>target", "http:", "url("]) expect(page.replaceAll("http://www.w3.org/", "")).not.toContain(piece);
    const { document } = parseHTML(page);
    expect([...document.querySelectorAll("section")].map((section) => section.id)).toEqual(["reasons", "cumulative", "gradient", "losses", "saturation", "reliability", "reproduce"]);
    expect(document.querySelectorAll("section#cumulative svg.plot")).toHaveLength(2);
    expect(document.querySelectorAll("section#gradient svg.plot")).toHaveLength(2);
    expect(document.querySelectorAll("section#reliability svg.plot")).toHaveLength(1);
    for (const svg of document.querySelectorAll("svg.plot")) expect(svg.querySelector("desc")!.textContent).toMatch(/\d/);
    // Five curves and the diagonal.
    expect(document.querySelector("section#cumulative svg.plot")!.querySelectorAll("path[fill=none], g[fill=none] path").length).toBeGreaterThanOrEqual(6);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("mistakes are one sentence with exit code 1, and leave nothing written", () => {
  const files: Readonly<Record<string, string>> = {
    BINARY: binary,
    TEXT: csv("text.csv", "y,p", [["a", "high"], ["b", "low"]]),
    RANGE: csv("range.csv", "y,p", [["a", 0.2], ["b", 1.7]]),
    GAP: csv("gap.csv", "y,p", [["a", 0.2], ["b", ""], ["b", 0.3]]),
    NAN: csv("nan.csv", "y,p", [["a", 0.2], ["b", "NaN"], ["b", 0.3]]),
    ONE: csv("one.csv", "y,p", [["a", 0.2], ["a", 0.3]]),
    TWO: csv("two.csv", "y,p,q", [["a", 0.2, 0.3], ["b", 0.3, 0.1]]),
    MANY: csv("many.csv", "y,p", [["a", 0.2], ["b", 0.3], ["c", 0.3]]),
    SUM: csv("sum.csv", "y,p_a,p_b", [["a", 0.2, 0.8], ["b", 0.9, 0.9]]),
    PERCENT: csv("percent.csv", "y,p", [["a", 20], ["b", 120]]),
    SMALL: csv("small.csv", "y,p", [["a", 2], ["b", 9]]),
    EMPTY: file("empty.csv", ""),
    HEADER: csv("header.csv", "y,p", []),
    OWN: csv("unlabelled.csv", "row,predicted,p_a,p_b,raw_a,raw_b", [[1, "a", 0.7, 0.3, 0.6, 0.4]]),
    PARTS: csv("onlytrain.csv", "split,label,raw_a,raw_b", [["train", "a", 0.6, 0.4], ["train", "a", 0.6, 0.4], ["test", "b", 0.3, 0.7]]),
  };
  test.each<[string[], RegExp]>([
    [["BINARY"], /name the column of true classes with --target: there are "fraud", "score"/],
    [["BINARY", "--target", "fraude"], /no column "fraude" in .*binary\.csv \(target\): did you mean "fraud"\?/],
    [["BINARY", "--target", "fraud", "--scores", "scor"], /no column "scor" in .* \(scores\): did you mean "score"\?/],
    [["BINARY", "--target", "fraud", "--from", "probabilities"], /score "score" is .* in row \d+, expected a probability in \[0, 1\]; if scores are logits, pass --from logits/],
    [["BINARY", "--target", "fraud", "--positive", "maybe"], /no class "maybe" in target "fraud": there are "yes", "no"/],
    [["BINARY", "--target", "fraud", "--loss", "hinge"], /loss must be cross-entropy, focal, .*, got "hinge"/],
    [["BINARY", "--target", "fraud", "--loss", "cross-entropy", "--gamma", "2"], /cross-entropy has no gamma/],
    [["BINARY", "--target", "fraud", "--gamma", "-1"], /gamma must be ≥ 0, got -1/],
    [["BINARY", "--target", "fraud", "--alpha", "2"], /alpha must be in \[0, 1\]/],
    [["BINARY", "--target", "fraud", "--alpha", "1,2,3"], /alpha must have 2 values/],
    [["BINARY", "--target", "fraud", "--from", "odds"], /from must be logits, probabilities, percentages, auto, got "odds"/],
    [["BINARY", "--target", "fraud", "--part", "half"], /part must be train, validation, test, all, got "half"/],
    [["BINARY", "--target", "fraud", "--gama", "2"], /explain has no option --gama/],
    [["TEXT", "--target", "y", "--scores", "p"], /scores "p" of .*text\.csv are text, expected numbers/],
    [["TEXT", "--target", "y"], /text\.csv has no column of numbers beside the target "y", expected scores/],
    [["RANGE", "--target", "y", "--from", "probabilities"], /score "p" is 1\.7 in row 2, expected a probability/],
    [["GAP", "--target", "y"], /score "p" is missing or not finite in row 2/],
    [["NAN", "--target", "y"], /score "p" is missing or not finite in row 2/],
    [["ONE", "--target", "y"], /target "y" has one class only \("a"\), nothing to tell apart/],
    [["TWO", "--target", "y"], /name the columns of scores with --scores, one of the positive class or one per class: there are "p", "q"/],
    [["TWO", "--target", "y", "--scores", "p,q"], /class "a" of target "y" has no score column: expected one of "p", "q" to be named after it/],
    [["MANY", "--target", "y"], /one column of scores tells two classes apart, but target "y" has 3/],
    [["SUM", "--target", "y", "--scores", "p_a,p_b"], /the probabilities "p_a", "p_b" of row 2 sum to 1\.8, expected 1/],
    [["EMPTY", "--target", "y"], /empty\.csv" is empty/],
    [["HEADER", "--target", "y"], /header\.csv has no rows/],
    [["OWN"], /name the column of true classes with --target/],
    [["PARTS"], /every row of the part "train" has the label "a", nothing to tell apart/],
    [["PARTS", "--part", "validation"], /onlytrain\.csv has no rows of the part "validation"/],
    [["nowhere.csv", "--target", "y"], /no such file: "nowhere\.csv"/],
    [[], /^focal: explain needs FILE…: CSV, TSV, Parquet/],
    [["PERCENT", "--target", "y", "--from", "percentages"], /score "p" is 120 in row 2, expected a percentage in \[0, 100\]/],
    [["PERCENT", "--target", "y"], /scores "p" lie between 20 and 120, none below 0 and most above 1, which neither probabilities nor logits usually do: say what they are with --from logits or --from percentages/],
    [["SMALL", "--target", "y"], /scores "p" lie between 2 and 9, none below 0/],
  ])("focal explain %j", async (args, sentence) => {
    const before = readdirSync(pathOf(""));
    const { code, said, err } = await explain(...args.map((arg) => files[arg] ?? arg));
    expect(err).toMatch(sentence);
    expect([code, said, err.trim().split("\n")]).toEqual([1, "", [err.trim()]]);
    expect(readdirSync(pathOf(""))).toEqual(before);
  });

  test.each([[["--out", "explain.pdf"], /out must end in \.html, got "explain\.pdf"/], [["--out", "no/where.html"], /out is in a folder that does not exist: "no"/]])("focal explain … %j", async (args, sentence) => {
    const spy = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      expect(await run(["explain", binary, "--target", "fraud", ...args])).toBe(1);
      expect(spy.mock.calls.join("\n")).toMatch(sentence);
    } finally {
      spy.mockRestore();
    }
    expect(existsSync("explain.pdf")).toBe(false);
  });
});
