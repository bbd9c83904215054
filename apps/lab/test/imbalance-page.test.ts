import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSession } from "../src/sections/imbalance/session.ts";
import { names } from "../src/sections/imbalance/settings.ts";
import { browserOrWarning, openLab, reading } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();
const patient = { timeout: 45_000 };

/** Waits until the models have come to a step. */
const reaches = (page: Page, steps: number): Promise<void> => page.locator(`[data-reading="imbalance-steps"][data-value="${steps}"]`).waitFor(patient);

describe.skipIf(executable === undefined)("the imbalance, in a browser", () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(executable!); }, 150_000);
  afterAll(() => lab?.close());

  it("trains in a worker to the step that the address names, and tells the numbers that the same settings give here, to 1e-4: browsers may round a logarithm of the points otherwise", async () => {
    const page = await lab.visit("?imbalance.shape=moons&imbalance.imbalance=9&imbalance.count=1000&imbalance.steps=120&imbalance.seed=3", "imbalance");
    await reaches(page, 120);
    const session = makeSession();
    session.prepare({ data: { shape: "moons", imbalance: 9, overlap: 0.4, noise: 0, count: 1000, seed: 3 }, loss: { gamma: 2, alpha: 0.5, prior: false } }, 120);
    session.advance(120);
    const { models } = session.frame();
    for (const name of names) {
      expect(await reading(page, `imbalance-ap-${name}`)).toBeCloseTo(models[name].averagePrecision, 4);
      expect(await reading(page, `imbalance-recall-${name}`)).toBeCloseTo(models[name].half.recall, 4);
      expect(await reading(page, `imbalance-easyNegatives-${name}`)).toBeCloseTo(models[name].shares.easyNegatives, 4);
    }
    expect(models.focal.averagePrecision).toBeGreaterThan(0.5);
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 90_000);

  it("plays and pauses by keyboard, writes where it stopped into the address, and that link leads back there", async () => {
    const page = await lab.visit("?imbalance.steps=20&imbalance.count=500", "imbalance");
    await reaches(page, 20);
    const play = page.locator("[data-section=imbalance]").getByRole("button", { name: "Play" });
    await play.focus();
    await page.keyboard.press("Space");
    await expect.poll(() => reading(page, "imbalance-steps"), patient).toBeGreaterThan(60);
    await page.keyboard.press("Space");
    await play.waitFor(patient);
    await expect.poll(() => new URL(page.url()).searchParams.get("imbalance.steps"), patient).not.toBe("20");
    const steps = Number(new URL(page.url()).searchParams.get("imbalance.steps")), found = await reading(page, "imbalance-ap-focal");
    expect(await reading(page, "imbalance-steps")).toBe(steps);
    const again = await lab.visit(new URL(page.url()).search, "imbalance");
    await reaches(again, steps);
    expect(await reading(again, "imbalance-ap-focal")).toBe(found);
    await again.context().close();
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 120_000);

  it("takes one step, starts again, and a case sets every control", async () => {
    const page = await lab.visit("?imbalance.steps=10&imbalance.count=500", "imbalance"), section = page.locator("[data-section=imbalance]");
    await reaches(page, 10);
    await section.getByRole("radio", { name: "1×" }).check();
    await section.getByRole("button", { name: "Step", exact: true }).click();
    await reaches(page, 11);
    await section.getByRole("button", { name: "Restart" }).click();
    await reaches(page, 0);
    await section.getByRole("button", { name: /As many of each/ }).click();
    await section.locator("[data-case=even]").waitFor();
    expect(await section.getByRole("slider", { name: "Imbalance" }).getAttribute("aria-valuetext")).toBe("1 : 1");
    await reaches(page, 400);
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 90_000);
});
