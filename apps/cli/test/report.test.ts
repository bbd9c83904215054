import { Resvg } from "@resvg/resvg-js";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { comparison } from "../src/report/comparison.ts";
import { percent, shorten, signed } from "../src/report/format.ts";
import { renderReport } from "../src/report/render.ts";
import { escapeText } from "../src/report/serialize.ts";
import type { LossResult, Results } from "../src/results.ts";
import { makeResults } from "./reportFixture.ts";

const LONG = "a_name_without_any_break_that_goes_on_".repeat(6);
const crowded = makeResults({
  counts: Array.from({ length: 30 }, (_, i) => Math.max(2, Math.round(20000 / (i + 1) ** 2.2))),
  columns: 200,
  repeats: 1,
  losses: ["cross-entropy", "cross-entropy (restart)", "balanced cross-entropy", ...[0.5, 1, 2, 3, 4, 5].map((gamma) => `focal γ=${gamma}`)],
  nameOf: (kind, i) => `${kind} ${i} ${i % 3 === 0 ? LONG : "kurz 日本語"}`,
});
const CASES: readonly (readonly [string, Results])[] = [
  ["seven classes", makeResults()],
  ["two classes", makeResults({ counts: [9200, 310], seed: 3 })],
  ["30 classes, 200 columns, long names, 9 losses, one repeat", crowded],
];
/** Rendered and parsed once per results: the crowded page has 800 kB. */
const remember = <T>(make: (results: Results) => T) => {
  const known = new WeakMap<Results, T>();
  return (results: Results): T => known.get(results) ?? known.set(results, make(results)).get(results)!;
};
const rendered = remember(renderReport);
const open = remember((results) => parseHTML(rendered(results)).document);
/** The drawings as they stand in the file, made readable for an XML parser. */
const drawings = (results: Results) =>
  (rendered(results).match(/<svg\b(?=[^>]*role="img")[\s\S]*?<\/svg>/g) ?? []).map((svg) => svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'));
const svgs = (results: Results) => [...open(results).querySelectorAll("svg[role=img]")];

describe.each(CASES)("the report of %s", (_, results) => {
  test("asks nothing of the network and runs no script", () => {
    const page = rendered(results);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|url\(|@import|javascript:/i);
    expect([...open(results).querySelectorAll("[href], [src]")].map((e) => e.getAttribute("href")).every((href) => href!.startsWith("#"))).toBe(true);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test("gives every figure a title and a description, and writes it as well-formed XML", () => {
    const figures = svgs(results);
    expect(figures.length).toBeGreaterThan(12);
    for (const svg of figures) {
      expect(svg.querySelector("title")!.textContent!.length).toBeGreaterThan(8);
      expect(svg.querySelector("desc")!.textContent!.length).toBeGreaterThan(8);
      expect(svg.querySelectorAll("style, [id]")).toHaveLength(0);
    }
    expect(drawings(results)).toHaveLength(figures.length);
    for (const svg of drawings(results)) expect(() => new Resvg(svg)).not.toThrow();
  });

  test("says one thing to notice above every figure", () => {
    const captions = [...open(results).querySelectorAll("figcaption")].map((caption) => caption.textContent!);
    expect(captions).toHaveLength(7);
    for (const caption of captions) expect(caption).toMatch(/^[A-Z].{30,}\.$/su);
  });

  test("uses the page's colours only, so that it reads in light, dark and print", () => {
    for (const svg of svgs(results)) {
      for (const element of svg.querySelectorAll("[fill], [stroke]")) {
        for (const name of ["fill", "stroke"]) {
          expect(element.getAttribute(name) ?? "none").toMatch(/^(none|currentColor|var\(--[a-z0-9-]+\))$/);
        }
      }
    }
  });

  test("has unique ids, and every link of the contents leads to one", () => {
    const document = open(results);
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...document.querySelectorAll("nav a")].map((a) => a.getAttribute("href")!.slice(1));
    expect(links).toEqual(["comparison", "differences", "precision-recall", "classes", "confusion", "reliability", "difficulty", "training", "data", "reproduce"]);
    for (const link of links) expect(ids).toContain(link);
  });

  test("shows no number that is none", () => {
    expect(rendered(results)).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test("names every loss, class, column and note", () => {
    const text = open(results).body.textContent!;
    for (const { name } of [...results.losses, ...results.data.classes, ...results.data.columns]) expect(text).toContain(name);
    for (const note of [...results.notes, results.headline, results.recommendation.reason, results.reproduce.command]) expect(text).toContain(note);
  });

  test("is the same bytes each time", () => {
    expect(renderReport(results)).toBe(rendered(results));
  });
});

describe("the comparison table", () => {
  const table = (results: Results) => parseHTML(`<html><body>${comparison(results).markup}</body></html>`).document;
  const cells = (results: Results, row: number) => [...table(results).querySelectorAll(".comparison tbody tr")[row]!.querySelectorAll("td")];

  test("gives mean ± sd, the paired difference and its interval", () => {
    const results = makeResults();
    const { mean, sd, difference } = results.losses[3]!.summary.averagePrecision;
    const sign = (v: number) => (v < 0 ? "−" : "+") + Math.abs(v).toFixed(3);
    expect(cells(results, 3)[0]!.textContent).toBe(
      `${mean.toFixed(3)} ± ${sd.toFixed(3)}${sign(difference!.mean)}[${sign(difference!.low!)}, ${sign(difference!.high!)}]`,
    );
    expect(cells(results, 0)[0]!.textContent).not.toContain("[");
  });

  test("marks exactly the intervals that exclude 0, as better or worse by the direction of the metric", () => {
    const results = makeResults();
    const judge = (metric: "averagePrecision" | "brier", low: number, high: number) => {
      const loss = results.losses[2]!;
      const rigged: LossResult = { ...loss, summary: { ...loss.summary, [metric]: { mean: 0.5, sd: 0.1, difference: { mean: (low + high) / 2, low, high } } } };
      return cells({ ...results, losses: [results.losses[0]!, results.losses[1]!, rigged] }, 2)[metric === "brier" ? 4 : 0]!.className;
    };
    expect(judge("averagePrecision", 0.01, 0.02)).toBe("better");
    expect(judge("averagePrecision", -0.02, -0.01)).toBe("worse");
    expect(judge("averagePrecision", -0.01, 0.01)).toBe("none");
    expect(judge("averagePrecision", 0, 0.01)).toBe("none");
    expect(judge("brier", 0.01, 0.02)).toBe("worse");
    expect(judge("brier", -0.02, -0.01)).toBe("better");
  });

  test("labels the restart as the noise floor and the recommended loss as recommended", () => {
    const rows = [...table(makeResults()).querySelectorAll(".comparison tbody tr")].map((row) => [...row.querySelectorAll(".tag")].map((tag) => tag.textContent));
    expect(rows).toEqual([["reference", "recommended"], ["noise floor"], [], []]);
  });

  test("with one repeat gives neither spread nor interval, and says why", () => {
    const text = table(makeResults({ repeats: 1 })).body.textContent!;
    expect(text).not.toMatch(/±|\[/);
    expect(text).toContain("One split only");
  });
});

describe("text from data", () => {
  const PAYLOAD = `"'><script>alert(1)</script><img src=x onerror=alert(2)></title></style></svg>&lt;b&gt;\u0000`;
  const ENUMERATED = new Set(["numeric", "categorical", "dropped", "raw", "recovered"]);
  const poison = <T>(value: T): T => {
    if (typeof value === "string") return (ENUMERATED.has(value) ? value : value + PAYLOAD) as T;
    if (Array.isArray(value)) return value.map(poison) as T;
    if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, poison(v)])) as T;
    return value;
  };

  test("is escaped in every field of the results", () => {
    const clean = makeResults();
    const page = renderReport(poison(clean));
    expect(page).not.toMatch(/<(script|img)|\u0000/i);
    const document = parseHTML(page).document;
    const expected = parseHTML(renderReport(clean)).document;
    const tags = (d: Document) => new Set([...d.querySelectorAll("*")].map((e) => e.localName));
    expect(tags(document)).toEqual(tags(expected));
    expect(document.querySelectorAll("style")).toHaveLength(1);
    for (const element of document.querySelectorAll("*")) {
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on|[<>"']/);
    }
    expect(document.querySelector("h1")!.textContent).toContain("<script>alert(1)</script>");
  });

  test("keeps drawings well-formed", () => {
    const poisoned = drawings(poison(makeResults({ counts: [90, 10] })));
    expect(poisoned.length).toBeGreaterThan(12);
    for (const svg of poisoned) expect(() => new Resvg(svg)).not.toThrow();
  });

  test("is escaped for both quotes, and loses what XML forbids", () => {
    expect(escapeText(`<a href="x" id='y'>&`)).toBe("&#60;a href=&#34;x&#34; id=&#39;y&#39;&#62;&#38;");
    expect(escapeText("a\u0000b\u001bc\ud800d\ne")).toBe("a\ufffdb\ufffdc\ufffdd\ne");
  });
});

test("sections whose curves were not kept are left out, the others stay", () => {
  const results = makeResults();
  const bare = { ...results, losses: results.losses.map((loss) => ({ ...loss, runs: loss.runs.map(({ curves: _, ...run }) => run) })) };
  const links = [...open(bare).querySelectorAll("nav a")].map((a) => a.textContent);
  expect(links).toEqual(["Comparison", "Differences", "Each class", "Confusion", "Training", "Data", "Reproduce"]);
});

test("of many losses the figures draw six, the recommended among them, and say so; the table shows all", () => {
  const recommended = { ...crowded, recommendation: { loss: "balanced cross-entropy", reason: "It finds more." } };
  const document = open(recommended);
  expect(document.querySelectorAll(".comparison tbody tr")).toHaveLength(9);
  expect(document.querySelector("#differences figcaption")!.textContent).toContain("draw 6 of the 9 losses");
  const key = [...document.querySelector("#precision-recall")!.querySelectorAll(".key li")].map((li) => li.textContent);
  expect(key).toHaveLength(6);
  expect(key).toContain("balanced cross-entropy");
  expect([...document.querySelectorAll("#confusion h3")].map((h) => h.textContent)).toEqual(["cross-entropy", "balanced cross-entropy"]);
});

test("numbers are written for people: true minus, no signed zero, shares without false precision, names cut in the middle", () => {
  expect([signed(-0.0123, 3), signed(0.0123, 3), signed(-0.0001, 3), signed(NaN, 3)]).toEqual(["−0.012", "+0.012", "0.000", "–"]);
  expect([percent(0.785), percent(0.0563), percent(0.0067), percent(0.00086), percent(0.00045), percent(0.00001), percent(0), percent(0.9999), percent(1)])
    .toEqual(["79 %", "5.6 %", "0.67 %", "0.086 %", "0.045 %", "< 0.01 %", "0 %", "99.99 %", "100 %"]);
  expect(shorten("sensor_reading_left_wing", 12)).toBe("sensor_…wing");
  expect(shorten("🙂🙂🙂", 3)).toBe("🙂🙂🙂");
});
