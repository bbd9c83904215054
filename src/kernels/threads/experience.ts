/** Jobs that go without workers at most, before these are tried again. */
const longest = 63;
/** After so many jobs with workers, less one, the time of one without is measured again. */
const measuredEvery = 16;
/** Jobs without workers at first: memory is slow where it is touched for the first time. */
const first = 2;
/** A try that saves less of the time than this has failed. */
const worthwhile = 0.05;

/** What is known of jobs of one kernel and about one size. */
interface Habit {
  /** Milliseconds per block without workers. */
  alone: number;
  /** Jobs to go without after the last try, and how many of them are left. */
  rest: number;
  left: number;
  /** Jobs that workers took part in since the last one without that was measured for comparison. */
  together: number;
  /** The job before went without workers: they may be asleep, and waking them takes longer than it will the next time. */
  waking: boolean;
}

/**
 * Whether workers save time: tried, and remembered for each kernel and size.
 *
 * Where other programs keep the cores busy, workers may cost more than they bring, as they take turns with the caller. After
 * a try in vain some jobs go without, about twice as many as the time before, so that tries cost a small share of the time;
 * each success halves their number.
 */
export class Experience {
  readonly #habits = new WeakMap<WebAssembly.Module, Habit[]>();

  of(kernel: WebAssembly.Module, blocks: number): Habit {
    let habits = this.#habits.get(kernel);
    if (!habits) this.#habits.set(kernel, (habits = []));
    return (habits[31 - Math.clz32(blocks)] ??= { alone: Infinity, rest: 0, left: first, together: 0, waking: true });
  }
}

/** Whether the next job is to go without workers. */
export function goesAlone(habit: Habit): boolean {
  if (habit.left > 0) {
    habit.left--;
    return true;
  }
  habit.together = (habit.together + 1) % measuredEvery;
  return habit.together === 0;
}

/** Learns from a job's milliseconds per block. Alone the shortest time counts, as long as it keeps being confirmed. */
export function learn(habit: Habit, alone: boolean, time: number): void {
  if (alone) habit.alone = Math.min(time, 1.05 * habit.alone);
  else if (time < (1 - worthwhile) * habit.alone) habit.left = habit.rest = habit.rest >> 1;
  else if (!habit.waking) habit.left = habit.rest = Math.min(2 * habit.rest + 1, longest);
  habit.waking = alone;
}
