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

/** What a machine can say about time, for times that outlive a process. */
export interface Machine {
  /** Differs after each start of the machine; empty where it cannot be known. */
  readonly bootId: string;
  /** Milliseconds since the machine started, sleep included. Never goes back while it runs. */
  readonly uptimeMs: () => number;
  /** Milliseconds since 1970 by the clock on the wall, which may jump. */
  readonly wallMs: () => number;
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
