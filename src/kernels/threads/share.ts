import type { Job } from "../../heads/job.ts";
import { inspectTargets } from "../../heads/labels.ts";
import type { Loss } from "../../losses/loss.ts";
import { copyIn, copyOut, runBlock, staysPut } from "../block.ts";
import type { Modules } from "../block.ts";
import { blockLength, slotsPerWorker } from "../machine.ts";
import type { Blocks, Machine } from "../machine.ts";
import type { Shared } from "../wasm.ts";
import { blocksPerRound, hard, soft } from "./control.ts";
import { goesAlone, learn } from "./experience.ts";
import { Round } from "./round.ts";
import type { Team } from "./team.ts";

/** Blocks that a worker is handed, and their number. */
interface Slot {
  readonly number: number;
  readonly blocks: Blocks;
}

/** Blocks per thread and round, at most: few enough to learn soon what pays, enough for the wait at the end not to count. */
const blocksPerThread = 64;

/**
 * Runs the first whole blocks of a job's rest on the calling thread and the workers.
 *
 * Where every array lives in a shared memory, all blocks are offered at once. Else the caller copies blocks for the workers
 * through a few slots, and runs others itself in between: at home, in memory that is not shared, which engines copy faster.
 *
 * @param home - where the caller runs blocks
 * @param given - whether targets are known to be soft; if not, blocks behind the first with soft ones are left undone
 */
export function share(team: Team, home: Machine, modulesFor: (machine: Machine) => Modules, job: Job<Loss>, start: number, given: boolean): Shared {
  const began = performance.now();
  const left = Math.floor((job.logits.length - start) / blockLength), rounds = Math.ceil(left / Math.min(blocksPerRound, blocksPerThread * (1 + team.workers)));
  const blocks = Math.ceil(left / rounds);
  const bounds = (block: number): [number, number] => [start + block * blockLength, start + (block + 1) * blockLength];
  const modules = modulesFor(home), kernelOf = ({ sum, each }: Modules): WebAssembly.Module => (job.losses ? each : sum)();
  const habit = team.experience.of(kernelOf(modules), blocks);
  if (goesAlone(habit)) {
    const result = runAlone(home, modules, job, start, blocks, given);
    if (!result.foundSoft) learn(habit, true, (performance.now() - began) / blocks);
    return result;
  }
  const inPlace = home.workers > 0 && staysPut(home, job);
  const away = home.workers > 0 ? home : team.machine;
  const round = new Round(team, away, kernelOf(modulesFor(away)), blocks, job);
  const idle: Slot[] = [], busy = new Map<number, Slot>();
  /** Blocks that were offered, or kept by the caller: the first so many. */
  let begun = 0;
  let found = false;

  const run = (block: number): void => {
    const sum = runBlock(home, modules, job, ...bounds(block));
    const isSoft = !given && home.hard.includes(0);
    found ||= isSoft;
    round.record(block, sum, isSoft ? soft : hard);
  };
  const inspect = (from: number, to: number): void => {
    if (given) inspectTargets(job.targets, job.ignoreIndex, bounds(from)[0], bounds(to)[0]);
  };
  const release = (block: number, slot: Slot): void => {
    busy.delete(block);
    idle.push(slot);
  };
  const fillSlots = (): void => {
    for (const [block, slot] of busy) {
      if (!round.isDone(block)) continue;
      copyOut(away, slot.blocks, job, ...bounds(block), 0);
      release(block, slot);
    }
    while (idle.length > 0 && begun < blocks) {
      const slot = idle.pop()!, block = begun++;
      round.useSlot(block, slot.number, copyIn(away, slot.blocks, job, ...bounds(block), 0));
      round.offer(block, block + 1);
      busy.set(block, slot);
      inspect(block, block + 1);
    }
  };
  /** The caller's next block: with slots one that was never offered, as long as there is any; −1 if there is none. */
  const next = (): number => {
    if (begun === blocks) return round.take(blocks);
    round.keep(begun);
    inspect(begun, begun + 1);
    return begun++;
  };
  /** Runs a block unless someone has. */
  const settle = (block: number): void => {
    const finished = round.settle(block, 1.5 * habit.alone), slot = busy.get(block);
    if (!finished) run(block);
    else if (slot) copyOut(away, slot.blocks, job, ...bounds(block), 0);
    if (slot) release(block, slot);
  };

  try {
    if (inPlace) {
      round.useAddresses(copyIn(home, home.blocks, job, ...bounds(0), 0));
      round.offer(0, (begun = blocks));
      inspect(0, blocks);
    } else {
      for (let number = 0; number < away.workers * slotsPerWorker; number++) idle.push({ number, blocks: away.blocksAt(1 + away.workers + number) });
    }
    while (!found && (given || !round.softSeen)) {
      if (!inPlace) fillSlots();
      const block = next();
      if (block < 0) break;
      busy.delete(block);
      run(block);
    }
    let sure = 0;
    for (; sure < begun; sure++) {
      settle(sure);
      if (round.foundSoft(sure)) break;
    }
    if (sure === blocks) learn(habit, false, (performance.now() - began) / blocks);
    return { sums: team.sums.slice(0, sure), foundSoft: sure < begun };
  } finally {
    round.close(begun);
  }
}

/** The same without workers. */
function runAlone(home: Machine, modules: Modules, job: Job<Loss>, start: number, blocks: number, given: boolean): Shared {
  const sums = new Float64Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const from = start + block * blockLength, to = from + blockLength;
    sums[block] = runBlock(home, modules, job, from, to);
    if (given) inspectTargets(job.targets, job.ignoreIndex, from, to);
    else if (home.hard.includes(0)) return { sums: sums.subarray(0, block), foundSoft: true };
  }
  return { sums, foundSoft: false };
}
