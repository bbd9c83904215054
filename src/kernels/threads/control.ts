/** Whole blocks that are shared out at a time. */
export const blocksPerRound = 1024;
/** More workers than this never pay. */
export const mostWorkers = 63;
/** Kernels that the workers keep; those sent earlier are forgotten. */
export const kernelsKept = 64;

/** What the words of the memory that caller and workers talk through mean: one array of 32-bit integers. */
export const words = {
  /** Rung when there is something to do; what sleeping workers wait for. */
  bell: 0,
  /** Messages sent so far: a worker that has received fewer leaves its loop to receive them. */
  mail: 1,
  /** Workers that sleep, or are about to. */
  asleep: 2,
  /** The caller sleeps until a block is done. */
  waiting: 3,
  /** Blocks that workers have done since they were started. */
  done: 4,
  /** The current round's number; those that follow describe it. */
  round: 5,
  kernel: 6,
  blocks: 7,
  /** Workers that the memory has blocks for. */
  workers: 8,
  /** A float32: the factor on the derivatives. */
  scale: 9,
  /** A bit for each array that results go to. */
  outputs: 10,
  /** Whether inputs and results go through slots; else `address` holds where each array begins. */
  slotted: 11,
  /** 1 once a worker has found soft targets. */
  softSeen: 12,
  address: 13,
  /** Six addresses for each slot. */
  slots: 64,
  /** For each block of the round: its state, its slot, and what its targets were found to be. */
  states: 1024,
  slotOf: 1024 + blocksPerRound,
  verdicts: 1024 + 2 * blocksPerRound,
  /** For each block the sum of its losses, a float64. */
  sums: 1024 + 3 * blocksPerRound,
  end: 1024 + 5 * blocksPerRound,
} as const;

/** States of a block: the round's number, the worker's and one of these. Only what is free can be taken, and only in its own round. */
export const free = 0, taken = 1, writing = 2, done = 3;
export const stateOf = (round: number, phase: number): number => (round << 8) | phase;
export const workerOf = (state: number): number => (state >> 2) & 63;
/** What a block's targets were found to be: 0 as long as nobody has looked. */
export const hard = 1, soft = 2;
