/** How long do the sum of focal losses over rows of classes and its gradient take, γ = 2, float32, one thread? */
import { checkLosses } from "./check.ts";
import { interleave, prepareAll } from "./harness.ts";
import { ours } from "./ours.ts";
import { plain } from "./peers/plain.ts";
import { torchSoftmax } from "./peers/torch.ts";
import { softmaxProblem } from "./problems.ts";
import { quick, save, throughputTable } from "./report.ts";

const peers = [...ours, plain, ...torchSoftmax];
const shapes = [];
for (const [rows, classes] of [[1e5, 10], [1e4, 1000]] as const) {
  const problem = softmaxProblem(rows, classes), candidates = await prepareAll(peers, problem);
  const times = await interleave(candidates, quick ? { turns: 15, turn: 0.003, perCandidate: 0.5 } : { turns: 31, turn: 0.005, perCandidate: 4 });
  for (const candidate of candidates) candidate.close?.();
  await checkLosses(problem, times, candidates);
  console.log(`\n### ${rows.toExponential(0)} rows of ${classes} classes: sum and gradient, one thread\n\n${throughputTable(times, rows * classes, /tuned/, "PyTorch (tuned)")}\n`);
  shapes.push({ rows, classes, secondsPerCall: times });
}
for (const peer of peers) peer.close?.();
save("softmax", { question: "sum of focal losses over rows of classes and gradient, γ = 2, float32, one thread", shapes });
