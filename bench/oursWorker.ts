/** `node oursWorker.js THREADS`: this library on several threads. What it is asked and answers stands in peers/worker.ts. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { threads } from "focal-loss";
import type { Candidate } from "./harness.ts";
import { allotted } from "./ours.ts";
import { peakResident } from "./resident.ts";

let candidate: Candidate | undefined, before = 0;

async function load([file, elements, classes, gamma]: readonly string[]): Promise<void> {
  const { buffer } = Uint8Array.from(readFileSync(file!)), n = Number(elements);
  candidate = await allotted.prepare({
    head: classes === "1" ? "sigmoid" : "softmax", logits: new Float32Array(buffer, 0, n), targets: new Float32Array(buffer, 4 * n), classes: Number(classes), gamma: Number(gamma),
  });
  before = process.memoryUsage().rss;
}

const answers: Record<string, (words: readonly string[]) => Promise<string>> = {
  async load(words) {
    await load(words);
    return "ok";
  },
  async run([calls]) {
    const { seconds, loss } = await candidate!.run(Number(calls));
    return `${seconds} ${loss}`;
  },
  gradient: async () => Array.from(await candidate!.gradient()).join(" "),
  memory: async () => `${before} ${peakResident()}`,
};

const wanted = Number(process.argv[2]), started = await threads(wanted).catch((error: Error) => error.message);
for await (const line of createInterface(process.stdin)) {
  const [word, ...rest] = line.split(" ");
  const answer = started === wanted ? await answers[word!]!(rest).catch((error: Error) => `error ${error.message}`) : `error ${typeof started === "string" ? started : `only ${started} threads can be had`}`;
  console.log(answer);
}
process.exit();
