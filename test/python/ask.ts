/** What printed losses are asked, and by which Python. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AnyLoss } from "focal-loss";
import { render } from "focal-loss/render";

export type PythonLibrary = "pytorch" | "keras";

/** One call of a printed loss. */
export interface Case {
  readonly name: string;
  readonly loss: AnyLoss;
  readonly head: "sigmoid" | "softmax";
  readonly classes?: number | undefined;
  readonly logits: readonly number[];
  readonly targets: readonly number[];
  readonly dtype: "float32" | "float64";
}

export interface Answer {
  readonly value: number[];
  readonly grad: number[];
  /** Empty where a loss looks at more than one logit at a time. */
  readonly second: number[];
}

const script = fileURLToPath(new URL("run.py", import.meta.url));
/** Whether a Python finds one of some packages. */
const has = (python: string, packages: readonly string[]): boolean =>
  spawnSync(python, ["-c", `import sys; from importlib.util import find_spec; sys.exit(not any(map(find_spec, ${JSON.stringify(packages)})))`]).status === 0;
const pythons = ["python3", "/usr/bin/python3"];

/** A Python that has what a library's cases run on, or why there is none. */
export function findPython(library: PythonLibrary): { readonly python: string | undefined; readonly reason: string } {
  const given = process.env["FOCAL_LOSS_PYTHON"];
  const needs = library === "keras" ? ["keras", "torch"] : ["torch"];
  const python = (given === undefined ? pythons : [given]).find((candidate) => has(candidate, needs));
  return { python, reason: `no Python with ${library === "keras" ? "keras or " : ""}torch among ${given ?? pythons.join(", ")} (Debian: apt install python3-torch)` };
}

const snake = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Prints the losses and runs them all in one process. */
export function ask(python: string, library: PythonLibrary, cases: readonly Case[]): Answer[] {
  const questions = cases.map(({ loss, head, classes, logits, targets, dtype }) => {
    const rows = head === "softmax";
    return {
      source: render(loss, library), function: `${head}_${snake(loss.name)}`, dtype, logits, targets, rows,
      shape: rows ? [logits.length / classes!, classes!] : library === "keras" ? [logits.length, 1] : [logits.length],
      labels: rows && targets.every(Number.isInteger), settings: library === "pytorch" && loss.kind !== "batch" ? { reduction: "none" } : {},
    };
  });
  const { status, stdout, stderr } = spawnSync(python, [script, library], { input: JSON.stringify(questions), encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.replaceAll("NaN", "null").replaceAll("Infinity", "1e999"), (_, value: unknown) => value ?? NaN) as Answer[];
}
