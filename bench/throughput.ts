/** How long do the sum of focal losses and its gradient take, γ = 2, α = 0.25, float32, one thread unless said? */
import { interleave, prepareAll } from "./harness.ts";
import { ours, threaded } from "./ours.ts";
import { cPeers } from "./peers/c.ts";
import { jaxPeers } from "./peers/jax.ts";
import { plain } from "./peers/plain.ts";
import { tfjsPeers } from "./peers/tfjs.ts";
import { torchPeers } from "./peers/torch.ts";
import { sigmoidProblem } from "./problems.ts";
import { checkLosses } from "./check.ts";
import { quick, save, throughputTable } from "./report.ts";

const peers = [...ours, ...threaded, plain, ...torchPeers, ...jaxPeers, ...tfjsPeers, ...cPeers];
const sizes = [];
for (const n of quick ? [1e5, 1e6] : [1e5, 1e6, 1e7]) {
  const problem = sigmoidProblem(n), candidates = await prepareAll(peers, problem);
  const rows = await interleave(candidates, quick ? { turns: 15, turn: 0.003, perCandidate: 0.5 } : { turns: 31, turn: 0.005, perCandidate: 4 });
  for (const candidate of candidates) candidate.close?.();
  await checkLosses(problem, rows, candidates);
  console.log(`\n### ${n.toExponential(0)} logits: sum and gradient, one thread unless said\n\n${throughputTable(rows, n, /^torchvision.*tuned/, "torchvision (tuned)")}\n`);
  sizes.push({ n, secondsPerCall: rows });
}
for (const peer of peers) peer.close?.();
save("throughput", { question: "sum of focal losses and gradient, γ = 2, α = 0.25, float32, one thread unless said", sizes });
