import type { Settings } from "../core/settings.ts";
import { addFailure, type Facts, type Permit } from "./facts.ts";

/**
 * What a profile makes of the facts. `open` until a time; `half-open` since a time, with so many permits left, and when
 * none is, the time the next one frees itself.
 */
export type View =
  | { readonly state: "closed" }
  | { readonly state: "open"; readonly since: number; readonly until: number }
  | { readonly state: "half-open"; readonly since: number; readonly free: number; readonly until: number };

/**
 * Judges the facts by replaying the failures: closed until the threshold is reached inside the window; then open for
 * the recovery time, in which further failures tell nothing new; a failure after it was a probe's and opens again.
 * Reading changes nothing.
 */
export function view(facts: Facts, settings: Settings, now: number): View {
  const opened = replay(facts.failures, settings);
  if (opened === undefined) return { state: "closed" };
  const until = opened.at + recoveryMs(opened.failedProbes, opened.at, settings);
  if (now < until) return { state: "open", since: opened.at, until };
  const taken = live(facts.permits, now);
  return {
    state: "half-open",
    since: until,
    free: Math.max(0, settings.circuit_breaker_half_open_requests - taken.length),
    until: taken.length === 0 ? now : Math.min(...taken.map((permit) => permit.until)),
  };
}

/** The result of asking to send: leave (with a permit when it is a probe), or the time to ask again. */
export type Claim =
  | { readonly granted: true; readonly permit?: Permit; readonly facts: Facts }
  | { readonly granted: false; readonly until: number; readonly facts: Facts };

/** Asks leave to send. While half-open, takes one of the permits; it frees itself after `leaseMs`. */
export function claim(
  facts: Facts,
  settings: Settings,
  ask: { readonly now: number; readonly id: string; readonly leaseMs: number },
): Claim {
  const seen = view(facts, settings, ask.now);
  if (seen.state === "closed") return { granted: true, facts };
  if (seen.state === "open" || seen.free === 0) return { granted: false, until: seen.until, facts };
  const permit = { id: ask.id, until: ask.now + ask.leaseMs };
  return { granted: true, permit, facts: { ...facts, permits: [...live(facts.permits, ask.now), permit] } };
}

/** Gives a permit back unused. */
export function release(facts: Facts, permitId: string): Facts {
  return { ...facts, permits: facts.permits.filter((permit) => permit.id !== permitId) };
}

/** Books a success: closed, whenever its attempt began. A cool-down the backend stated still holds. */
export function succeed(facts: Facts, now: number): Facts {
  return { failures: [], closedAt: now, permits: [], coolUntil: facts.coolUntil };
}

/** Books a failure. One whose attempt began before the present state changes nothing but to free its permit. */
export function fail(
  facts: Facts,
  settings: Settings,
  attempt: { readonly startedAt: number; readonly now: number; readonly permitId?: string },
): Facts {
  const freed = attempt.permitId === undefined ? facts : release(facts, attempt.permitId);
  const seen = view(facts, settings, attempt.now);
  const since = seen.state === "closed" ? facts.closedAt : seen.since;
  return attempt.startedAt < since ? freed : addFailure(freed, attempt.now);
}

/** The facts with a cool-down until at least `until`; an earlier one never shortens a later. */
export function coolDown(facts: Facts, until: number): Facts {
  return { ...facts, coolUntil: Math.max(facts.coolUntil, until) };
}

function replay(
  failures: readonly number[],
  settings: Settings,
): { at: number; failedProbes: number } | undefined {
  const threshold = settings.circuit_breaker_failure_threshold;
  let opened: { at: number; failedProbes: number } | undefined;
  failures.forEach((at, index) => {
    if (opened === undefined) {
      const first = failures[index - threshold + 1];
      if (first !== undefined && at - first < settings.circuit_breaker_failure_window_ms) {
        opened = { at, failedProbes: 0 };
      }
    } else if (at >= opened.at + recoveryMs(opened.failedProbes, opened.at, settings)) {
      opened = { at, failedProbes: opened.failedProbes + 1 };
    }
  });
  return opened;
}

/** Up to a tenth more, never less, so that probes of many machines do not fall together; the same for every reader. */
function recoveryMs(failedProbes: number, openedAt: number, settings: Settings): number {
  const base = settings.circuit_breaker_recovery_timeout_ms;
  if (settings.circuit_breaker_backoff === "none") return base;
  const grown = Math.min(base * 2 ** failedProbes, settings.circuit_breaker_max_recovery_timeout_ms);
  return grown * (1 + 0.1 * fraction(openedAt * 0.6180339887498949));
}

function fraction(value: number): number {
  return value - Math.floor(value);
}

function live(permits: readonly Permit[], now: number): readonly Permit[] {
  return permits.filter((permit) => permit.until > now);
}
