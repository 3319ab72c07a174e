import type { App } from "../app.ts";
import { hearEndSignals } from "../end-signals.ts";

/** Signals that end a run: the first one gently, the second at once. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** Exit code of the signal that was heard, if any. */
  exitCode(): number | undefined;
  /** Ends the run for a reason of our own (the reader of the answer went away). */
  abort(): void;
  /** Stops listening. */
  release(): void;
}

/** Listens for SIGINT and SIGTERM. */
export function listenForInterrupts(app: App): Interrupts {
  const stop = new AbortController();
  let code: number | undefined;
  const release = hearEndSignals(app, (exit) => {
    if (code !== undefined) app.exitNow(exit);
    code = exit;
    stop.abort();
  });
  return {
    signal: stop.signal,
    exitCode: () => code,
    abort: () => stop.abort(),
    release,
  };
}
