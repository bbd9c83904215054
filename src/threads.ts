import { FocalError } from "./errors.ts";
import { mostWorkers } from "./kernels/threads/control.ts";
import { refuseWithoutSharing } from "./kernels/threads/host.ts";
import { share } from "./kernels/threads/share.ts";
import { Team } from "./kernels/threads/team.ts";
import { commonMachine, makeRoomFor } from "./kernels/machine.ts";
import { useHelpers } from "./kernels/wasm.ts";

let team: Team | undefined;
/** Changes of the number of threads, one after another. */
let changes: Promise<unknown> = Promise.resolve();

/**
 * Lets large calls run on several threads.
 *
 * Calls stay synchronous, and results are the same bits with any number of threads. It concerns the sigmoid head on SIMD
 * from 65536 logits on. Arrays of an `alloc` after this call go fastest: threads use them where they lie. All others are
 * copied by the calling thread, block by block. Where threads turn out not to save time, because other programs keep the
 * cores busy, calls go without and try again now and then. From now on arrays of `alloc` lie in shared memory, which some
 * web interfaces refuse.
 *
 * Node waits for no thread when a program ends. A browser shares memory only with a page that is cross-origin isolated,
 * and starts threads from a `blob:` address, which a content security policy must allow.
 *
 * @param count - threads together with the calling one, 1 or more; 1 ends the others. Beyond the number of cores they only
 * get in each other's way
 * @returns how many are in use: at most 64, and 1 where SIMD is missing
 * @throws FocalError `argument` when the count is no whole number ≥ 1; `engine` where threads cannot be had
 *
 * @example
 * await threads(2); // 2
 * const { logits, targets, grad } = alloc(1_000_000);
 * criterion(focal()).valueAndGrad(logits, targets, { out: grad }); // on two threads
 * await threads(1); // 1
 */
export function threads(count: number): Promise<number> {
  const change = changes.then(() => setThreads(count));
  changes = change.catch(() => undefined);
  return change;
}

async function setThreads(count: number): Promise<number> {
  if (!(Number.isSafeInteger(count) && count >= 1)) throw new FocalError("argument", `threads must be a whole number ≥ 1, got ${String(count)}`);
  const workers = Math.min(count - 1, mostWorkers);
  if (workers > 0) refuseWithoutSharing();
  if (commonMachine() === null) return 1;
  if (workers === (team?.workers ?? 0)) return workers + 1;
  goOnAlone();
  if (workers === 0) return 1;
  const started = await Team.start(workers, () => {
    console.warn("focal-loss: a worker thread has stopped; going on with one thread.");
    goOnAlone();
  });
  team = started;
  makeRoomFor(workers);
  useHelpers((...job) => share(started, ...job));
  return workers + 1;
}

function goOnAlone(): void {
  team?.stop();
  team = undefined;
  makeRoomFor(0);
  useHelpers(undefined);
}
