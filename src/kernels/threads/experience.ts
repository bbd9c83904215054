/** A way is preferred to going alone only if it saves more than this of the time. */
const worthwhile = 0.05;
/** The slower way is tried again after so many jobs, times how much slower it is, so that tries cost one or two per cent. */
const patience = 128;
/** Jobs between tries. */
const fewest = 16, most = 512;
/** How far one job may lie above what is known of its way: what the system put in between says little of the next. */
const outlier = 2;

/** What is known of jobs of one kernel and about one size. */
interface Habit {
  /** Milliseconds per block with nobody's help, and with workers: means in which old jobs fade. */
  alone: number;
  together: number;
  /** Jobs until the slower way is tried again. */
  left: number;
  /** No job has gone before: memory is slow where it is touched for the first time. */
  cold: boolean;
  /** The job before went without workers: they may be asleep, and waking them takes longer than it will the next time. */
  waking: boolean;
}

/**
 * Whether workers save time: tried, and remembered for each kernel and size.
 *
 * Where other programs keep the cores busy, workers may cost more than they bring, as they take turns with the caller. The
 * way that has been faster is taken; the other one is tried again after a while, the later the more it would cost.
 */
export class Experience {
  readonly #habits = new WeakMap<WebAssembly.Module, Habit[]>();

  of(kernel: WebAssembly.Module, blocks: number): Habit {
    let habits = this.#habits.get(kernel);
    if (!habits) this.#habits.set(kernel, (habits = []));
    return (habits[31 - Math.clz32(blocks)] ??= { alone: Infinity, together: Infinity, left: 2, cold: true, waking: true });
  }
}

const prefersTogether = ({ alone, together }: Habit): boolean => together < (1 - worthwhile) * alone;

/** Whether the next job is to go without workers: the faster way, unless it is the other one's turn. */
export function goesAlone(habit: Habit): boolean {
  if (habit.left === 0) return prefersTogether(habit);
  habit.left--;
  return !prefersTogether(habit);
}

/** Learns from a job's milliseconds per block. */
export function learn(habit: Habit, alone: boolean, time: number): void {
  const { cold, waking } = habit, before = prefersTogether(habit), way = alone ? "alone" : "together", known = habit[way];
  const asPreferred = alone !== before;
  habit.cold = false;
  habit.waking = alone;
  if (cold || (waking && !alone && !asPreferred && time > (1 - worthwhile) * habit.alone)) return; // another chance, next time
  const usual = known === Infinity ? Math.min(time, outlier * habit.alone) : known;
  habit[way] = usual + (Math.min(time, outlier * usual) - usual) / (asPreferred ? 8 : 2);
  if (asPreferred && prefersTogether(habit) === before) return;
  // A try that went well goes on until it is believed, or did not go so well.
  const promising = !asPreferred && prefersTogether(habit) === before && prefersTogether({ ...habit, [way]: time }) !== before;
  habit.left = promising ? 0 : pause(habit);
}

function pause({ alone, together }: Habit): number {
  const slower = Math.max(alone, together) / Math.min(alone, together) - 1;
  return Math.round(Math.min(most, Math.max(fewest, patience * slower)));
}
