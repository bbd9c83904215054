import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { alloc, criterion, focal, FocalError, threads, varifocal } from "focal-loss";
import type { Loss } from "focal-loss";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import type { Job } from "../src/heads/job.ts";
import { blockLength, Machine, setBytes } from "../src/kernels/machine.ts";
import { stateOf, taken, words, writing } from "../src/kernels/threads/control.ts";
import { Experience, goesAlone, learn } from "../src/kernels/threads/experience.ts";
import { Round } from "../src/kernels/threads/round.ts";
import { Team } from "../src/kernels/threads/team.ts";

const n = 10 * blockLength + 1003;
const logits = Float32Array.from({ length: n }, (_, i) => ((i * 7919) % 1000) / 50 - 10);
const hardTargets = Float32Array.from(logits, (_, i) => (i % 7 === 0 ? 1 : 0));
const softFrom = (first: number): Float32Array => hardTargets.map((t, i) => (i >= first && i % 5 === 0 ? 0.3 : t));
const weights = Float32Array.from(logits, (_, i) => 1 + (i % 3));

afterEach(() => void vi.restoreAllMocks());
afterAll(() => threads(1));

/** Workers take part in every job, whether that pays on this machine or not. */
const alwaysTogether = (): void => void vi.spyOn(Experience.prototype, "of").mockImplementation(() => ({ alone: 1, together: 0, left: Infinity, cold: false, waking: false }));

interface Given {
  readonly loss?: Loss;
  readonly targets?: Float32Array | Uint8Array;
  readonly weighted?: boolean;
  readonly ignoreIndex?: number;
  readonly offset?: number;
}
const cases: Record<string, Given> = {
  "hard targets": {}, "another length and offset": { offset: 5 }, weights: { weighted: true }, "ignored ones": { ignoreIndex: 1 },
  "bytes as targets": { targets: Uint8Array.from(hardTargets) }, "soft targets": { targets: softFrom(0) }, "soft targets from block 6 on": { targets: softFrom(6.5 * blockLength) },
  "a score loss": { loss: varifocal(), targets: softFrom(0) },
};

/** The bits of numbers, in short. */
const digest = (...arrays: readonly (number | Float32Array | undefined)[]): string => {
  const hash = createHash("sha1");
  for (const array of arrays) hash.update(typeof array === "number" ? Float64Array.of(array) : (array ?? new Float32Array(0)));
  return hash.digest("hex");
};

/** Everything a criterion answers, from plain arrays, from arrays of a room, and from some of each. */
function answers({ loss = focal({ gamma: 2, alpha: 0.25 }), targets = hardTargets, weighted = false, ignoreIndex, offset = 0 }: Given): string[] {
  const room = alloc(n);
  room.logits.set(logits);
  room.targets.set(targets);
  room.weights.set(weights);
  const view = <T extends Float32Array | Uint8Array>(array: T): T => array.subarray(offset) as T;
  return (["mean", "none"] as const).flatMap((reduction) => {
    const run = criterion(loss, { reduction, engine: "wasm", ...(ignoreIndex !== undefined && { ignoreIndex }) });
    const options = (from: Float32Array): object => (weighted ? { weights: view(from) } : {});
    const inRoom = { ...options(room.weights), out: view(room.grad) };
    const digestOf = (answer: { value: number | Float32Array; grad: Float32Array; hessian?: Float32Array }): string => digest(answer.value, answer.grad, answer.hessian);
    return [
      digest(run.value(view(logits), view(targets), options(weights))),
      digestOf(run.derivatives(view(logits), view(targets), options(weights))),
      digestOf(run.valueAndGrad(view(room.logits), view(room.targets), inRoom)),
      digestOf(run.derivatives(view(room.logits), view(targets), inRoom)),
    ];
  });
}

/** Starts threads, and tells how many blocks the workers have done. */
async function start(count: number): Promise<() => number> {
  await threads(1);
  const starting = vi.spyOn(Team, "start");
  expect(await threads(count)).toBe(count);
  const { control } = await (starting.mock.results.at(-1)!.value as Promise<Team>);
  return () => Atomics.load(control, words.done);
}

