import { recoverPosterior } from "focal-loss/evaluate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { report } from "../src/sections/calibration/report.ts";
import { simulate } from "../src/sections/calibration/simulate.ts";
import { browserOrWarning, openLab, reading } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();
const patient = { timeout: 45_000 };

describe.skipIf(executable === undefined)("calibration, in a browser", () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(executable!); }, 150_000);
  afterAll(() => lab?.close());

  it("tells the library's posterior of a score, and the errors before and after within 1e-6", async () => {
    const loss = { gamma: 3, alpha: 0.75 }, page = await lab.visit("?calibration.gamma=3&calibration.alpha=0.75&calibration.score=0.6&calibration.seed=5", "calibration");
    expect(await reading(page, "calibration-meaning")).toBeCloseTo(recoverPosterior([0.4, 0.6], 2, loss)[1]!, 10);
    await page.locator('[data-reading="calibration-ece-raw"]:not([data-value=""])').waitFor(patient);
    const { of } = report(simulate(loss, 5), loss);
    for (const version of ["raw", "temperature", "recovered"] as const) expect(await reading(page, `calibration-ece-${version}`)).toBeCloseTo(of[version].ece, 6);
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 90_000);

  it("trains a network in a worker, of which recovery mends more than half of the error; the address keeps the view", async () => {
    const page = await lab.visit("", "calibration"), section = page.locator("[data-section=calibration]");
    await page.locator('[data-reading="calibration-ece-raw"]:not([data-value=""])').waitFor(patient);
    const simulated = await reading(page, "calibration-ece-raw");
    await section.getByRole("radio", { name: "trained network" }).check();
    await expect.poll(() => reading(page, "calibration-ece-raw"), patient).not.toBe(simulated);
    expect(await reading(page, "calibration-ece-recovered")).toBeLessThan(await reading(page, "calibration-ece-raw") / 2);
    await section.getByRole("button", { name: "Temperature" }).click();
    await expect.poll(() => new URL(page.url()).search).toContain("calibration.shown=raw,temperature,recovered");
    expect(new URL(page.url()).searchParams.get("calibration.source")).toBe("trained");
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 120_000);
});
