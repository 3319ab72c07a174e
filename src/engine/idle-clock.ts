import type { Clock } from "../core/clock.ts";

/** Measures how long a stream is silent while we wait for it. */
export interface IdleClock {
  /** A sign of life came, and more is waited for. */
  restart(): undefined;
  /** Nobody waits: what takes a slow reader time is not the stream's. */
  pause(): void;
  /** It is waited for again, with the time that was left. */
  resume(): undefined;
  end(): void;
}

/**
 * A clock that calls once after `ms` of silence, and does not run yet. Its timer is not set anew for each piece of a stream, of which
 * there are many: when it runs out it looks whether there was silence for so long.
 */
export function createIdleClock(clock: Clock, ms: number, call: () => void): IdleClock {
  let until = 0;
  let left = ms;
  let running = false;
  let cancel: (() => void) | undefined;

  const look = () => {
    cancel = undefined;
    if (!running) return;
    const rest = until - clock.now();
    if (rest > 0) cancel = clock.after(rest, look);
    else call();
  };
  const run = (rest: number) => {
    until = clock.now() + rest;
    running = true;
    cancel ??= clock.after(rest, look);
    return undefined;
  };
  return {
    restart: () => run(ms),
    pause() {
      left = until - clock.now();
      running = false;
    },
    resume: () => run(left),
    end() {
      running = false;
      cancel?.();
    },
  };
}
