import type { Settings } from "../core/settings.ts";
import { addFailure, type Facts, type FailedAttempt, NO_FACTS, type Permit, sound } from "./facts.ts";

/**
 * What a profile makes of the facts. `open` until a time; `half-open` since a time, with so many permits left, and
 * `until` the time one is free again, which is now when there is one.
 */
export type View =
  | { readonly state: "closed" }
  | { readonly state: "open"; readonly since: number; readonly until: number }
  | { readonly state: "half-open"; readonly since: number; readonly free: number; readonly until: number };

/** Judges the facts with a profile's numbers. Reading changes nothing. */
export function view(facts: Facts, settings: Settings, now: number): View {
  const opened = replay(facts.failures, settings);
  if (opened === undefined) return { state: "closed" };
  if (now < opened.until) return { state: "open", since: opened.at, until: opened.until };
  const taken = live(facts.permits, now)
    .map(({ until }) => until)
    .toSorted((a, b) => a - b);
  const free = settings.circuit_breaker_half_open_requests - taken.length;
  return { state: "half-open", since: opened.until, free: Math.max(0, free), until: taken[-free] ?? now };
}

/** Why there is no leave to send now. */
export type Held = "circuit open" | "cooling down";

/** The result of asking to send: leave (with a permit when it is a probe), or the time to ask again. */
export type Claim =
  | { readonly granted: true; readonly permit?: Permit; readonly facts: Facts }
  | { readonly granted: false; readonly why: Held; readonly until: number; readonly facts: Facts };

/** Asks leave to send. While half-open, takes one of the permits; it frees itself after `leaseMs`. */
export function claim(
  facts: Facts,
  settings: Settings,
  ask: { readonly now: number; readonly id: string; readonly leaseMs: number },
): Claim {
  const { now } = ask;
  if (facts.coolUntil > now) return { granted: false, why: "cooling down", until: facts.coolUntil, facts };
  if (!settings.circuit_breaker_enabled) return { granted: true, facts };
  const seen = view(facts, settings, now);
  if (seen.state === "closed") return { granted: true, facts };
  if (seen.state === "open" || seen.free === 0) {
    return { granted: false, why: "circuit open", until: seen.until, facts };
  }
  const permit = { id: ask.id, until: now + ask.leaseMs };
  return {
    granted: true,
    permit,
    facts: sound({ ...facts, permits: [...live(facts.permits, now), permit] }),
  };
}

/** Gives a permit back unused. */
export function release(facts: Facts, permitId: string): Facts {
  if (!facts.permits.some(({ id }) => id === permitId)) return facts;
  return sound({ ...facts, permits: facts.permits.filter(({ id }) => id !== permitId) });
}

/** Holds on to a permit for longer. One that was lost meanwhile stays lost. */
export function renew(facts: Facts, permit: Permit): Facts {
  return sound({ ...facts, permits: facts.permits.map((one) => (one.id === permit.id ? permit : one)) });
}

/**
 * Books a success: closed, whenever its attempt began. A cool-down the backend stated still holds. Where nothing was
 * held against it there is nothing to change, so that the common path writes nothing.
 */
export function succeed(facts: Facts, now: number): Facts {
  if (facts.failures.length === 0 && facts.permits.length === 0) return facts;
  return sound({ ...facts, failures: [], permits: [], closedAt: Math.max(facts.closedAt, now) });
}

/**
 * Books a failure, and frees its permit. An attempt that began before the last change to closed counts for nobody; what
 * one that began before a profile's breaker opened means is for `view` to say.
 */
export function fail(facts: Facts, attempt: FailedAttempt, permitId?: string): Facts {
  const freed = permitId === undefined ? facts : release(facts, permitId);
  return attempt.began < facts.closedAt ? freed : addFailure(freed, attempt);
}

/** Forgets everything; a failure of an attempt that is under way then counts no more. */
export function reset(facts: Facts, now: number): Facts {
  return sound({ ...NO_FACTS, closedAt: Math.max(facts.closedAt, now) });
}

/** The facts with a cool-down until at least `until`; an earlier one never shortens a later. */
export function coolDown(facts: Facts, until: number): Facts {
  return sound({ ...facts, coolUntil: Math.max(facts.coolUntil, until) });
}

/**
 * Replays the failures as a profile's breaker saw them: closed until the threshold is reached inside the window; open
 * for the recovery time, in which further failures tell nothing new; then half-open, where the failure of an attempt
 * that began in it opens again.
 */
function replay(
  failures: readonly FailedAttempt[],
  settings: Settings,
): { at: number; until: number } | undefined {
  const threshold = settings.circuit_breaker_failure_threshold;
  let opened: { at: number; until: number; failedProbes: number } | undefined;
  const open = (at: number, failedProbes: number) => ({
    at,
    failedProbes,
    until: at + recoveryMs(failedProbes, at, settings),
  });
  for (const [index, { began, ended }] of failures.entries()) {
    if (opened !== undefined) {
      if (began >= opened.until) opened = open(ended, opened.failedProbes + 1);
      continue;
    }
    const first = failures[index - threshold + 1];
    if (first !== undefined && ended - first.ended < settings.circuit_breaker_failure_window_ms) {
      opened = open(ended, 0);
    }
  }
  return opened;
}

/**
 * Up to a tenth more, never less and never above the longest, so that probes of many machines do not fall together; the
 * same for every reader.
 */
function recoveryMs(failedProbes: number, openedAt: number, settings: Settings): number {
  const base = settings.circuit_breaker_recovery_timeout_ms;
  if (settings.circuit_breaker_backoff === "none") return base;
  const jitter = 1 + 0.1 * fraction(openedAt * 0.6180339887498949);
  return Math.min(base * 2 ** failedProbes * jitter, settings.circuit_breaker_max_recovery_timeout_ms);
}

function fraction(value: number): number {
  return value - Math.floor(value);
}

function live(permits: readonly Permit[], now: number): readonly Permit[] {
  return permits.filter((permit) => permit.until > now);
}
