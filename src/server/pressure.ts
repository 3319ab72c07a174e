import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock } from "../core/clock.ts";

/** Milliseconds between two looks. */
const LOOK_MS = 1_000;

/** Looks in a row that have to be bad. */
const BAD_LOOKS = 3;

/** Whether the process is so busy that new requests would only slow those under way. */
export interface Pressure {
  readonly isHigh: boolean;
  stop(): void;
}

/**
 * Looks at the delay of the event loop every second: high once it was above the limit for three looks in a row, until it is
 * below half of it. `limitMs`: 0 never looks. `delayMs`: the delay that all but 1 % stayed below since it was asked last.
 */
export function watchPressure(
  limitMs: () => number,
  clock: Clock,
  delayMs: () => number = eventLoopDelay(),
): Pressure {
  let bad = 0;
  let isHigh = false;
  let stop = () => {};
  const look = () => {
    const delay = delayMs();
    const limit = limitMs();
    bad = limit > 0 && delay > limit ? bad + 1 : 0;
    if (bad >= BAD_LOOKS) isHigh = true;
    else if (limit === 0 || delay < limit / 2) isHigh = false;
    stop = clock.after(LOOK_MS, look);
  };
  stop = clock.after(LOOK_MS, look);
  return {
    get isHigh() {
      return isHigh;
    },
    stop: () => stop(),
  };
}

function eventLoopDelay(): () => number {
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  return () => {
    const ms = histogram.percentile(99) / 1e6;
    histogram.reset();
    return ms;
  };
}
