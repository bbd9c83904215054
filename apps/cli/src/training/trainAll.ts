import type { Progress } from "./progress.ts";
import { seats, type Seat, type Trade } from "./seats.ts";

/** Runs the trainings that are not done yet, so many side by side; they do not depend on each other, so that their number changes no result. */
export async function trainAll<Job, Result, Checkpoint>(
  progress: Progress, jobs: number, trade: Trade<Job, Result, Checkpoint>, signal: AbortSignal,
  train: (number: number, seat: Seat<Job, Result, Checkpoint>) => Promise<void>,
): Promise<void> {
  const { waiting } = progress, places = seats(Math.min(jobs, Math.max(1, waiting.length)), trade, signal);
  try {
    await Promise.all(places.map(async (seat) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await train(next, seat);
        progress.tell(next, 1);
      }
    }));
  } finally {
    for (const seat of places) seat.close();
  }
}
