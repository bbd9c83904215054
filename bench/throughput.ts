/** How long do the sum of focal losses and its gradient take, γ = 2, α = 0.25, float32, one thread? */
import { criterion, focal } from "focal-loss";
import { clock, interleave, machine, markdown, random, save } from "./harness.ts";
import type { Candidate } from "./harness.ts";
import { python, torchCandidate } from "./peers/torch.ts";

/** The usual composite as a plain loop: what one would write first. */
function plainLoop(logits: Float32Array, targets: Float32Array, grad: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i]!, t = targets[i]!;
    const e = Math.exp(-Math.abs(x)), d = 1 / (1 + e);
    const p = x >= 0 ? d : e * d;
    const ce = Math.max(x, 0) - x * t + Math.log1p(e);
    const q = t ? 1 - p : p, alpha = t ? 0.25 : 0.75;
    sum += alpha * q * q * ce;
    grad[i] = (t ? -1 : 1) * alpha * q * q * (q + 2 * (1 - q) * ce);
  }
  return sum;
}

export async function throughput(quick: boolean): Promise<void> {
  const path = python();
  if (!path) console.log("PyTorch is not measured: no python3 here has torch and torchvision (Debian: python3-torch python3-torchvision).\n");
  const sizes = [];
  for (const n of quick ? [1e5, 1e6] : [1e5, 1e6, 1e7]) {
    const next = random(1);
    const logits = Float32Array.from({ length: n }, () => 2 * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
    const targets = Float32Array.from({ length: n }, () => (next() < 0.2 ? 1 : 0));
    const bytes = Uint8Array.from(targets), grad = new Float32Array(n);
    let sink = 0;
    const ours = (name: string, engine: "wasm" | "js", labels: Float32Array | Uint8Array): Candidate => {
      const loss = criterion(focal({ gamma: 2, alpha: 0.25 }), { reduction: "sum", engine });
      return { name, time: () => clock(() => { sink += loss.valueAndGrad(logits, labels, { out: grad }).value; }) };
    };
    const candidates = [
      ours("focal-loss, WASM SIMD, float32 targets", "wasm", targets),
      ours("focal-loss, WASM SIMD, uint8 targets", "wasm", bytes),
      ours("focal-loss, JavaScript", "js", targets),
      { name: "plain JavaScript loop", time: () => clock(() => { sink += plainLoop(logits, targets, grad); }) },
      ...(path ? [await torchCandidate(path, "torchvision", n, "tuned"), await torchCandidate(path, "torchvision", n, "default"), await torchCandidate(path, "note", n, "tuned")] : []),
    ];
    const rows = await interleave(candidates, n >= 1e7 ? 9 : quick ? 15 : 31);
    for (const candidate of candidates) if ("close" in candidate) candidate.close?.();
    if (!Number.isFinite(sink)) throw new Error("a candidate returned no number");
    const reference = rows.find((row) => row.name.includes("tuned") && row.name.includes("torchvision"));
    console.log(`### ${n.toExponential(0)} logits: sum and gradient, one thread\n`);
    console.log(markdown(["candidate", "ns per logit", "quartiles", "× torchvision (tuned)"], rows.map(({ name, median, low, high }) => [
      name, ((median / n) * 1e9).toFixed(2), `${((low / n) * 1e9).toFixed(2)}–${((high / n) * 1e9).toFixed(2)}`, reference ? (reference.median / median).toFixed(2) : "–",
    ])), "\n");
    sizes.push({ n, secondsPerCall: rows });
  }
  save("throughput", { question: "sum of focal losses and gradient, γ = 2, α = 0.25, float32, one thread", machine: machine(), date: new Date().toISOString(), sizes });
}
