import { stripVTControlCharacters } from "node:util";
import stringWidth from "fast-string-width";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { progress } from "../src/terminal/progress.ts";
import { renderSummary } from "../src/terminal/summary.ts";
import { cut, pad, plain, wrap } from "../src/terminal/text.ts";
import { makeResults } from "./reportFixture.ts";

beforeEach(() => {
  vi.stubEnv("NO_COLOR", "").stubEnv("FORCE_COLOR", "").stubEnv("TERM", "xterm");
});

function recorder(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  let time = 0;
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  return { written, stream, now: () => time, pass: (ms: number) => { time += ms; } };
}

describe("progress", () => {
  test("on a terminal redraws one line with share, time left and what is being done, and takes it away at the end", () => {
    const { written, stream, now, pass } = recorder(true);
    const bar = progress({ stream, now });
    bar.update(0, "cross-entropy, split 1 of 5");
    pass(30_000);
    bar.update(0.25, "focal γ=2, split 1 of 5");
    bar.done();
    expect(written.every((text) => text.startsWith("\r") && !text.includes("\n"))).toBe(true);
    expect(stripVTControlCharacters(written[1]!)).toContain("25 %  1 min 30 s left  focal γ=2, split 1 of 5");
    expect(written.at(-1)).toBe("\r\u001b[2K");
  });

  test("redraws at most every 80 ms, but always at the end", () => {
    const { written, stream, now, pass } = recorder(true);
    const bar = progress({ stream, now });
    for (let i = 0; i < 100; i++) {
      bar.update(i / 100, "training");
      pass(1);
    }
    bar.update(1, "training");
    expect(written).toHaveLength(3);
  });

  test("stays on one line of a narrow terminal", () => {
    for (const columns of [40, 60, 80]) {
      const { written, stream, now } = recorder(true, columns);
      progress({ stream, now }).update(0.5, "日本語".repeat(30));
      expect(stringWidth(stripVTControlCharacters(written[0]!.replace("\r", "")))).toBeLessThan(columns);
    }
  });

  test("without a terminal writes a plain line every ten seconds and nothing to take away", () => {
    const { written, stream, now, pass } = recorder(false);
    const bar = progress({ stream, now });
    for (let second = 0; second <= 60; second++) {
      bar.update(second / 60, "training");
      pass(1000);
    }
    bar.update(1, "training");
    bar.done();
    expect(written).toHaveLength(7);
    expect(written[3]).toBe(" 50 %, 30 s left: training\n");
    expect(written.join("")).not.toContain("\u001b");
  });

  test("counts the pace of a resumed run from where it took up", () => {
    const { written, stream, now, pass } = recorder(false);
    const bar = progress({ stream, now });
    bar.update(0.8, "resumed");
    pass(10_000);
    bar.update(0.9, "resumed");
    expect(written.at(-1)).toBe(" 90 %, 10 s left: resumed\n");
  });

  test("is silent when asked to be", () => {
    const { written, stream } = recorder(true);
    const bar = progress({ quiet: true, stream });
    bar.update(0.5, "x");
    bar.done();
    expect(written).toEqual([]);
  });
});

