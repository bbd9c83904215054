import { arrays } from "../emit.ts";
import { blockBytes, blockLength, setBytes } from "../machine.ts";
import { blocksPerRound, done, hard, kernelsKept, soft, taken, words, writing } from "./control.ts";

/**
 * The program of a worker, as text: it starts from there in Node and in browsers alike, without a file that a bundler would
 * have to find.
 *
 * A worker computes a block into blocks of its own and then asks whether it may still write the results where they belong:
 * a caller who has waited too long for a worker that the system has put aside takes the block back.
 */
export const workerText = `"use strict";
const node = typeof require === "function" ? require("node:worker_threads") : undefined;
const port = node ? node.parentPort : self;
const kernels = new Map();
let control, scales, sums, own, received;

const receive = (message) => {
  if (message.control) {
    control = new Int32Array(message.control);
    scales = new Float32Array(message.control);
    sums = new Float64Array(message.control, ${4 * words.sums}, ${blocksPerRound});
    own = message.number;
    received = Atomics.load(control, ${words.mail});
    port.postMessage("ready");
  } else {
    received++;
    if (message.gone !== undefined) {
      for (const [id, { machine }] of kernels) if (machine === message.gone) kernels.delete(id);
    } else {
      const env = { memory: message.memory }, exported = (module) => new WebAssembly.Instance(module, { env }).exports.run;
      const { buffer } = message.memory, start = (1 + own) * ${setBytes}, behind = start + ${arrays.length * blockBytes};
      const verdict = new Int32Array(buffer, behind, 4), sum = new Float64Array(buffer, behind + 16, 1);
      kernels.set(message.kernel, { run: exported(message.module), copy: exported(message.copy), machine: message.machine, start, verdict, sum });
      kernels.delete(message.kernel - ${kernelsKept});
    }
  }
  listen();
};
if (node) port.on("message", receive);
else port.onmessage = ({ data }) => receive(data);

function listen() {
  for (;;) {
    const bell = Atomics.load(control, ${words.bell});
    if (Atomics.load(control, ${words.mail}) !== received) return;
    work();
    if (spin(bell)) continue;
    Atomics.add(control, ${words.asleep}, 1);
    Atomics.wait(control, ${words.bell}, bell);
    Atomics.sub(control, ${words.asleep}, 1);
  }
}

// As long as the caller may take for its last block and to come back.
function spin(bell) {
  const until = performance.now() + 0.1;
  do {
    for (let i = 0; i < 200; i++) if (Atomics.load(control, ${words.bell}) !== bell) return true;
  } while (performance.now() < until);
  return false;
}

function work() {
  const free = Atomics.load(control, ${words.round}) << 8, mine = free + (own << 2);
  const kernel = kernels.get(control[${words.kernel}]);
  if (!kernel || own >= control[${words.workers}]) return;
  const blocks = Math.min(control[${words.blocks}], ${blocksPerRound});
  for (let i = 0; i < blocks; i++) {
    const state = ${words.states} + i;
    if (Atomics.load(control, state) === free && Atomics.compareExchange(control, state, free, mine + ${taken}) === free) run(kernel, mine, i);
  }
}

function run({ run, copy, start, verdict, sum }, mine, i) {
  const state = ${words.states} + i, at = [], outputs = control[${words.outputs}], scale = scales[${words.scale}], slotted = control[${words.slotted}];
  for (let a = 0; a < ${arrays.length}; a++) {
    at[a] = slotted ? control[${words.slots} + ${arrays.length} * control[${words.slotOf} + i] + a] : control[${words.address} + a] + ${blockBytes} * i;
  }
  if (Atomics.load(control, state) !== mine + ${taken}) return; // taken back; what was just read may belong to another round
  sum[0] = run(at[0], at[1], at[2], start + ${3 * blockBytes}, start + ${4 * blockBytes}, start + ${5 * blockBytes}, ${blockLength}, scale, verdict.byteOffset);
  if (Atomics.compareExchange(control, state, mine + ${taken}, mine + ${writing}) !== mine + ${taken}) return;
  for (let a = 3; a < ${arrays.length}; a++) if (outputs >> a & 1) copy(at[a], start + a * ${blockBytes}, ${blockBytes});
  sums[i] = sum[0];
  const isSoft = verdict.includes(0);
  control[${words.verdicts} + i] = isSoft ? ${soft} : ${hard};
  if (isSoft) Atomics.store(control, ${words.softSeen}, 1);
  Atomics.add(control, ${words.done}, 1);
  Atomics.store(control, state, mine + ${done});
  if (Atomics.load(control, ${words.waiting})) Atomics.notify(control, state);
}
`;
