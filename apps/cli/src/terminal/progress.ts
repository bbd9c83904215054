import { colorsFor } from "./colors.ts";
import { cut, plain } from "./text.ts";

/** What `progress` writes to: process.stderr, or anything like it. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** Write nothing, for `--json`. */
  readonly quiet?: boolean | undefined;
  /** Default: standard error, so that the results alone go to standard output. */
  readonly stream?: ProgressStream;
  /** Milliseconds; default `performance.now`. */
  readonly now?: () => number;
}

export interface Progress {
  /** `share` of the work is done, from 0 to 1, and `what` is being worked on. */
  update(share: number, what: string): void;
  /** Takes the bar away, whether or not everything was done. */
  done(): void;
}

const BAR = 24;
/** Milliseconds between redraws of the bar, and between lines where there is no terminal. */
const REDRAW = 80;
const LINE = 10_000;

/** A bar with the time left on a terminal, a line now and then elsewhere. */
export function progress({ quiet = false, stream = process.stderr, now = () => performance.now() }: ProgressOptions = {}): Progress {
  if (quiet) return { update() {}, done() {} };
  const colors = colorsFor(stream);
  const live = stream.isTTY === true;
  let start: { time: number; share: number } | undefined;
  let last = -Infinity;
  let drawn = false;
  let complete = false;
  return {
    update(share, what) {
      if (complete) return;
      complete = share >= 1;
      const time = now();
      // Until the share moves, what goes on is preparation and tells no pace.
      if (!start || share === start.share) start = { time, share };
      if (share < 1 && time - last < (live ? REDRAW : LINE)) return;
      last = time;
      const left = timeLeft(time - start.time, share - start.share, 1 - share);
      const percent = `${Math.floor(share * 100)} %`.padStart(5);
      if (!live) {
        stream.write(`${percent}${left === "" ? "" : `, ${left}`}: ${plain(what)}\n`);
        return;
      }
      const full = Math.min(Math.max(Math.round(share * BAR), 0), BAR);
      const after = cut(`${percent}  ${left === "" ? "" : `${left}  `}${plain(what)}`, (stream.columns ?? 80) - BAR - 2);
      stream.write(`\r\u001b[2K${colors.cyan("━".repeat(full))}${colors.dim("━".repeat(BAR - full))} ${after}`);
      drawn = true;
    },
    done() {
      if (drawn) stream.write("\r\u001b[2K");
      drawn = false;
    },
  };
}

/** Time left at the pace since the start, counted from where a resumed run took up; empty until a pace is known. */
function timeLeft(elapsed: number, done: number, rest: number): string {
  if (elapsed < 1000 || done <= 0 || rest <= 0) return "";
  const seconds = Math.ceil((elapsed / done) * rest / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s left` : `${seconds} s left`;
}
