/** What does the first call of a new loss cost, over a later one? */
import { criterion, focal } from "focal-loss";
import { digits, markdown, quick, save } from "./report.ts";
import { alpha, sigmoidProblem } from "./problems.ts";

/** Seconds in WebAssembly's own compiler, and bytes given to it, since they were last asked for. */
let compiling = 0, bytes = 0;
function watch<K extends "Module" | "Instance">(what: K): void {
  WebAssembly[what] = new Proxy(WebAssembly[what], {
    construct(target, args) {
      const start = performance.now();
      const made = Reflect.construct(target, args) as object;
      compiling += (performance.now() - start) / 1e3;
      if (what === "Module") bytes += (args[0] as Uint8Array).byteLength;
      return made;
    },
  });
}
watch("Module");
watch("Instance");

const { logits, targets } = sigmoidProblem(64);
const grad = new Float32Array(logits.length);
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

const kernels = [2, 1.7].flatMap((gamma) => (["value", "valueAndGrad", "derivatives"] as const).map((order) =>
  ({ gamma, order, bytes: 0, first: [] as number[], compile: [] as number[], later: [] as number[] })));
let sink = 0;

/** Kernel after kernel, each time with another α, so that nothing made before fits. The first half warms up what derives and emits. */
const times = quick ? 60 : 300;
for (let time = 0; time < 2 * times; time++) {
  for (const kernel of kernels) {
    const { gamma, order } = kernel;
    const loss = criterion(focal({ gamma, alpha: alpha + 1e-4 * time }), { reduction: "sum", engine: "wasm" });
    const call = (): number => {
      const start = performance.now();
      sink += order === "value" ? loss.value(logits, targets) : loss[order](logits, targets, { out: grad }).value;
      return (performance.now() - start) / 1e3;
    };
    compiling = bytes = 0;
    const first = call(), compile = compiling;
    kernel.bytes = bytes;
    const later = call();
    if (time < times) continue;
    kernel.first.push(first);
    kernel.compile.push(compile);
    kernel.later.push(later);
  }
}
if (!Number.isFinite(sink)) throw new Error("a call returned no number");
const rows = kernels.map(({ first, compile, later, ...kernel }) => ({ ...kernel, first: median(first), compile: median(compile), later: median(later) }));
const us = (seconds: number): string => digits(seconds * 1e6);
console.log(`\n### The first call of a new loss, warm, at ${logits.length} logits: microseconds\n\n${markdown(
  ["kernel", "first call", "of it derive and emit", "of it compile and instantiate", "a later call", "bytes"],
  rows.map(({ gamma, order, first, compile, later, bytes: size }) => [`γ = ${gamma}, ${order}`, us(first), us(first - compile - later), us(compile), us(later), String(size)]),
)}\n`);
save("compile", { question: "seconds of the first call of a new loss, warm", kernels: rows });
