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
  let why: Failure | undefined;
  const abort = () => stopper.stop(abortFailure(signal));
  const stopper: Stopper = {
    get why() {
      return why;
    },
    onStop: undefined,
    stop(reason) {
      if (why !== undefined) return;
      why = reason;
      stopper.onStop?.(reason);
    },
    release: () => signal.removeEventListener("abort", abort),
  };
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return stopper;
}
