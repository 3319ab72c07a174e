import type { Clock } from "../core/clock.ts";

/** Node takes anything longer for 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** Milliseconds since 1970 at which the process began. Reading it anew each time takes longer than what it is added to. */
const ORIGIN = performance.timeOrigin;

/** The clock of the real world. A timer is called late rather than early: Node counts whole milliseconds, and cuts. */
export const REAL_CLOCK: Clock = {
  now: () => ORIGIN + performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.min(Math.ceil(ms) + 1, LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
