import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock } from "../core/clock.ts";

/** Milliseconds between two looks. */
const LOOK_MS = 1_000;

/** Looks in a row that have to be bad. */
const BAD_LOOKS = 3;

/** Looks after which nobody seems to want to know any more. */
const UNASKED_LOOKS = 10;

/** Whether the process is so busy that new requests would only slow those under way. */
export interface Pressure {
  /** To be asked while there is much to do: it is looked at until nobody has asked for some seconds. */
  isHigh(): boolean;
  stop(): void;
}

/** Measures the delay of the event loop. */
export interface LoopDelay {
  /** Milliseconds that all but 1 % stayed below since it was asked last. */
  ms(): number;
  stop(): void;
}

/**
 * Looks at the delay of the event loop every second: high once it was above the limit for three looks in a row, until it is
 * below half of it. `limitMs`: 0 never looks. To measure it wakes the process fifty times a second, so that nothing is measured
 * while nobody asks.
 */
export function watchPressure(
  limitMs: () => number,
  clock: Clock,
  measure: () => LoopDelay = measureLoopDelay,
): Pressure {
  let delay: LoopDelay | undefined;
  let unasked = 0;
  let bad = 0;
  let isHigh = false;
  let cancel = () => {};
  const stop = () => {
    cancel();
    delay?.stop();
    delay = undefined;
    bad = 0;
    isHigh = false;
  };
  const look = () => {
    const limit = limitMs();
    unasked += 1;
    if (unasked > UNASKED_LOOKS || limit === 0) return stop();
    const late = delay?.ms() ?? 0;
    bad = late > limit ? bad + 1 : 0;
    if (bad >= BAD_LOOKS) isHigh = true;
    else if (late < limit / 2) isHigh = false;
    cancel = clock.after(LOOK_MS, look);
  };
  return {
    isHigh() {
      unasked = 0;
      if (delay === undefined && limitMs() > 0) {
        delay = measure();
        cancel = clock.after(LOOK_MS, look);
      }
      return isHigh;
    },
    stop,
  };
}

function measureLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  return {
    ms() {
      const ms = histogram.percentile(99) / 1e6;
      histogram.reset();
      return ms;
    },
    stop: () => void histogram.disable(),
  };
}
