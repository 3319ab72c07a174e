import type { Settings } from "../core/settings.ts";
import { view } from "./breaker.ts";
import type { Facts } from "./facts.ts";

/** How something stands by a profile's numbers, for people. Times as in the facts. */
export interface Standing {
  readonly state: "closed" | "open" | "half-open";
  /** Failures that count: inside the window. */
  readonly failures: number;
  readonly failuresSinceSuccess: number;
  readonly lastFailureAt?: number;
  /** When the next probe may go out; absent while closed. */
  readonly nextProbeAt?: number;
  /** Until when the backend asked to be left alone, if that is still to come. */
  readonly coolUntil?: number;
  /** Probes that are under way. */
  readonly permitsTaken: number;
}

/** What a profile makes of the facts now. */
export function standingOf(facts: Facts, settings: Settings, now: number): Standing {
  const { failures, permits, coolUntil } = facts;
  const seen = view(facts, settings, now);
  const last = failures.at(-1);
  return {
    state: seen.state,
    failures: failures.filter(({ ended }) => now - ended < settings.circuit_breaker_failure_window_ms).length,
    failuresSinceSuccess: failures.length,
    ...(last === undefined ? {} : { lastFailureAt: last.ended }),
    ...(seen.state === "closed" ? {} : { nextProbeAt: seen.until }),
    ...(coolUntil > now ? { coolUntil } : {}),
    permitsTaken: permits.filter(({ until }) => until > now).length,
  };
}
