/** Time, handed in so that every rule can be tested with a fake. */
export interface Clock {
  /**
   * Milliseconds since 1970, monotonic while the process lives: anchored to the wall clock once at start, so that a
   * clock that jumps changes nothing.
   */
  now(): number;
  /** Calls `fn` once after `ms`; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void;
}

/** Resolves after `ms`, or at once when the signal aborts. True when the whole time passed. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stop = () => {
      cancel();
      resolve(false);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve(true);
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
