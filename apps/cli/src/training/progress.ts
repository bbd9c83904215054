/** Who looks on while trainings run, and can stop them. */
export interface Watcher {
  readonly signal: AbortSignal;
  /** `done` of `total` trainings, fractions of those under way included. */
  onProgress(done: number, total: number, what: string): void;
  /** The state changed: between epochs (`urgent` false) and after each training. */
  onState(urgent: boolean): void;
}

/** How far each of so many numbered trainings is. */
export class Progress {
  readonly #shares: number[];
  readonly #describe: (number: number) => string;
  readonly #watcher: Watcher;

  constructor(total: number, isDone: (number: number) => boolean, describe: (number: number) => string, watcher: Watcher) {
    this.#shares = Array.from({ length: total }, (_, number) => (isDone(number) ? 1 : 0));
    this.#describe = describe;
    this.#watcher = watcher;
  }

  /** The trainings not done, by their numbers. */
  get waiting(): number[] {
    return [...this.#shares.keys()].filter((number) => this.#shares[number] === 0);
  }

  tell(number: number, share: number): void {
    this.#shares[number] = share;
    this.say(this.#describe(number));
  }

  say(what: string): void {
    this.#watcher.onProgress(this.#shares.reduce((a, b) => a + b, 0), this.#shares.length, what);
  }
}
