/** What does one call cost, from 16 logits to 1e8? Sigmoid head, γ = 2, sum and gradient, one thread. */
import { interleave, prepareAll } from "./harness.ts";
import type { Peer, Row } from "./harness.ts";
import { automatic, javascript, wasm } from "./ours.ts";
import { sse } from "./peers/c.ts";
import { plain } from "./peers/plain.ts";
import { torchvisionTuned } from "./peers/torch.ts";
import { sigmoidProblem } from "./problems.ts";
import { digits, markdown, quick, save } from "./report.ts";

const peers: readonly Peer[] = [automatic, wasm, javascript, plain, sse, torchvisionTuned];
/** PyTorch's temporaries for 1e8 logits may not fit. */
const largest = new Map([[torchvisionTuned, 1e7], [sse, 1e7]]);
const lengths = [16, 64, 256, 1e3, 1e4, 1e5, 1e6, ...(quick ? [] : [1e7, 1e8])];

const sizes: { n: number; secondsPerCall: Row[] }[] = [];
for (const n of lengths) {
  const candidates = await prepareAll(peers.filter((peer) => n <= (largest.get(peer) ?? Infinity)), sigmoidProblem(n));
  const rows = await interleave(candidates, quick ? { turns: 11, turn: 0.002, perCandidate: 0.15 } : { turns: 31, turn: 0.005, perCandidate: 2 });
  for (const candidate of candidates) candidate.close?.();
  sizes.push({ n, secondsPerCall: rows });
}
for (const peer of peers) peer.close?.();

const names = [...new Set(sizes.flatMap(({ secondsPerCall }) => secondsPerCall.map(({ name }) => name)))];
const cell = (name: string, at: { secondsPerCall: Row[] }, divisor: number): string => {
  const row = at.secondsPerCall.find((one) => one.name === name);
  return row ? digits((row.median / divisor) * 1e9) : "–";
};
console.log(`\n### Nanoseconds per call at ${lengths[0]} logits, and per logit by their number\n\n${markdown(
  ["candidate", `a call at ${lengths[0]}`, ...lengths.map((n) => (n < 1000 ? String(n) : n.toExponential(0)))],
  names.map((name) => [name, cell(name, sizes[0]!, 1), ...sizes.map((size) => cell(name, size, size.n))]),
)}\n`);
save("sizes", { question: "one call by the number of logits, sigmoid head, γ = 2, sum and gradient, one thread", sizes });
