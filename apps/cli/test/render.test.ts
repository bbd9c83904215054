import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import * as ort from "onnxruntime-web";
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

test("prints a query that an engine answers with the loss of each row", async () => {
  const { out } = await focal("render", "focal", "--to", "sql", "--set", "gamma=2,alpha=0.25");
  const connection = await (await DuckDBInstance.create()).connect();
  const rows = (await connection.runAndReadAll(out.replace("FROM examples", "FROM (VALUES (0, 1), (0, 0)) AS examples (logit, target)"))).getRowsJS() as number[][];
  expect(rows.map(([value]) => value)).toEqual([0.25 * 0.25 * Math.LN2, 0.75 * 0.25 * Math.LN2]);
  expect(rows[0]![1]).toBeCloseTo(-0.25 * 0.25 * (0.5 + Math.LN2), 15); // −α q^γ (q + γ p L) at p = ½
  expect((await focal("render", "focal", "--to", "sql", "--dialect", "clickhouse")).out).toMatch(/^-- focal \(gamma 2\) .*\nWITH\n.*\nFROM examples$/s);
});

test("prints functions for PyTorch and Keras, whose defaults are the parameters asked for", async () => {
  expect((await focal("render", "focal", "--to", "pytorch", "--set", "gamma=3,alpha=0.25")).out).toContain("def sigmoid_focal(logits, targets, *, gamma=3.0, alpha=0.25, reduction=\"mean\"):");
  expect((await focal("render", "dualFocal", "--to", "keras")).out).toContain("def softmax_dual_focal(y_true, y_pred, *, gamma=2.0, alpha=None):");
});

test("writes a file where one is named: source text, or an ONNX model that runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "focal-render-")), source = join(folder, "focal.py"), model = join(folder, "focal.onnx");
  expect((await focal("render", "focal", "--to", "pytorch", "--out", source)).out).toBe(source);
  expect(readFileSync(source, "utf8")).toMatch(/^import torch\n.*return reduced\(loss, reduction\)\n$/s);

  expect((await focal("render", "focal", "--to", "onnx", "--head", "softmax", "--classes", "2", "--reduction", "sum", "--gradient", "--out", model)).out).toBe(model);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync(model), { executionProviders: ["wasm"] });
  const { loss, grad } = await session.run({ logits: new ort.Tensor("float32", [0, 0], [1, 2]), targets: new ort.Tensor("float32", [1], [1]) });
  await session.release();
  expect(loss!.data[0]).toBeCloseTo(Math.LN2 / 4, 6);
  expect(grad!.data[1]).toBeCloseTo(-(1 + 2 * Math.LN2) / 8, 6); // −q^γ (q + γ p L) at p = ½
});

test.each([
  [["render", "hinge"], /^focal: loss must be .*focal, .* got "hinge"$/],
  [["render", "focal", "--set", "gamma"], 'focal: set must be name=number, separated by commas, got "gamma"'],
  [["render", "focal", "--set", "beta=1"], "focal: focal has no parameter beta; it has gamma, alpha"],
  [["render", "dualFocal", "--to", "js"], 'focal: dualFocal is no function of one margin: language must be tex, pytorch, keras, got "js"'],
  [["render", "focal", "--to", "python"], 'focal: to must be tex, pytorch, keras, js, wasm, wgsl, sql, onnx, got "python"'],
  [["render", "focal", "--to", "onnx"], "focal: an ONNX model is no text to print: --out says which file to write, as --out focal.onnx"],
  [["render", "focal", "--to", "onnx", "--head", "softmax", "--out", "focal.onnx"], "focal: classes must be a whole number ≥ 2, got undefined"],
  [["render", "focal", "--to", "onnx", "--head", "tree", "--out", "focal.onnx"], 'focal: head must be sigmoid, softmax, got "tree"'],
  [["render", "focal", "--to", "pytorch", "--classes", "3"], "focal: --classes is for --to onnx, got --to pytorch"],
  [["render", "focal", "--dialect", "duckdb"], "focal: --dialect is for --to sql, got --to tex"],
  [["render", "focal", "--to", "sql", "--dialect", "mysql"], 'focal: dialect must be duckdb, clickhouse, postgres, trino, spark, got "mysql"'],
  [["render", "focal", "--out", "nowhere/focal.tex"], 'focal: out is in a folder that does not exist: "nowhere"'],
])("%s is one sentence and exit code 1", async (args, sentence) => {
  const { code, error } = await focal(...args);
  expect(code).toBe(1);
  if (typeof sentence === "string") expect(error).toBe(sentence);
  else expect(error).toMatch(sentence);
});
