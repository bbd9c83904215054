/**
 * Lets the rest of the program breathe during long work: every 50 ms other tasks get their turn
 * (a key press, a timer, a repaint), and an abort is noticed.
 */
export function pauses(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - last < 50) return;
    await new Promise((resume) => setTimeout(resume, 0));
    last = performance.now();
    signal?.throwIfAborted();
  };
}
