import type { RunError } from "../core/outcome.ts";
import { Problem, type ProblemKind } from "../core/problem.ts";

/** Exit codes, as documented by `nexus help exit-codes`. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  config: 3,
  auth: 4,
  retryLater: 5,
  permanent: 6,
  brokeOff: 7,
  interrupted: 130,
  terminated: 143,
} as const;

const OF_PROBLEM: Readonly<Record<ProblemKind, number>> = {
  usage: EXIT.usage,
  input: EXIT.usage,
  config: EXIT.config,
  "not-found": EXIT.config,
  io: EXIT.internal,
  interrupted: EXIT.interrupted,
};

const OF_CAUSE: Readonly<Record<RunError["cause"], number>> = {
  config: EXIT.config,
  auth: EXIT.auth,
  passes: EXIT.retryLater,
  permanent: EXIT.permanent,
  interrupted: EXIT.brokeOff,
  aborted: EXIT.interrupted,
  internal: EXIT.internal,
};

/** The exit code of anything thrown: a `Problem` has its own, all else is a bug of ours. */
export function exitCodeOf(error: unknown): number {
  return error instanceof Problem ? OF_PROBLEM[error.kind] : EXIT.internal;
}

/** The exit code of a run that ended without an answer. */
export function exitCodeOfRun(error: RunError): number {
  return OF_CAUSE[error.cause];
}
