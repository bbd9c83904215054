/** A source of numbers in [0, 1). Its whole state is one number, so that a run can be put down and taken up again. */
export interface RandomNumbers {
  (): number;
  /** Everything later numbers depend on. */
  readonly state: number;
}

/**
 * A small seeded generator (mulberry32): the same numbers on every machine, since it is integer arithmetic only.
 *
 * @param state - a seed, or the `state` of a generator to go on with
 */
export function randomNumbers(state: number): RandomNumbers {
  let now = state >>> 0;
  const next = (): number => {
    now = (now + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(now ^ (now >>> 15), now | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return Object.defineProperty(next, "state", { get: () => now }) as RandomNumbers;
}

/** A generator of its own for each purpose: drawing more for one leaves the others as they were. */
export function stream(seed: number, purpose: string): RandomNumbers {
  let hash = Math.imul(seed ^ (seed / 2 ** 32), 0x9e3779b1);
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  return randomNumbers(hash);
}

/** Puts a list in random order, in place (Fisher–Yates). */
export function shuffle(list: Uint32Array, random: RandomNumbers): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = list[i]!;
    list[i] = list[j]!;
    list[j] = kept;
  }
}
