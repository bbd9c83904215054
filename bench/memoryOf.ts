/** `node memoryOf.js INDEX N`: the resident memory of one candidate, in this process or the one it starts. */
import { pathToFileURL } from "node:url";
import type { Peer } from "./harness.ts";
import { allotted, ours } from "./ours.ts";
import { jaxPeers } from "./peers/jax.ts";
import { plain } from "./peers/plain.ts";
import { tfjsPeers } from "./peers/tfjs.ts";
import { torchvision } from "./peers/torch.ts";
import { sigmoidProblem } from "./problems.ts";
import { peakResident } from "./resident.ts";

/** Arrays in kernel memory are the caller's own; here they would be counted beside the problem's. */
export const measured: readonly Peer[] = [...ours.filter((peer) => peer !== allotted), plain, ...torchvision, ...jaxPeers, ...tfjsPeers];

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const peer = measured[Number(process.argv[2])]!;
  try {
    const problem = sigmoidProblem(Number(process.argv[3]));
    // The libraries themselves are loaded and compiled on a few logits first.
    const few = await peer.prepare(sigmoidProblem(256));
    await few.run(3);
    const here = process.memoryUsage().rss;
    const candidate = await peer.prepare(problem);
    await candidate.run(3);
    console.log(JSON.stringify({ name: candidate.name, ...(await candidate.memory?.() ?? { before: here, peak: peakResident() }) }));
  } catch (error) {
    console.log((error as Error).message);
    process.exitCode = 1;
  } finally {
    peer.close?.();
  }
}
