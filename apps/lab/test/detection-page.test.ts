import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countPlaces, makeScenes } from "../src/sections/detection/scenes.ts";
import { names } from "../src/sections/detection/settings.ts";
import { browserOrWarning, openLab, reading } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();
const patient = { timeout: 60_000 };

describe.skipIf(executable === undefined)("dense detection, in a browser", () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(executable!); }, 150_000);
  afterAll(() => lab?.close());

  it("trains nothing by itself; plays by keyboard to the end of a short training, and its numbers are there", async () => {
    const page = await lab.visit("?detection.steps=20&detection.seed=3&detection.gamma=1.5&detection.score=0.05", "detection"), section = page.locator("[data-section=detection]");
    const { anchors, positives, background } = countPlaces(makeScenes(3).train);
    await page.locator(`[data-reading="detection-anchors"][data-value="${anchors}"]`).waitFor(patient);
    expect(await reading(page, "detection-positives")).toBe(positives);
    expect(await reading(page, "detection-ratio")).toBe(background / positives);
    expect(await reading(page, "detection-steps")).toBe(0);
    expect(await section.getByRole("slider", { name: "γ of focal loss" }).inputValue()).toBe("1.5");
    await section.getByRole("button", { name: "Play" }).focus();
    await page.keyboard.press("Space");
    await page.locator('[data-reading="detection-steps"][data-value="20"]').waitFor(patient);
    for (const name of names) {
      for (const key of ["ap", "easy"]) {
        const value = await reading(page, `detection-${key}-${name}`);
        expect(value >= 0 && value <= 1, `${key} of ${name}`).toBe(true);
      }
      expect(await reading(page, `detection-loss-${name}`)).toBeGreaterThan(0);
    }
    // Its sum starts at ½ at 400 places for each digit's: 20 steps do not make up for it.
    expect(await reading(page, "detection-loss-half")).toBeGreaterThan(await reading(page, "detection-loss-prior"));
    expect(await section.locator("rect.found").count()).toBeGreaterThan(0);
    // Workers of these workers, started together, stop Firefox.
    const trained = page.workers().map((worker) => worker.url());
    expect(trained.length).toBe(names.length);
    for (const url of trained) expect(url).toContain("detection.worker");
    await section.getByRole("button", { name: "Restart" }).click();
    await page.locator('[data-reading="detection-steps"][data-value="0"]').waitFor(patient);
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 120_000);

  it("pauses by keyboard and goes on, and what a control is set to stands in the address", async () => {
    const page = await lab.visit("?detection.steps=1000", "detection"), section = page.locator("[data-section=detection]");
    await page.locator('[data-reading="detection-anchors"][data-value="432"]').waitFor(patient);
    await section.getByRole("button", { name: "Play" }).focus();
    await page.keyboard.press("Space");
    await expect.poll(() => reading(page, "detection-steps"), patient).toBeGreaterThanOrEqual(10);
    await page.keyboard.press("Space");
    await section.getByRole("button", { name: "Play" }).waitFor(patient);
    const paused = await reading(page, "detection-steps");
    expect(paused).toBeLessThan(1000);
    await page.keyboard.press("Space");
    await expect.poll(() => reading(page, "detection-steps"), patient).toBeGreaterThan(paused);
    await section.getByRole("slider", { name: "Boxes drawn from score" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await reading(page, "detection-steps")).toBeGreaterThan(paused);
    await section.getByRole("switch").focus();
    await page.keyboard.press("Space");
    await page.locator('[data-reading="detection-steps"][data-value="0"]').waitFor(patient);
    await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams), patient).toEqual({ "detection.steps": "1000", "detection.prior": "0", "detection.score": "0.35" });
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 120_000);
});