/** Repeats something until workers have taken part in it: a busy machine may let them wait. */
function untilShared(blocks: () => number, act: () => void): void {
  const before = blocks(), end = performance.now() + 20_000;
  do act(); while (blocks() === before && performance.now() < end);
  expect(blocks()).toBeGreaterThan(before);
}

describe("any number of threads gives the same bits:", () => {
  test.each(Object.entries(cases))("%s", async (_, given) => {
    alwaysTogether();
    await threads(1);
    const want = answers(given);
    for (const count of [2, 3]) {
      const blocks = await start(count);
      for (let again = 0; again < 3; again++) untilShared(blocks, () => expect(answers(given)).toEqual(want));
      await threads(1);
    }
  });

  test("a gradient over its logits, through a room allotted before, and through one for more threads", async () => {
    alwaysTogether();
    const loss = criterion(focal({ gamma: 2 }), { engine: "wasm" });
    const before = alloc(n), plain = loss.valueAndGrad(logits, hardTargets), want = digest(plain.value, plain.grad);
    const overwrite = ({ logits: x, targets }: typeof before): string => {
      x.set(logits);
      targets.set(hardTargets);
      const { value, grad } = loss.valueAndGrad(x, targets, { out: x });
      return digest(value, grad);
    };
    const three = await start(3), wide = alloc(n);
    untilShared(three, () => expect(overwrite(before)).toEqual(want));
    untilShared(three, () => expect(overwrite(wide)).toEqual(want));
    const two = await start(2);
    untilShared(two, () => expect(overwrite(wide)).toEqual(want));
    const narrow = alloc(n), again = await start(3);
    untilShared(again, () => expect(overwrite(narrow)).toEqual(want));
    await threads(1);
    expect(overwrite(wide)).toEqual(want);
  });

  test("a bad target is named, and the next call is right", async () => {
    alwaysTogether();
    const blocks = await start(2), room = alloc(n), loss = criterion(focal(), { engine: "wasm" });
    room.logits.set(logits);
    for (const targets of [room.targets, new Float32Array(n)]) {
      targets.set(softFrom(0));
      targets[7 * blockLength] = 1.5;
      untilShared(blocks, () => expect(() => loss.value(room.logits, targets)).toThrow(`targets[${7 * blockLength}] must be in [0, 1], got 1.5`));
      targets.set(hardTargets);
      expect(loss.value(room.logits, targets)).toBe(loss.value(logits, hardTargets));
    }
  });
});

test("thousands of calls in a row end, and all answer the same", async () => {
  alwaysTogether();
  const blocks = await start(2), loss = criterion(focal(), { engine: "wasm" });
  for (const [length, calls] of [[4 * blockLength, 2000], [100, 10_000], [n, 100]] as const) {
    const room = alloc(length);
    room.logits.set(logits.subarray(0, length));
    room.targets.set(hardTargets.subarray(0, length));
    const first = loss.value(room.logits, room.targets);
    for (let call = 0; call < calls; call++) if (loss.value(room.logits, room.targets) !== first) expect.fail(`call ${call} of ${length} logits`);
  }
  expect(blocks()).toBeGreaterThan(0);
});

test("a block is taken back from a worker that is put aside, and finished for one that stopped while writing", async () => {
  const team = await Team.start(1, () => undefined), machine = new Machine(0, 1), state = words.states, own = machine.blocksAt(1);
  team.stop();
  const results = { grad: machine.blocks.grad } as Job<Loss>, round = new Round(team, machine, new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)), 1, results);
  round.useAddresses([0, 0, 0, 0, machine.blocks.grad.byteOffset, 0]);
  round.offer(0, 1);
  const left = (phase: number): void => void Atomics.store(team.control, state, stateOf(team.control[words.round]!, phase));
  left(taken);
  expect(round.settle(0, 1)).toBe(false);
  own.grad.fill(7);
  new Float64Array(machine.memory.buffer, own.logits.byteOffset + setBytes - 48, 1)[0] = 42;
  left(writing);
  expect(round.settle(0, 1)).toBe(true);
  expect([...new Set(machine.blocks.grad)]).toEqual([7]);
  expect([team.sums[0], round.foundSoft(0)]).toEqual([42, true]); // its verdict's lanes are 0
});

