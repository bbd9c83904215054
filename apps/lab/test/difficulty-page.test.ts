import { focal } from "focal-loss";
import { diagnose } from "focal-loss/evaluate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cumulative, marginsOf } from "../src/sections/difficulty/cumulative.ts";
import { makeSession } from "../src/sections/imbalance/session.ts";
import { browserOrWarning, openLab, reading } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();
const patient = { timeout: 45_000 };

describe.skipIf(executable === undefined)("easy and hard, in a browser", () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(executable!); }, 150_000);
  afterAll(() => lab?.close());

  it("tells of the model that the address names what its scores give here, within 1e-3", async () => {
    const page = await lab.visit("?imbalance.shape=moons&imbalance.imbalance=9&imbalance.count=500&imbalance.steps=60&difficulty.gamma=3&difficulty.model=ce", "difficulty");
    await expect.poll(() => reading(page, "difficulty-easiest-negatives"), patient).toBeGreaterThan(0);
    const session = makeSession();
    session.prepare({ data: { shape: "moons", imbalance: 9, overlap: 0.4, noise: 0, count: 500, seed: 1 }, loss: { gamma: 2, alpha: 0.5, prior: false } }, 60);
    session.advance(60);
    const { held } = session.data, own = cumulative(marginsOf({ logits: session.contender("ce").network.logits(held.at), labels: held.labels }), 3, 0.8);
    expect(await reading(page, "difficulty-easiest-negatives")).toBeCloseTo(own.negatives.easiest, 3);
    expect(await reading(page, "difficulty-easiest-positives")).toBeCloseTo(own.positives.easiest, 3);
    expect(await reading(page, "difficulty-share")).toBeCloseTo(own.negatives.share, 3);
    const slider = page.locator("[data-section=difficulty]").getByRole("slider", { name: "γ" }), before = await reading(page, "difficulty-easiest-negatives");
    await slider.focus();
    await slider.press("End");
    await expect.poll(() => reading(page, "difficulty-easiest-negatives"), patient).toBeLessThan(before);
    await expect.poll(() => new URL(page.url()).searchParams.get("difficulty.gamma")).toBe("5");
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 90_000);

  it("reads a file of predictions, and says what is wrong with one that holds none", async () => {
    const page = await lab.visit("?imbalance.count=200&imbalance.steps=0", "difficulty"), section = page.locator("[data-section=difficulty]"), input = section.getByLabel("A CSV file of labels and scores");
    const logits = Array.from({ length: 400 }, (_, i) => Math.sin(i) * 3 - 2), labels = logits.map((x, i) => (Math.cos(3 * i) * 2 + x > 0 ? 1 : 0));
    const csv = `label,score\n${logits.map((x, i) => `${labels[i]},${x}`).join("\n")}\n`;
    await input.setInputFiles({ name: "<b>mine</b>.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await section.locator('[data-source="<b>mine</b>.csv"]').waitFor(patient);
    const [profile] = diagnose(logits, labels, focal({ gamma: 2 })).losses;
    await expect.poll(async () => Math.abs(await reading(page, "difficulty-share") - profile!.classes[0]!.loss), patient).toBeLessThan(1e-5);
    await input.setInputFiles({ name: "none.csv", mimeType: "text/csv", buffer: Buffer.from("name,colour\nann,red\nbob,blue\n") });
    await section.locator("[data-notice=error]").waitFor(patient);
    await section.getByRole("button", { name: "Back to the model" }).click();
    await section.locator("[data-source=model]").waitFor(patient);
    await expect.poll(() => section.locator("[data-notice=error]").count(), patient).toBe(0);
    await page.context().close();
    expect(lab.errors).toEqual([]);
  }, 90_000);
});
