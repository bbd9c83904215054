/** `npm run soak -- --minutes 10 --trainings 100`: does memory grow with use? Exits with 1 where it does. */
import { cpus, release } from "node:os";
import { parseArgs } from "node:util";
import { threads } from "focal-loss";
import { judge, sample } from "./soak/memory.ts";
import type { Sample } from "./soak/memory.ts";
import { call, changeThreads, training } from "./soak/work.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, trainings: { type: "string", default: "100" } } });
const minutes = Number(values.minutes), trainings = Number(values.trainings);
console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0]?.model ?? process.arch} × ${cpus().length}, ${process.platform} ${release()}`);

const samples: Sample[] = [], start = performance.now(), end = start + minutes * 6e4;
let calls = 0, changes = 0;
for (let next = start; performance.now() < end;) {
  call();
  // A turn of the event loop now and then, for workers that end and what waits to be collected.
  if (++calls % 50 === 0) await new Promise((resume) => setImmediate(resume));
  if (performance.now() < next) continue;
  await changeThreads();
  changes++;
  next = performance.now() + minutes * 600; // a hundred samples
  samples.push(sample((performance.now() - start) / 6e4));
}
await threads(1);
const grew = [judge(`${calls} calls of valueAndGrad in ${minutes} min, the number of threads changed ${changes} times`, samples)];

// jax-js keeps every program it has differentiated, until the process or worker ends: about half a MiB each.
for (const [what, hidden, kept] of [["linear models", [], 0], ["networks", [16, 8], 0.75]] as const) {
  const after: Sample[] = [];
  for (let run = 0; run < trainings; run++) {
    await training(run, hidden);
    after.push(sample(run));
  }
  grew.push(judge(`${trainings} trainings of ${what} in one process`, after, kept * trainings * 0.8));
}
console.log(grew.includes(true) ? "\nMemory grows." : "\nMemory does not grow.");
process.exit(grew.includes(true) ? 1 : 0);
