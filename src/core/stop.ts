import { abortFailure, type Failure } from "./failure.ts";

/**
 * Word that something has to end, and why, for one listener. Every attempt has one: an `AbortController` with its signal costs
 * more than much else on the way of a request.
 */
export interface Stop {
  /** Why it has to end; undefined while it may go on. */
  readonly why: Failure | undefined;
  /** Called once, when it has to end. Whoever listens no more makes it undefined. */
  onStop: ((why: Failure) => void) | undefined;
}

/** A stop in the hands of whoever gives the word. */
export interface Stopper extends Stop {
  /** Gives the word; the first reason is the one that counts. */
  stop(why: Failure): void;
  /** Listens to the signal no more. */
  release(): void;
}

/** A stop that comes when the signal aborts, or sooner. To be released. */
export function stopOn(signal: AbortSignal): Stopper {
  const abort = () => stop(abortFailure(signal));
  const stop = (why: Failure) => {
    if (stopper.why !== undefined) return;
    stopper.why = why;
    stopper.onStop?.(why);
  };
  // No getter: an object with one gets a hidden class of its own, which keeps all it can reach alive for long.
  const stopper: { -readonly [K in keyof Stopper]: Stopper[K] } = {
    why: undefined,
    onStop: undefined,
    stop,
    release: () => signal.removeEventListener("abort", abort),
  };
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return stopper;
}
