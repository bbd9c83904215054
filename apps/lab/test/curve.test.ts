/** Section 1, in a browser: its numbers are the library's, its controls do what they say, and its address is the view. */
import { asymmetric, criterion, crossEntropy, focal } from "focal-loss";
import { lossCurves } from "focal-loss/plot";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluate } from "../src/sections/curve/evaluate.ts";
import { member, overlays } from "../src/sections/curve/family.ts";
import { browserOrWarning, openLab, reading } from "./lab.ts";
import type { Lab } from "./lab.ts";

const executable = browserOrWarning();

/** The loss of a positive at a probability, by the library. */
const at = (pt: number, loss = focal({ gamma: 2 })): number => criterion(loss, { reduction: "sum" }).value(Float64Array.of(Math.log(pt / (1 - pt))), [1]);

test.each(overlays.flatMap((name) => (["positive", "negative"] as const).map((side) => [name, side] as const)))("%s has a loss, a pull that is its slope (within 1e-6 of central differences) and a curvature, of a %s", (name, side) => {
  const { loss, label } = member(name, 2, 0.25), h = 1e-5, margins = Float64Array.of(-3, -0.3, 0.4, 2.1);
  const valued = (shift: number): Float64Array => evaluate(loss, "loss", margins.map((u) => u + shift), side), pull = (shift: number): Float64Array => evaluate(loss, "gradient", margins.map((u) => u + shift), side);
  expect(label).toContain(name);
  const slope = valued(h).map((value, i) => (valued(-h)[i]! - value) / (2 * h)), bend = pull(-h).map((value, i) => (value - pull(h)[i]!) / (2 * h));
  pull(0).forEach((value, i) => expect(Math.abs(value - slope[i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value))));
  evaluate(loss, "curvature", margins, side).forEach((value, i) => expect(Math.abs(value - bend[i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value))));
  const cross = evaluate(crossEntropy(), "loss", margins, side);
  evaluate(loss, "factor", margins, side).forEach((value, i) => expect(value).toBeCloseTo(valued(0)[i]! / cross[i]!, 12));
});