describe("renderSummary", () => {
  const summary = (shape: Parameters<typeof makeResults>[0] = {}, columns?: number, isTTY = false) =>
    renderSummary(makeResults(shape), { isTTY, ...(columns === undefined ? {} : { columns }) });
  const nameOf = (kind: string, i: number) => `${kind} ${i} 日本語の名前🙂`;

  test.each([40, 60, 80, 100, 300])("fits a terminal of %d columns, at most 100", (columns) => {
    for (const shape of [{}, { repeats: 1 }, { nameOf, losses: ["cross-entropy", "cross-entropy (restart)", "非常に長い名前の損失関数".repeat(4), "focal γ=2 α=0.25"] }]) {
      for (const line of summary(shape, columns).split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(Math.min(columns, 100));
    }
  });

  test("gives each loss its mean and spread, and below the difference, in line", () => {
    const results = makeResults();
    const lines = renderSummary(results, {}).split("\n");
    expect(lines[0]).toMatch(/^loss +AP +macro-F1 +tuned +Brier +ECE +seconds$/);
    const { mean, sd } = results.losses[3]!.summary.averagePrecision;
    const at = lines.findIndex((line) => line.startsWith("focal γ=2"));
    expect(lines[at]).toContain(`${mean.toFixed(3).slice(1)} ±${sd.toFixed(3).slice(1)}`);
    const { difference } = results.losses[3]!.summary.averagePrecision;
    expect(lines[at + 1]).toContain(`${difference!.mean < 0 ? "−" : "+"}${Math.abs(difference!.mean).toFixed(3).slice(1)}`);
    const end = (line: string) => line.match(/^.*?(±|[+−])?\.\d{3}(?! ±)/u)![0].length;
    expect(end(lines[at + 1]!)).toBe(end(lines[at]!));
  });

  test("signs only differences whose interval excludes 0, ▲ for better also where lower is better", () => {
    const results = makeResults();
    const rigged = results.losses.map((loss, i) => (i !== 3 ? loss : {
      ...loss,
      summary: {
        ...loss.summary,
        averagePrecision: { mean: 0.9, sd: 0.01, difference: { mean: 0.02, low: -0.01, high: 0.05 } },
        macroF1: { mean: 0.8, sd: 0.01, difference: { mean: 0.02, low: 0.01, high: 0.03 } },
        macroF1Tuned: { mean: 0.8, sd: 0.01, difference: { mean: -0.02, low: -0.03, high: -0.01 } },
        brier: { mean: 0.005, sd: 0.001, difference: { mean: -0.002, low: -0.003, high: -0.001 } },
        ece: { mean: 0.02, sd: 0.001, difference: { mean: 0.01, low: 0.001, high: 0.02 } },
      },
    }));
    const lines = renderSummary({ ...results, losses: rigged }, {}).split("\n");
    const differences = lines[lines.findIndex((line) => line.startsWith("focal")) + 1]!.trim().split(/ {2,}/);
    expect(differences).toEqual(["+.020", "▲ +.020", "▼ −.020", "▲ −.0020", "▼ +.0100"]);
  });

  test("says headline, recommendation and every note", () => {
    const results = makeResults();
    const text = renderSummary(results, { columns: 100 }).replace(/\s+/g, " ");
    for (const part of [results.headline, `Recommended: ${results.recommendation.loss}.`, results.recommendation.reason, ...results.notes]) expect(text).toContain(part);
  });

  test("with one split says so and shows no spread", () => {
    const text = summary({ repeats: 1 });
    expect(text).toContain("One split");
    expect(text).not.toContain("±");
  });

  test("colours a terminal only, and lets no data move the cursor", () => {
    expect(summary()).not.toContain("\u001b");
    expect(summary({}, 100, true)).toContain("\u001b[");
    expect(stripVTControlCharacters(summary({}, 100, true))).toBe(summary({}, 100, false));
    expect(summary({ nameOf: (kind, i) => `\u001b[2J\u0007${kind}${i}` })).not.toMatch(/[\u001b\u0007]/);
  });
});

describe("text", () => {
  test("widths count what a terminal shows: two columns for 漢, none for a combining accent", () => {
    expect(stringWidth(pad("漢", 4, "left"))).toBe(4);
    expect(pad("e\u0301", 3, "right")).toBe("  e\u0301");
    expect(cut("漢字漢字", 5)).toBe("漢字…");
    expect(cut("short", 5)).toBe("short");
  });

  test("wraps at words, cuts a word wider than the line, and drops control characters", () => {
    expect(wrap("one two three", 8, "  ")).toBe("one two\n  three");
    expect(wrap("abcdefghij", 5)).toBe("abcd…");
    expect(plain("a\u001b[31mb\n\tc")).toBe("a [31mb c");
  });
});
