import { formatDuration } from "../../core/duration.ts";
import { nameOf, shortened } from "./known.ts";
import type { Row } from "./rows.ts";

/** The store's time now, and what the clock on the wall says at the same moment. */
export interface Times {
  readonly now: number;
  readonly wallNow: number;
}

/** A row for people: times relative to now. */
export function rowText({ subject, settings, standing }: Row, { now }: Times): readonly string[] {
  const { state, failures, failuresSinceSuccess, lastFailureAt } = standing;
  // Once open, what counts is everything since the last success; before, only what is inside the window.
  const count = state === "closed" ? failures : failuresSinceSuccess;
  return [
    nameOf(subject),
    settings.circuit_breaker_enabled || state === "closed" ? state : `${state} (ignored)`,
    `${count}`,
    lastFailureAt === undefined ? "-" : `${formatDuration(now - lastFailureAt)} ago`,
    nextText({ settings, standing }, now),
  ];
}

function nextText({ settings, standing }: Pick<Row, "settings" | "standing">, now: number): string {
  const { coolUntil, nextProbeAt, permitsTaken } = standing;
  const obeyed = settings.circuit_breaker_enabled ? nextProbeAt : undefined;
  if (coolUntil !== undefined && coolUntil >= (obeyed ?? 0)) {
    return `cooling down for ${formatDuration(coolUntil - now)}`;
  }
  if (obeyed === undefined) return "-";
  if (standing.state === "open") return `next probe in ${formatDuration(obeyed - now)}`;
  if (obeyed <= now) return "probe now";
  return permitsTaken === 1 ? "probe under way" : `${permitsTaken} probes under way`;
}

/** A row for programs: moments as ISO 8601 by this machine's clock, and the milliseconds to or from them. */
export function rowJson({ member, subject, settings, standing }: Row, times: Times) {
  const { state, failures, failuresSinceSuccess, lastFailureAt, nextProbeAt, coolUntil, permitsTaken } =
    standing;
  return {
    member: member ?? null,
    backend: subject.backend,
    ...(subject.kind === "model" ? { model: subject.model } : { key: shortened(subject.fingerprint) }),
    state,
    failures,
    failures_since_success: failuresSinceSuccess,
    last_failure_at: moment(lastFailureAt, times),
    last_failure_ms_ago: lastFailureAt === undefined ? null : Math.round(times.now - lastFailureAt),
    next_probe_at: moment(nextProbeAt, times),
    next_probe_in_ms: untilThen(nextProbeAt, times),
    cool_down_until: moment(coolUntil, times),
    cool_down_ms: untilThen(coolUntil, times),
    permits_taken: permitsTaken,
    settings: Object.fromEntries(
      Object.entries(settings).filter(([name]) => name.startsWith("circuit_breaker_")),
    ),
  };
}

function moment(at: number | undefined, { now, wallNow }: Times): string | null {
  return at === undefined ? null : new Date(wallNow + at - now).toISOString();
}

function untilThen(at: number | undefined, { now }: Times): number | null {
  return at === undefined ? null : Math.max(0, Math.ceil(at - now));
}
