/** The section "Your data" in a real browser. */
import { bestThreshold, diagnose } from "focal-loss/evaluate";
import { crossEntropy } from "focal-loss";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compare } from "../src/sections/data/compare.ts";
import { readCsv } from "../src/sections/data/csv/read.ts";
import { exampleFile } from "../src/sections/data/examples.ts";
import { readScores } from "../src/sections/data/scores.ts";
import { Spender } from "../src/sections/data/spend.ts";
import { browserOrWarning, openLab, reading } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();
const quiet = { progress: (): void => undefined, pause: async (): Promise<void> => undefined };

describe.skipIf(executable === undefined)("your data", () => {
  let lab: Lab, folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lab-data-"));
    lab = await openLab(executable!);
  }, 150_000);
  afterAll(async () => {
    await lab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const section = (page: Page) => page.locator('[data-section="data"]');
  const upload = (page: Page, content: string | Uint8Array, name = "mine.csv"): Promise<void> =>
    section(page).locator('input[type="file"]').setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });
  const problem = (page: Page): Promise<string> => section(page).locator('[data-notice="error"]').innerText();
  const LABELLED = `id,label,score\n${Array.from({ length: 400 }, (_, i) => `${i},${i % 10 === 0 ? 1 : 0},${(i % 10 === 0 ? 0.3 + (i % 70) / 140 : 0.01 + (i % 13) / 30).toFixed(4)}`).join("\n")}\n`;

  test("opens with an example, whose numbers are the library's", async () => {
    const page = await lab.visit("", "data");
    const { table } = await readCsv(await exampleFile("detector", quiet.pause), quiet), scored = readScores(table, { target: 1, positive: 1, scores: [2], scale: "auto" });
    const { losses: [plain], verdict, imbalance } = diagnose(scored.logits, scored.labels, crossEntropy(), { names: scored.classes });
    expect(await reading(page, "data-rows")).toBe(30_000);
    expect(await reading(page, "data-imbalance")).toBe(imbalance);
    expect(await section(page).locator("[data-suggested]").innerText()).toBe(`focal loss, γ = ${verdict.gamma}, α = ${verdict.alpha as number}`);
    expect(await section(page).locator("[data-verdict] li").allInnerTexts()).toEqual(verdict.reasons);
    const easy = plain!.classes[0]!.difficulty.slice(3).reduce((sum, { gradient }) => sum + gradient, 0);
    expect(await reading(page, "data-easy-ce")).toBeCloseTo(easy, 5);
    expect(await reading(page, "data-threshold")).toBe(bestThreshold(scored.logits.map((x) => 1 / (1 + Math.exp(-x))), scored.labels).threshold);

    await section(page).getByRole("slider", { name: "Focusing, γ" }).fill("1.3");
    const { gradient } = new Spender(scored).at(1.3, undefined);
    await expect.poll(() => reading(page, "data-easy-fl")).toBeCloseTo(gradient[2]!, 6);
    await section(page).getByLabel("Threshold for").selectOption("recall of 90 %");
    expect(await reading(page, "data-recall")).toBeGreaterThanOrEqual(0.9);
    await expect.poll(() => new URL(page.url()).search).toBe("?data.gamma=1.3&data.goal=recall");
    await page.context().close();
  });

  test("reads a file that is chosen or dropped; nothing of it stands in the address, and nothing is sent", async () => {
    const page = await lab.visit("?data.example=none", "data"), sent: string[] = [];
    page.on("request", (request) => sent.push(`${request.method()} ${request.url()}`));
    await upload(page, LABELLED, "secret name.csv");
    expect(await reading(page, "data-rows")).toBe(400);
    await section(page).getByText("secret name.csv").waitFor();
    const drop = await page.evaluateHandle((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.csv"));
      return data;
    }, LABELLED.split("\n").slice(0, 301).join("\n"));
    await page.locator("body").dispatchEvent("drop", { dataTransfer: drop });
    await section(page).getByText("dropped.csv").waitFor();
    await expect.poll(() => reading(page, "data-rows")).toBe(300);
    await page.waitForTimeout(400);
    expect(new URL(page.url()).search).toBe("?data.example=none");
    // The worker and its parts are the page's own files; no request has a body.
    for (const request of sent) expect(request).toMatch(new RegExp(`^GET (${lab.url}assets/|blob:)`));
    await section(page).getByRole("button", { name: "Forget it" }).click();
    await section(page).getByText("A score for each class").waitFor();
    await page.context().close();
  });

  test.each<[string, string | Uint8Array, string | RegExp]>([
    ["empty", "", "The file is empty."],
    ["with a ragged row", "label,score\n1,.2\n0\n", "Line 3 has 1 value, but the first line names 2 columns."],
    ["with one column", "label\n1\n0\n", "The file has one column only, “label”: labels need scores or features beside them."],
    ["with no truth", "x,y\n1.5,2.5\n2.5,3.25\n", /^No column could be the truth/],
    ["without a positive", "label,score\n0,.1\n1,\n0,.3\n", "No row with a score is of class “1”: without a positive there is nothing to tell apart."],
    ["with words for scores", "label,score\n0,.1\n1,<img src=x onerror=alert(1)>\n1,.3\n", "Column “score” has to hold scores, but line 3 says “<img src=x onerror=alert(1)>”."],
    ["of binary data", new Uint8Array([0, 1, 2, 3, 255, 254, 0, 9]), "This is a binary file, not a CSV."],
    ["that is a workbook", new Uint8Array([0x50, 0x4b, 3, 4, 20, 0]), /^This is an Excel workbook/],
    ["with an open quotation mark", 'label,score\n1,".2\n0,.1\n', "A quotation mark opened on line 2 is never closed."],
  ])("a file %s is refused in one sentence, and another is taken after it", async (_, content, sentence) => {
    const page = await lab.visit("?data.example=none", "data");
    page.on("dialog", () => lab.errors.push("a dialog was opened"));
    await upload(page, content);
    const said = (await problem(page)).replace(/^This did not work\s*/, "");
    if (typeof sentence === "string") expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
    expect(await section(page).locator("img").count()).toBe(0);
    await upload(page, LABELLED);
    expect(await reading(page, "data-rows")).toBe(400);
    expect(await section(page).locator('[data-notice="error"]').count()).toBe(0);
    await page.context().close();
  });

  test("a file that cannot be used takes nothing away: an example stays open and in the address, and so does the reader's own file", async () => {
    const page = await lab.visit("?data.example=screening", "data");
    await section(page).locator("[data-verdict]").waitFor();
    const verdict = await section(page).locator("[data-verdict]").innerText();
    await upload(page, "label\n1\n0\n");
    expect(await problem(page)).toMatch(/one column only, “label”: .* “A screening test” stays open\.$/);
    expect(await section(page).locator("[data-verdict]").innerText()).toBe(verdict);
    expect(page.url()).toContain("data.example=screening");
    await upload(page, LABELLED, "mine.csv");
    await expect.poll(() => reading(page, "data-rows")).toBe(400);
    await upload(page, "");
    expect(await problem(page)).toMatch(/The file is empty\. “mine\.csv” stays open\.$/);
    expect(await reading(page, "data-rows")).toBe(400);
    await expect.poll(() => page.url()).toContain("data.example=none");
    await page.context().close();
  });

  test("one class alone, infinite and huge scores: said, and drawn where there is something to draw", async () => {
    const page = await lab.visit("?data.example=none", "data");
    await upload(page, "label,score\n0,.1\n0,.2\n");
    expect(await problem(page)).toMatch(/No column could be the truth|Every row is of one class/);
    await upload(page, `label,logit\n1,1e300\n0,-1e300\n1,-1e300\n1,inf\n0,nan\n${"0,-3\n1,2\n".repeat(40)}`);
    expect(await reading(page, "data-rows")).toBe(83);
    await section(page).getByText("2 rows were left out", { exact: false }).waitFor();
    for (const figure of ["data-spending", "data-ranking", "data-trust"]) {
      const drawn = section(page).locator(`[data-figure="${figure}"] svg.plot`);
      await drawn.waitFor();
      expect(await drawn.innerHTML()).not.toMatch(/NaN|Infinity/);
    }
    await page.context().close();
  });

  test("HTML in names and cells is shown as the text it is", async () => {
    const page = await lab.visit("?data.example=none", "data"), evil = "<img src=x onerror=document.title='owned'>";
    page.on("dialog", () => lab.errors.push("a dialog was opened"));
    await upload(page, `"${evil}",score\n${`<script>alert(1)</script>,.2\n<b>b</b>,.7\n`.repeat(30)}`, `${evil}.csv`);
    await section(page).locator("[data-verdict]").waitFor();
    await section(page).getByText("First rows").click();
    expect(await section(page).locator("th").first().innerText()).toBe(evil);
    expect(await section(page).locator("img, td b, td script").count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
    await page.context().close();
  });

  test("columns can be chosen otherwise, and scores said to be logits", async () => {
    const page = await lab.visit("?data.example=none", "data");
    await upload(page, `truth,other,score,second\n${Array.from({ length: 200 }, (_, i) => `${i % 4 === 0 ? 1 : 0},${i % 3 === 0 ? "b" : "a"},${((i % 97) / 97).toFixed(3)},${(i % 89) / 89 - 0.5}`).join("\n")}`);
    const first = await reading(page, "data-ap");
    await section(page).getByLabel("Looked for").selectOption("0");
    await expect.poll(() => reading(page, "data-ap")).toBeGreaterThan(first);
    await section(page).getByLabel("Truth").selectOption("other");
    await expect.poll(() => reading(page, "data-imbalance")).toBeCloseTo(133 / 67, 12);
    await section(page).getByLabel("Score", { exact: true }).selectOption("second");
    await section(page).getByText("Some scores lie outside 0 to 1").waitFor();
    await section(page).getByLabel("Scores are").selectOption("percentages");
    expect(await problem(page)).toMatch(/no percentage/);
    await section(page).getByLabel("Scores are").selectOption("logits");
    await section(page).locator("[data-verdict]").waitFor();
    await page.context().close();
  });

  test("a million rows: progress, cancelling, and a page that goes on answering", async () => {
    const path = join(folder, "million.csv"), rows = 1_000_000;
    writeFileSync(path, `label,score\n${Array.from({ length: rows }, (_, i) => `${i % 200 === 0 ? 1 : 0},${(((i * 7919) % 10_007) / 20_014 + (i % 200 === 0 ? 0.4 : 0)).toFixed(5)}\n`).join("")}`);
    const page = await lab.visit("?data.example=none", "data"), input = section(page).locator('input[type="file"]');
    await input.setInputFiles(path);
    await section(page).getByRole("button", { name: "Cancel" }).click();
    await section(page).getByText("A score for each class").waitFor();

    await page.evaluate(() => {
      const seen = { longest: 0, frames: 0 };
      Object.assign(window, { seen });
      new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration); }).observe({ type: "longtask" });
      const frame = (): void => { seen.frames++; requestAnimationFrame(frame); };
      requestAnimationFrame(frame);
    });
    await input.setInputFiles(path);
    await section(page).getByRole("progressbar").waitFor();
    await expect.poll(() => section(page).locator('[data-reading="data-rows"]').count(), { timeout: 120_000 }).toBe(1);
    expect(await reading(page, "data-rows")).toBe(rows);
    expect(await reading(page, "data-imbalance")).toBe(199);
    const seen = await page.evaluate(() => (window as unknown as { seen: { longest: number; frames: number } }).seen);
    console.log(`a million rows: longest task of the page's thread ${seen.longest.toFixed(0)} ms, ${seen.frames} frames`);
    // Read on the page's own thread it would be one task of seconds; the bound leaves room for a machine that does other things too.
    expect(seen.longest).toBeLessThan(400);
    await page.context().close();
  }, 180_000);

  test("trains a linear model with both losses, as the library does", async () => {
    const page = await lab.visit("?data.example=machines&data.model=linear&data.seed=3", "data");
    await section(page).getByRole("button", { name: "Train with both losses" }).click();
    await section(page).locator("[data-conclusion]").waitFor({ timeout: 60_000 });
    const { table } = await readCsv(await exampleFile("machines", quiet.pause), quiet);
    const { runs } = await compare(table, { target: 5, positive: 1, features: [0, 1, 2, 3, 4], model: "linear", gamma: 2, alpha: undefined, seed: 3 }, new AbortController().signal, () => undefined);
    for (const { name, averagePrecision } of runs) expect(await reading(page, `data-ap-${name}`)).toBeCloseTo(averagePrecision, 6);
    await page.context().close();
  }, 120_000);

  test("trains a network that learns, stops when asked, and says what a restart moves", async () => {
    const page = await lab.visit("?data.example=machines", "data");
    await section(page).getByRole("button", { name: "Train with both losses" }).click();
    await section(page).getByRole("button", { name: "Stop" }).click();
    await section(page).getByRole("button", { name: "Train with both losses" }).click();
    await section(page).locator("[data-conclusion]").waitFor({ timeout: 150_000 });
    // At random a ranking reaches the share of positives, 4 %; a linear model 0.2.
    for (const run of ["crossEntropy", "again", "focal"]) expect(await reading(page, `data-ap-${run}`)).toBeGreaterThan(0.25);
    expect(await section(page).locator("[data-conclusion]").innerText()).toMatch(/restart of cross-entropy moves it by 0\.\d{3}/);
    await page.context().close();
  }, 180_000);

  test("nothing was reported to the console", () => expect(lab.errors).toEqual([]));
});
