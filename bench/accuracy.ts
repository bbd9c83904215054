/** How right is the float32 gradient of an easy positive, and is it finite at γ = 0.5? */
import { prepareAll } from "./harness.ts";
import { ours } from "./ours.ts";
import { sse } from "./peers/c.ts";
import { jaxPeers } from "./peers/jax.ts";
import { plain } from "./peers/plain.ts";
import { tfjsPeers } from "./peers/tfjs.ts";
import { torchPeers } from "./peers/torch.ts";
import { alpha } from "./problems.ts";
import type { Problem } from "./problems.ts";
import { markdown, save } from "./report.ts";

const peers = [...ours, plain, ...torchPeers, ...jaxPeers, ...tfjsPeers, sse];
const tail = [10, 15, 20];
const logits = [...tail, ...Array.from({ length: 201 }, (_, i) => i - 100)];

/** The gradient for a positive, in float64 from 1 − p = σ(−x): nothing cancels. */
function exact(x: number, gamma: number): number {
  const q = 1 / (1 + Math.exp(x)), p = 1 / (1 + Math.exp(-x)), ce = Math.log1p(Math.exp(-Math.abs(x))) + Math.max(-x, 0);
  return -alpha * q ** gamma * (q + gamma * p * ce);
}

const positives = (gamma: number): Problem =>
  ({ head: "sigmoid", logits: Float32Array.from(logits), targets: new Float32Array(logits.length).fill(1), classes: 1, gamma });

/** Every candidate's gradients at one γ, by name. */
async function gradients(gamma: number): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const candidate of await prepareAll(peers, positives(gamma))) {
    found.set(candidate.name, Array.from(await candidate.gradient()));
    candidate.close?.();
  }
  return found;
}

const square = await gradients(2), root = await gradients(0.5);
for (const peer of peers) peer.close?.();
const candidates = [...square].map(([name, values]) => {
  const atRoot = root.get(name);
  return {
    name, relativeError: tail.map((x, i) => Math.abs(values[i]! / exact(x, 2) - 1)),
    notFinite: atRoot && logits.slice(tail.length).filter((_, i) => !Number.isFinite(atRoot[tail.length + i])),
  };
});
/** "17 … 100", where whole numbers follow each other. */
const span = (values: readonly number[]): string => (values.length === 0 ? "none" : values.length === 1 ? `${values[0]}` : `${values.length} of 201, ${values[0]} … ${values.at(-1)}`);
console.log(`\n### Gradient of a positive, float32: relative error at γ = 2, and logits from −100 to 100 where it is not finite at γ = 0.5\n\n${markdown(
  ["candidate", ...tail.map((x) => `x = ${x}`), "not finite at γ = 0.5"],
  candidates.map(({ name, relativeError, notFinite }) => [name, ...relativeError.map((e) => e.toExponential(1)), notFinite ? span(notFinite) : "–"]),
)}\n`);
save("accuracy", { question: "float32 gradient of a positive: relative error at γ = 2, logits where it is not finite at γ = 0.5", logits: tail, candidates });
