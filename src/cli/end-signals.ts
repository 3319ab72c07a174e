import type { App, Signal } from "./app.ts";
import { EXIT } from "./exit-codes.ts";

const CODES: Readonly<Record<Signal, number>> = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.terminated,
};

/**
 * Hears these signals as they come, each with the exit code of a program that it ends, until the returned function is
 * called. Default: those that ask for an end.
 */
export function hearEndSignals(
  app: App,
  heard: (exitCode: number) => void,
  signals: readonly Signal[] = ["SIGINT", "SIGTERM"],
): () => void {
  const stops = signals.map((signal) => app.onSignal(signal, () => heard(CODES[signal])));
  return () => {
    for (const stop of stops) stop();
  };
}