describe("whether workers take part is learned:", () => {
  /** A kernel's jobs, one after another: the share of the time that deciding took, and of the jobs that workers took part in. */
  function jobs(count: number, together: (job: number) => number, habit = new Experience().of(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)), 8)) {
    let time = 0, shared = 0, least = 0, seed = 1;
    for (let job = 0; job < count; job++) {
      seed = (seed * 16807) % 2147483647; // one job in twenty is held up by something else
      const heldUp = seed % 20 === 0 ? 9 : 0, alone = goesAlone(habit), times = [1 + heldUp, together(job) + heldUp] as const;
      learn(habit, alone, times[alone ? 0 : 1]);
      time += times[alone ? 0 : 1];
      least += Math.min(...times);
      if (!alone) shared++;
    }
    return { lost: time / least - 1, shared: shared / count, habit };
  }

  // Tries are told to cost one or two per cent; the first ones come on top.
  test.each([0.5, 0.8, 0.94, 1, 1.06, 1.2, 2, 10])("where jobs with them take %f of the time, deciding costs less than 5 %% over the faster way", (ratio) => {
    expect(jobs(10_000, () => ratio).lost).toBeLessThan(0.05);
  });

  test("when a core becomes free, or busy, a few hundred jobs later", () => {
    const { habit } = jobs(1000, () => 2);
    expect(jobs(1000, () => 2, habit).shared).toBeLessThan(0.04);
    jobs(512, () => 0.5, habit);
    expect(jobs(1000, () => 0.5, habit).shared).toBeGreaterThan(0.95);
    jobs(64, () => 2, habit);
    expect(jobs(1000, () => 2, habit).shared).toBeLessThan(0.04);
  });

  test("a first try that had to wake them has a second chance", () => {
    expect(jobs(100, (job) => (job === 2 ? 3 : 0.6)).shared).toBeGreaterThan(0.9);
  });
});

describe("threads", () => {
  test("refuse a count that is none, in a sentence", async () => {
    for (const count of [0, -1, 1.5, NaN, "2" as unknown as number]) {
      await expect(threads(count)).rejects.toThrow(new FocalError("argument", `threads must be a whole number ≥ 1, got ${String(count)}`));
    }
    expect(await threads(1)).toBe(1);
  });

  test("started twice at once are started one after the other", async () => {
    const end = vi.spyOn(Worker.prototype, "terminate");
    expect(await Promise.all([threads(2), threads(3), threads(3), threads(1)])).toEqual([2, 3, 3, 1]);
    expect(end).toHaveBeenCalledTimes(3);
  });

  test("let a program end that forgets them", async () => {
    const program = `import { criterion, focal, threads } from "focal-loss"; await threads(3); console.log(criterion(focal()).value(new Float32Array(1e6).fill(-1), new Uint8Array(1e6)));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=source", "--import=tsx", "--input-type=module", "--eval", program], { cwd: fileURLToPath(new URL("..", import.meta.url)), timeout: 30_000 });
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  test("lose a worker without a hang: one warning, then one thread", async () => {
    alwaysTogether();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined), posts = vi.spyOn(Worker.prototype, "postMessage");
    const blocks = await start(2), worker = posts.mock.contexts.at(-1) as unknown as Worker, loss = criterion(focal());
    const value = loss.value(logits, hardTargets);
    untilShared(blocks, () => expect(loss.value(logits, hardTargets)).toBe(value));
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    void worker.terminate();
    for (let call = 0; call < 20; call++) expect(loss.value(logits, hardTargets)).toBe(value); // it may end in the middle of a block
    await ended;
    expect(warn.mock.calls).toEqual([["focal-loss: a worker thread has stopped; going on with one thread."]]);
    expect(loss.value(logits, hardTargets)).toBe(value);
    expect(await threads(2)).toBe(2);
  });

  test("in a browser want a page that may share memory", async () => {
    vi.resetModules();
    vi.stubGlobal("process", { env: {} });
    try {
      const fresh = await import("focal-loss");
      expect(await fresh.threads(1)).toBe(1);
      await expect(fresh.threads(2)).rejects.toThrow("threads in a browser need a page that is cross-origin isolated: serve it with the headers");
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
