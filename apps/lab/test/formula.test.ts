/** Section 6, in a browser: a formula is edited, and everything made of it follows. */
import { criterion, defineLoss } from "focal-loss";
import { log, mul, neg, pow, sub } from "focal-loss/expr";
import { render } from "focal-loss/render";
import type { Language } from "focal-loss/render";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserOrWarning, openLab, reading } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();
const codeOf = (page: Page, name: string): Promise<string | null> => page.locator(`[data-code="${name}"] pre`).textContent();

describe.skipIf(executable === undefined)("the formula everywhere", () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(executable!); }, 150_000);
  afterAll(async () => { await lab?.close(); });

  test("each language's code is what render prints, of the formula that is typed", async () => {
    const page = await lab.visit("", "formula");
    await page.locator("#formula").getByLabel("Your loss, of one example").fill("-(1 - pt)^tau * log(pt)");
    await page.locator("#formula").getByRole("spinbutton", { name: "tau" }).fill("3");
    const mine = defineLoss("mine", { tau: 3 }, ({ pt, tau }) => neg(mul(pow(sub(1, pt), tau), log(pt))))();
    for (const language of ["js", "wasm", "wgsl", "sql", "pytorch", "keras", "tex"] as const satisfies readonly Language[]) {
      await expect.poll(() => codeOf(page, language)).toBe(render(mine, language));
    }
    await page.locator("#formula").getByLabel("Dialect").selectOption("clickhouse");
    await expect.poll(() => codeOf(page, "sql")).toBe(render(mine, "sql", { dialect: "clickhouse" }));
    for (const pt of [0.1, 0.5, 0.9]) {
      expect(await reading(page, `formula-at-${pt}`)).toBeCloseTo(criterion(mine, { reduction: "sum" }).value(Float64Array.of(Math.log(pt / (1 - pt))), [1]), 12);
    }
    await page.context().close();
  });

  test("a mistake is told with its place, the last good code stays, and mending it goes on", async () => {
    const page = await lab.visit("", "formula"), editor = page.locator("#formula").getByLabel("Your loss, of one example"), before = await codeOf(page, "js");
    await editor.fill("-alphaT * (1 - pt)^gamma * lgo(pt)");
    const mistake = page.locator('#formula [data-notice="error"]');
    await mistake.waitFor();
    expect(await mistake.innerText()).toMatch(/^There is no function lgo, did you mean log\?/);
    expect(await page.locator("#formula mark").innerText()).toBe("lgo");
    expect(await editor.getAttribute("aria-invalid")).toBe("true");
    expect(await codeOf(page, "js")).toBe(before);
    await editor.fill("-log(pt)");
    await mistake.waitFor({ state: "detached" });
    await expect.poll(() => codeOf(page, "tex")).toBe("-\\log(p_t)");
    await page.context().close();
  });

  test("the formula, its parameters and α are in the address", async () => {
    const page = await lab.visit("", "formula");
    await page.locator("#formula").getByRole("button", { name: "Asymmetric" }).click();
    await page.locator("#formula").getByRole("spinbutton", { name: "shift" }).fill("0.2");
    await page.locator("#formula").getByRole("switch", { name: /Class weights/ }).check();
    await expect.poll(() => page.url()).toContain("formula.weighted=1");
    const link = await lab.visit(new URL(page.url()).search, "formula");
    for (const language of ["js", "wgsl", "sql"]) expect(await codeOf(link, language)).toBe(await codeOf(page, language));
    expect(await link.locator("#formula").getByRole("spinbutton", { name: "shift" }).inputValue()).toBe("0.2");
    await link.context().close();
    await page.context().close();
  });

  test("what is copied is the whole code", async () => {
    const page = await lab.visit("", "formula");
    await page.locator("#formula").getByRole("button", { name: "Copy the WGSL" }).click();
    await page.locator('[data-code="wgsl"]').getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await codeOf(page, "wgsl"));
    await page.context().close();
  });

  test("the JavaScript that is shown computes the loss it is made of (1e-12)", async () => {
    const page = await lab.visit(`?formula.text=${encodeURIComponent("(1 - pt^q) / q")}&formula.values=q:0.7`, "formula");
    const run = new Function(`${await codeOf(page, "js")}; return mine;`)() as (u: number) => { value: number };
    expect(run(Math.log(9)).value).toBeCloseTo((1 - 0.9 ** 0.7) / 0.7, 12);
    expect(await reading(page, "formula-at-0.9")).toBeCloseTo((1 - 0.9 ** 0.7) / 0.7, 12);
    await page.context().close();
  });

  test("a loss that is not finite somewhere is warned of", async () => {
    const page = await lab.visit(`?formula.text=${encodeURIComponent("log(pt - 0.5)")}`, "formula");
    expect(await page.locator(".health").innerText()).toMatch(/^Not finite at the margin −100/);
    await page.context().close();
  });

  test.each([
    ["?formula.text=", "the empty formula"], ["?formula.text=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "markup"], [`?formula.text=${"(".repeat(290)}`, "parentheses"],
    ["?formula.values=gamma:1e999&formula.dialect=oracle", "parameters of no size"],
  ])("%s is told or ignored, and harms nothing", async (query) => {
    const page = await lab.visit(query, "formula");
    expect(await codeOf(page, "tex")).toBe("-\\alpha_t (1 - p_t)^{\\gamma} \\log(p_t)");
    expect(await page.locator("#formula img").count()).toBe(0);
    await page.context().close();
  });

  test("nothing was reported to the console", () => expect(lab.errors).toEqual([]));
});
