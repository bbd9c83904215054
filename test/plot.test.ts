import * as Plot from "@observablehq/plot";
import { crossEntropy } from "focal-loss";
import { lossCurves, lossFigure } from "focal-loss/plot";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";

const GAMMAS = [0, 0.5, 1, 2, 5];

describe("lossCurves", () => {
  test("is the paper's formula at every point, to 1e-12 relative: float64 logits carry p_t to about 1e-16 / (1 − p_t)", () => {
    for (const { gamma, points } of lossCurves({ alpha: 0.25 }).curves) {
      for (const { pt, value } of points.slice(1, -1)) {
        const paper = -0.25 * (1 - pt) ** gamma * Math.log(pt);
        expect(Math.abs(value / paper - 1)).toBeLessThan(1e-12);
      }
    }
  });

  test("draws γ = 0, ½, 1, 2, 5 unless told otherwise, on one ascending grid inside (0, 1)", () => {
    const { curves, what, alpha } = lossCurves();
    expect(curves.map((curve) => curve.gamma)).toEqual(GAMMAS);
    expect([what, alpha]).toEqual(["loss", undefined]);
    for (const { points } of curves) {
      expect(points).toHaveLength(401);
      expect(points[0]!.pt).toBeGreaterThan(0);
      expect(points.at(-1)!.pt).toBeLessThan(1);
      expect(points.every((point, i) => i === 0 || point.pt > points[i - 1]!.pt)).toBe(true);
    }
  });

  test("the factor is (1 − p_t)^γ to 1e-9 relative: at p_t = 1 − 1e-6 the logit keeps 1 − p_t to 1e-10", () => {
    for (const { gamma, points } of lossCurves({ what: "factor" }).curves) {
      for (const { pt, value } of points) expect(Math.abs(value / (1 - pt) ** gamma - 1)).toBeLessThan(1e-9);
    }
  });

  test("the gradient is the slope of the loss over the logit, to 1e-3 of its peak: finite differences on a grid of 2001", () => {
    const loss = lossCurves({ points: 2001 }).curves;
    const pull = lossCurves({ points: 2001, what: "gradient" }).curves;
    loss.forEach(({ points }, c) => {
      for (let i = 100; i < 1900; i += 50) {
        const logit = (k: number) => Math.log(points[k]!.pt / (1 - points[k]!.pt));
        const slope = (points[i + 1]!.value - points[i - 1]!.value) / (logit(i + 1) - logit(i - 1));
        expect(Math.abs(pull[c]!.points[i]!.value + slope)).toBeLessThan(1e-3);
      }
    });
  });

  test("the curvature of cross-entropy is p (1 − p); that of focal loss is negative at p_t = .01 and positive at .3", () => {
    const curves = lossCurves({ what: "curvature", points: 101 }).curves;
    for (const { pt, value } of curves[0]!.points) expect(value).toBeCloseTo(pt * (1 - pt), 12);
    for (const { points } of curves.slice(2)) {
      expect(points[1]!.value).toBeLessThan(0);
      expect(points[30]!.value).toBeGreaterThan(0);
    }
  });

  test("takes any family of losses", () => {
    const twice = lossCurves({ loss: () => crossEntropy({ alpha: [1, 2] }), gammas: [0], points: 3 }).curves[0]!;
    expect(twice.points[1]!.value).toBeCloseTo(2 * Math.LN2, 12);
  });

  test("says what is wrong with γ, α and the number of points", () => {
    expect(() => lossCurves({ gammas: [-1] })).toThrow("gamma must be ≥ 0, got -1");
    expect(() => lossCurves({ alpha: 2 })).toThrow(/alpha must be in \[0, 1\].* got 2/);
    expect(() => lossCurves({ points: 1 })).toThrow("points must be an integer ≥ 2, got 1");
    expect(() => lossCurves({ gammas: [] })).toThrow("gammas must name at least one γ, got none");
  });
});

describe("lossFigure", () => {
  const draw = (options: Parameters<typeof lossCurves>[0] = {}, look: Parameters<typeof lossFigure>[3] = {}) =>
    lossFigure(Plot, parseHTML("<html></html>").document, lossCurves(options), look);
  const texts = (svg: SVGSVGElement) => [...svg.querySelectorAll("text")].map((text) => text.textContent);

  test("names every curve once, and axes, title and region", () => {
    const shown = texts(draw());
    for (const name of ["cross-entropy (γ = 0)", "γ = 0.5", "γ = 1", "γ = 2", "γ = 5"]) {
      expect(shown.filter((text) => text === name)).toHaveLength(1);
    }
    expect(shown).toContain("loss");
    expect(shown).toContain("probability of the true class, pₜ");
    expect(shown).toContain("well-classified examples");
    expect(shown).toContain("FL(pₜ) = −(1 − pₜ)γ log pₜ");
  });

  test("sets the names apart: no two centres within a line's height, for every kind of figure", () => {
    for (const what of ["loss", "gradient", "factor", "curvature"] as const) {
      const labels = [...draw({ what }).querySelectorAll("text[transform*=rotate]")].filter((t) => t.getAttribute("font-weight"));
      const centres = labels.map((l) => l.getAttribute("transform")!.match(/-?[\d.]+/g)!.map(Number));
      expect(centres).toHaveLength(5);
      centres.forEach(([x, y], i) => centres.slice(0, i).forEach(([a, b]) => expect(Math.hypot(x! - a!, y! - b!)).toBeGreaterThan(12)));
    }
  });

  test("stays inside its frame: the loss is cut at 5", () => {
    const svg = draw({}, { width: 720, height: 460 });
    const lines = [...svg.querySelectorAll("path[d]")].filter((path) => (path.getAttribute("d") ?? "").length > 500);
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      const heights = [...line.getAttribute("d")!.matchAll(/,(-?[\d.]+)/g)].map((m) => Number(m[1]));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(86);
      expect(Math.max(...heights)).toBeLessThanOrEqual(460 - 46);
    }
  });

  test("can be read without eyes, and brings no ids or style sheets that another figure could collide with", () => {
    const svg = draw();
    expect(svg.getAttribute("role")).toBe("img");
    expect(svg.querySelector("title")!.textContent).toBe(svg.getAttribute("aria-label"));
    expect(svg.querySelector("desc")!.textContent).toContain("γ = 2: 1.9 at 0.1, 0.17 at 0.5, 0.0011 at 0.9");
    expect(svg.querySelectorAll("[id], style, script")).toHaveLength(0);
  });

  test("takes the page's colours and tells α", () => {
    const svg = draw({ alpha: 0.25 }, { background: "var(--page)", ink: "currentColor" });
    expect(svg.getAttribute("style")).toContain("background:var(--page)");
    expect(texts(svg).some((text) => text!.endsWith("αₜ = 0.25"))).toBe(true);
  });
});