describe.skipIf(executable === undefined)("the curve", () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(executable!); }, 150_000);
  afterAll(async () => { await lab?.close(); });

  /** Points of a drawn line in the units of its axes, by the figure's own ticks. */
  const points = (page: Page, color: string): Promise<{ x: number; y: number }[]> => page.locator('[data-figure="curve"] svg').evaluate((svg, stroke) => {
    const ticks = (axis: "x" | "y"): { at: number; value: number }[] => Array.from(svg.querySelectorAll(`[aria-label="${axis}-axis tick label"] text`), (text) => ({
      at: Number(/translate\(([-\d.]+)\s*,\s*([-\d.]+)/.exec(text.getAttribute("transform")!)![axis === "x" ? 1 : 2]), value: Number(text.textContent!.replace("−", "-")),
    })).filter(({ value }) => Number.isFinite(value));
    const scale = (axis: "x" | "y"): ((at: number) => number) => {
      const all = ticks(axis), a = all[0]!, b = all.at(-1)!;
      return (place) => a.value + ((place - a.at) / (b.at - a.at)) * (b.value - a.value);
    };
    const x = scale("x"), y = scale("y"), path = Array.from(svg.querySelectorAll<SVGElement>('[aria-label="line"]')).find((group) => group.getAttribute("stroke") === stroke)!;
    return path.querySelector("path")!.getAttribute("d")!.split(/[ML]/).filter((pair) => pair !== "").map((pair) => {
      const [px, py] = pair.split(",").map(Number) as [number, number];
      return { x: x(px), y: y(py) };
    });
  }, color);

  test.each([["loss", "var(--c1)", 2], ["factor", "var(--c1)", 2], ["gradient", "var(--c4)", 5], ["curvature", "var(--c3)", 0.5]] as const)(
    "the line of the %s that is drawn (%s) is lossCurves' (within 2e-3 of the axis: pixels of the path are rounded)", async (what, color, gamma) => {
      const page = await lab.visit(`?curve.what=${what}`, "curve");
      const drawn = await points(page, color), curve = lossCurves({ gammas: [gamma], what }).curves[0]!.points;
      const size = Math.max(...drawn.map(({ y }) => Math.abs(y)));
      expect(drawn.length).toBeGreaterThan(250);
      for (const { x, y } of drawn) {
        const nearest = curve.reduce((a, b) => (Math.abs(b.pt - x) < Math.abs(a.pt - x) ? b : a));
        expect(Math.abs(nearest.pt - x)).toBeLessThan(1e-3);
        // Where the loss is steep a rounded p_t is worth more than a rounded value.
        if (x > 0.03) expect(Math.abs(nearest.value - y), `at ${x}`).toBeLessThan(2e-3 * size * (what === "loss" ? 1 + 0.1 / x : 1) + 1e-3);
      }
      await page.context().close();
    });

  test("read-outs are the library's values (1e-12), and say what the note says: 100 times less at p_t = 0.9", async () => {
    const page = await lab.visit("", "curve");
    expect(await reading(page, "curve-ce")).toBeCloseTo(at(0.9, crossEntropy()), 12);
    expect(await reading(page, "curve-fl")).toBeCloseTo(at(0.9), 12);
    expect(await reading(page, "curve-less")).toBeCloseTo(100, 9);
    expect(await reading(page, "curve-worth-fl")).toBeCloseTo(at(0.1) / at(0.9), 6);
    expect(await page.locator(".sentence").innerText()).toMatch(/At pt = 0.9 this example counts 100× less than under cross-entropy\./);
    await page.context().close();
  });

  test("sliders move by keyboard, what is read follows, and the address is a link to the same", async () => {
    const page = await lab.visit("", "curve");
    const gamma = page.locator("#curve").getByRole("slider", { name: "Focusing, γ" });
    await gamma.focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    expect(await gamma.inputValue()).toBe("2.5");
    await page.locator("#curve").getByRole("slider", { name: "Cursor, pₜ" }).fill("0.75");
    await page.locator("#curve").getByRole("switch", { name: /Weigh the classes/ }).check();
    await page.locator("#curve").getByRole("slider", { name: /α of positives/ }).fill("0.4");
    await page.locator("#curve").getByRole("radio", { name: "negative" }).check();
    const want = criterion(focal({ gamma: 2.5, alpha: 0.4 }), { reduction: "sum" }).value(Float64Array.of(-Math.log(3)), [0]);
    await expect.poll(() => reading(page, "curve-fl")).toBeCloseTo(want, 12);
    await expect.poll(() => new URL(page.url()).search).toBe("?curve.gamma=2.5&curve.at=0.75&curve.weighted=1&curve.alpha=0.4&curve.side=negative");

    const link = await lab.visit(new URL(page.url()).search, "curve");
    for (const name of ["curve-ce", "curve-fl", "curve-less", "curve-worth-fl", "curve-worth-ce"]) expect(await reading(link, name)).toBe(await reading(page, name));
    expect(await link.locator('[data-figure="curve"] svg').innerHTML()).toBe(await page.locator('[data-figure="curve"] svg').innerHTML());
    await link.context().close();
    await page.context().close();
  });

  test("tabs, axes, chips and a member laid over change the figure and its description", async () => {
    const page = await lab.visit("", "curve"), described = page.locator('[data-figure="curve"] > p.unseen');
    expect(await described.innerText()).toMatch(/^loss over .* cross-entropy 0\.105, γ = 0\.5 0\.0333, γ = 1 0\.0105, γ = 5 .*, γ = 2 0\.00105\.$/);
    await page.locator("#curve").getByRole("button", { name: "5", exact: true }).click();
    expect(await described.innerText()).not.toContain("γ = 5");
    await page.locator("#curve").getByLabel("Lay over it").selectOption("asymmetric");
    expect(await described.innerText()).toContain(`asymmetric ${at(0.9, asymmetric()).toPrecision(3)}`);
    await page.locator("#curve").getByRole("radio", { name: "logit" }).check();
    await page.locator("#curve").getByRole("radio", { name: "log", exact: true }).check();
    expect(await page.locator('[data-figure="curve"] svg').textContent()).toMatch(/margin u/);
    expect(await page.locator('[data-figure="curve"] svg').textContent()).toContain("10⁻⁴");
    // No logarithm of what goes below 0.
    await page.locator("#curve").getByRole("radio", { name: "Curvature" }).check();
    expect(await page.locator("#curve").getByRole("radio", { name: "log", exact: true }).isDisabled()).toBe(true);
    expect(await page.locator('[data-figure="curve"] svg').textContent()).not.toContain("10⁻⁴");
    await page.context().close();
  });

  test("the mouse over the figure moves the cursor", async () => {
    const page = await lab.visit("", "curve"), box = (await page.locator('[data-figure="curve"] svg').boundingBox())!;
    await page.mouse.move(box.x + 46 + (box.width - 60) / 2, box.y + box.height / 2);
    await expect.poll(() => reading(page, "curve-less")).toBeGreaterThan(3.9);
    expect(await reading(page, "curve-less")).toBeLessThan(4.1); // p_t = ½, to a pixel
    await page.context().close();
  });

  test.each([
    "?curve.gamma=-1", "?curve.gamma=99&curve.at=2", "?curve.gamma=NaN&curve.what=nothing&curve.gammas=a,b", "?curve.gamma=%E0%A4%A", "?curve.overlay=__proto__&curve.axis=constructor",
    "?curve.gammas=1,2,3,4,5,6,7", "?nonsense&curve.alpha=<img src=x onerror=alert(1)>",
  ])("%s is the default view, without an error", async (query) => {
    const page = await lab.visit(query, "curve");
    expect(await reading(page, "curve-less")).toBeCloseTo(100, 9);
    await page.context().close();
  });

  test("nothing was reported to the console", () => expect(lab.errors).toEqual([]));
});
