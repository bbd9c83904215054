import { expect, test, vi } from "vitest";
import { run } from "../src/main.ts";

async function focal(...args: string[]): Promise<{ out: string; error: string; code: number }> {
  const lines: string[] = [], errors: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((text: unknown) => void lines.push(String(text)));
  const complain = vi.spyOn(console, "error").mockImplementation((text: unknown) => void errors.push(String(text)));
  try {
    return { code: await run(args), out: lines.join("\n"), error: errors.join("\n") };
  } finally {
    log.mockRestore();
    complain.mockRestore();
  }
}

test("prints any loss of the library as its paper writes it", async () => {
  expect((await focal("render", "poly1Focal")).out).toBe("-(1 - p_t)^{\\gamma} \\log(p_t) + \\epsilon (1 - p_t)^{\\gamma + 1}");
  expect((await focal("render", "asymmetric")).out).toContain("(1 - p)^{\\gamma_{+}}");
  expect((await focal("render", "cross-entropy")).out).toBe((await focal("render", "crossEntropy")).out);
  expect((await focal("render", "crossEntropy")).out).toContain("\\log");
  expect((await focal("render", "focalTversky")).out).toContain("\\sum t p");
});

test("prints JavaScript that computes the loss with the parameters asked for", async () => {
  const { out } = await focal("render", "poly1Focal", "--to", "js", "--set", "gamma=1,epsilon=2");
  const run = new Function(`${out}; return poly1Focal`)() as (u: number) => { value: number };
  expect(run(0).value).toBeCloseTo(0.5 * Math.log(2) + 2 * 0.25, 14);
});

test.each([
  [["render", "hinge"], /^focal: loss must be .*focal, .* got "hinge"$/],
  [["render", "focal", "--set", "gamma"], 'focal: set must be name=number, separated by commas, got "gamma"'],
  [["render", "focal", "--set", "beta=1"], "focal: focal has no parameter beta; it has gamma, alpha"],
  [["render", "dualFocal", "--to", "js"], 'focal: dualFocal is no function of one margin: language must be tex, got "js"'],
])("%s is one sentence and exit code 1", async (args, sentence) => {
  const { code, error } = await focal(...args);
  expect(code).toBe(1);
  if (typeof sentence === "string") expect(error).toBe(sentence);
  else expect(error).toMatch(sentence);
});
