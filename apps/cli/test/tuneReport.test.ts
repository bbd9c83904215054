import { Resvg } from "@resvg/resvg-js";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { familyNames } from "../src/experiment/families.ts";
import { renderTuning } from "../src/report/tuning.ts";
import { renderTuningSummary } from "../src/terminal/tuning.ts";
import type { Tuning } from "../src/tuning.ts";
import { makeTuning } from "./tuningFixture.ts";

const CASES: readonly (readonly [string, Tuning])[] = [
  ["the default grid without a winner", makeTuning()],
  ["a clear winner and an official test part", makeTuning({ gain: 0.1, tested: true })],
  ["every family by log loss", makeTuning({ losses: familyNames, metric: "logLoss", gammas: [0, 0.1, 0.2, 0.3, 0.5, 1, 2, 5] })],
  ["weights of cross-entropy alone", makeTuning({ gammas: [0] })],
];
const open = (tuning: Tuning): Document => parseHTML(renderTuning(tuning)).document;

describe.each(CASES)("the report of %s", (_, tuning) => {
  test("asks nothing of the network, runs no script, shows no number that is none, and is the same bytes each time", () => {
    const page = renderTuning(tuning);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|url\(|@import|javascript:/i);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(renderTuning(tuning)).toBe(page);
  });

  test("draws well-formed figures in the page's colours, each with a title, a description and one thing to notice", () => {
    const page = renderTuning(tuning);
    const drawings = page.match(/<svg\b(?=[^>]*role="img")[\s\S]*?<\/svg>/g)!;
    for (const svg of drawings) {
      expect(() => new Resvg(svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'))).not.toThrow();
      for (const [, color] of svg.matchAll(/(?:fill|stroke)="([^"]*)"/g)) expect(color).toMatch(/^(none|currentColor|var\(--[a-z0-9-]+\))$/);
    }
    const document = parseHTML(page).document;
    for (const svg of document.querySelectorAll("svg[role=img]")) expect(svg.querySelector("desc")!.textContent!.length).toBeGreaterThan(8);
    const captions = [...document.querySelectorAll("figcaption")].map((caption) => caption.textContent!);
    expect(captions).toHaveLength(2);
    for (const caption of captions) expect(caption).toMatch(/^[A-Z].{30,}\.$/su);
  });

  test("has a square for every cell of the grid, frames the best, dots those within noise of it and ticks the recommended", () => {
    const squares = tuning.cells.filter((_, c) => c !== 1);
    const cross = squares.filter(({ family }) => family === "crossEntropy").length;
    const shared = ["inverseFocal", "reducedFocal"].filter((name) => squares.some(({ family }) => family === name)).length;
    const map = open(tuning).querySelector("#map")!;
    const rects = [...map.querySelectorAll(".panel rect")];
    const framed = rects.filter((rect) => rect.parentElement!.getAttribute("stroke-width") === "2.5");
    const copies = (name: string): number => (squares.find((cell) => cell.name === name)!.family === "crossEntropy" ? 1 + shared : 1);
    expect(framed).toHaveLength(copies(tuning.best));
    expect(rects.length - framed.length).toBe(squares.length + shared * cross);
    const near = squares.filter(({ nearBest, name }) => nearBest && name !== tuning.best).reduce((sum, { name }) => sum + copies(name), 0);
    expect(map.querySelectorAll(".panel circle")).toHaveLength(near);
    expect([...map.querySelectorAll(".panel text")].filter((text) => text.textContent === "✓")).toHaveLength(copies(tuning.recommendation.loss));
  });

  test("names every cell, the verdict, what the choice is worth, and the next command", () => {
    const text = open(tuning).body.textContent!;
    for (const { name } of tuning.cells) expect(text).toContain(name);
    for (const words of [tuning.headline, tuning.recommendation.reason, tuning.selection.sentence, tuning.next, ...tuning.notes, ...(tuning.test ? [tuning.test.sentence] : [])]) expect(text).toContain(words);
    expect(open(tuning).querySelectorAll("#cells tbody tr")).toHaveLength(tuning.cells.length);
  });

  test("fits a terminal of 40, 80 and 120 columns, but for the command to copy", () => {
    for (const columns of [40, 80, 120]) {
      const lines = renderTuningSummary(tuning, { columns }).split("\n").filter((line) => !line.startsWith("Next:"));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.min(columns, 100));
      expect(lines.join("\n")).toContain("✓");
    }
  });
});

test("only an interval that excludes 0 is marked as better or worse", () => {
  for (const [, tuning] of CASES) {
    const rows = [...open(tuning).querySelectorAll("#cells tbody tr")];
    for (const cell of tuning.cells) {
      const row = rows.find((r) => r.querySelector("th")!.firstChild!.textContent!.trim() === cell.name)!;
      const { low = 0, high = 0 } = cell.toReference ?? {};
      const better = tuning.metric === "logLoss" ? high < 0 : low > 0, worse = tuning.metric === "logLoss" ? low > 0 : high < 0;
      expect(row.querySelectorAll("td")[1]!.textContent!.includes("▲"), cell.name).toBe(better);
      expect(row.querySelectorAll("td")[1]!.textContent!.includes("▼"), cell.name).toBe(worse);
    }
  }
  expect(makeTuning({ gain: 0.1 }).recommendation.loss).not.toBe("cross-entropy");
});

test("text from data is escaped in the report and cannot steer the terminal", () => {
  const payload = `"'><script>alert(1)</script><img src=x onerror=alert(2)></svg>\u0000\u001b[31m`;
  const clean = makeTuning({ tested: true });
  const poisoned: Tuning = {
    ...clean, headline: payload, next: payload, notes: [payload], best: payload, recommendation: { loss: payload, reason: payload },
    selection: { ...clean.selection, sentence: payload }, test: { ...clean.test!, origin: payload, sentence: payload, losses: [{ ...clean.test!.losses[0]!, name: payload }] },
    cells: clean.cells.map((cell) => ({ ...cell, name: cell.name + payload, formula: payload, family: cell.family + payload })),
    data: { ...clean.data, target: payload, files: [payload] },
  };
  const page = renderTuning(poisoned);
  expect(page).not.toMatch(/<(script|img)|\u0000|\u001b/i);
  expect(renderTuningSummary(poisoned, { columns: 80 })).not.toMatch(/\u0000|\u001b/);
});
