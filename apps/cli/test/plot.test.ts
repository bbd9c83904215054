import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runCommand } from "citty";
import { parseHTML } from "linkedom";
import { afterAll, describe, expect, test, vi } from "vitest";
import { plot, readFigure, renderFigure } from "../src/commands/plot.ts";
import { colorsFor } from "../src/terminal/colors.ts";
import { drawCurves } from "../src/terminal/curves.ts";

const folder = mkdtempSync(join(tmpdir(), "focal-plot-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (...rawArgs: string[]) => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await runCommand(plot, { rawArgs });
    return log.mock.calls.map((call) => call.join(" ")).join("\n");
  } finally {
    log.mockRestore();
  }
};
const figureOf = (what: string) => readFigure({ gamma: "0,.5,1,2,5", what, loss: "focal" });

describe("focal plot --out", () => {
  test("writes a standalone SVG and says where", async () => {
    const out = join(folder, "figure.svg");
    expect(await run("--gamma", "0,2", "--out", out)).toBe(out);
    const svg = parseHTML(`<body>${readFileSync(out, "utf8")}</body>`).document.querySelector("svg")!;
    expect(svg.getAttribute("xmlns")).toBe("http://www.w3.org/2000/svg");
    expect(svg.textContent).toContain("γ = 2");
    expect(svg.textContent).not.toContain("γ = 5");
  });

  test("writes a PNG whose letters are drawn although no system font is used", async () => {
    const { figure, heading } = figureOf("loss");
    const withText = renderFigure(figure, heading, "a.png");
    const without = renderFigure(figure, { ...heading, title: "", formula: "" }, "a.png");
    expect([...withText.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(Buffer.from(withText).readUInt32BE(16)).toBe(1440);
    expect(withText.length).toBeGreaterThan(without.length + 1000);
  });

  test.each([
    [["--gamma", "0,x"], 'gamma must be a number, got "x"'],
    [["--gamma", "-1"], "gamma must be ≥ 0, got -1"],
    [["--alpha", "2"], /alpha must be in \[0, 1\].*, got 2/],
    [["--what", "slope"], 'what must be loss, gradient, factor, curvature, got "slope"'],
    [["--loss", "hinge"], 'loss must be focal, poly1Focal, focalStar, inverseFocal, reducedFocal, flsd53, cross-entropy, got "hinge"'],
    [["--out", join(folder, "figure.pdf")], /out must end in \.svg or \.png, got .*figure\.pdf/],
    [["--out", join(folder, "none", "figure.svg")], /cannot write .*folder does not exist/],
  ])("refuses %j in one sentence and writes nothing", async (args, message) => {
    const before = readdirSync(folder);
    await expect(run(...args)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe("focal plot in the terminal", () => {
  test.each(["loss", "gradient", "factor", "curvature"])("draws %s within the width, with every curve named", (what) => {
    const { figure, heading } = figureOf(what);
    for (const width of [60, 80, 200]) {
      const drawn = drawCurves(figure, heading, width, colorsFor({ isTTY: false }, {}));
      const chart = drawn.split("\n").slice(3);
      expect(Math.max(...chart.map((line) => line.length))).toBeLessThanOrEqual(Math.min(width, 120));
      for (const name of ["cross-entropy", "γ = 0.5", "γ = 1", "γ = 2", "γ = 5"]) expect(drawn).toContain(name);
    }
  });

  test("colours only a terminal, and never with NO_COLOR", () => {
    const { figure, heading } = figureOf("loss");
    const draw = (isTTY: boolean, environment: NodeJS.ProcessEnv) => drawCurves(figure, heading, 80, colorsFor({ isTTY }, environment));
    const escapes = draw(true, {}).match(/\u001b\[/g)!;
    expect(escapes.length).toBeGreaterThan(10);
    expect(stripVTControlCharacters(draw(true, {}))).toBe(draw(false, {}));
    expect(draw(true, { NO_COLOR: "1" })).not.toContain("\u001b[");
    expect(draw(true, { TERM: "dumb" })).not.toContain("\u001b[");
    expect(draw(false, { FORCE_COLOR: "1" })).toContain("\u001b[");
  });

  test("cross-entropy alone has its own title", async () => {
    expect(await run("--loss", "cross-entropy")).toContain("CE(pₜ) = −log pₜ");
    expect(await run("--loss", "crossEntropy")).toBe(await run("--loss", "cross-entropy"));
  });

  test("focalStar's curves are its own beside cross-entropy, flsd53 is one curve of its own name, as in its formula (1e-9)", () => {
    const curvesOf = (loss: string) => readFigure({ gamma: "0,2", what: "loss", loss }).figure.curves;
    const at = ({ points }: ReturnType<typeof curvesOf>[number]) => points.find(({ pt }) => pt === 0.75)!.value;
    const [cross, star] = curvesOf("focalStar");
    expect(at(cross!)).toBeCloseTo(-Math.log(0.75), 9);
    expect(at(star!)).toBeCloseTo(Math.log1p(Math.exp(-(2 * Math.log(3) + 1))) / 2, 9);
    const [reference, one, ...more] = curvesOf("flsd53");
    expect([reference!.gamma, one!.name, more]).toEqual([0, "flsd53", []]);
    expect(at(one!)).toBeCloseTo(-(0.25 ** 3) * Math.log(0.75), 9);
    const { figure, heading } = readFigure({ gamma: "0,2", what: "loss", loss: "flsd53" });
    const drawn = drawCurves(figure, heading, 80, colorsFor({ isTTY: false }, {}));
    expect(drawn).toContain("flsd53");
    expect(drawn).not.toContain("γ = 2");
    expect(new TextDecoder().decode(renderFigure(figure, heading, "a.svg"))).toContain(">flsd53</text>");
    expect(curvesOf("poly1Focal")[0]!.name).toBe("γ = 0"); // not cross-entropy
  });
});
