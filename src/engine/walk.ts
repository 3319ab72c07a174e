import { pause } from "../core/clock.ts";
import { RULES } from "../core/failure.ts";
import type { RunEvent } from "../core/outcome.ts";
import type { Candidate, Group } from "../routing/plan.ts";
import { countAskable } from "./facts-book.ts";
import { type Arrival, ended, isAbort, isOutOfTime, type Journey } from "./journey.ts";
import { tryCandidate } from "./member.ts";
import { failureOfRefusal, refusalOf, skipOf } from "./record.ts";
import { passThrough } from "./starts.ts";
import { isInside, isNoLarger, whereItStops } from "./stopping.ts";

/** A candidate nobody got an answer from, and when it may be back. */
interface Left {
  readonly candidate: Candidate;
  readonly rateLimited: boolean;
  /** Whether it could serve later without anybody mending it. */
  readonly passes: boolean;
  readonly until?: number;
}

/**
 * Asks the candidates in the plan's order until one answers. The only place that knows what a failure leads to: the
 * same member again, the next one, or the end. Moving on never waits.
 */
export async function* walk(journey: Journey): AsyncGenerator<RunEvent, Arrival, void> {
  const { plan, deps } = journey;
  const left: Left[] = [];
  const closed: Group[][] = [];
  const outgrown: Candidate[] = [];

  for (const [index, entry] of plan.entries.entries()) {
    if (isAbort(journey.signal)) return { kind: "aborted" };
    if (entry.kind === "refusal") {
      yield ended(journey, entry.failure ? failureOfRefusal(entry, entry.failure) : refusalOf(entry));
      continue;
    }
    if (closed.some((path) => isInside(entry, path))) continue;
    if (outgrown.some((smaller) => isNoLarger(entry, smaller))) {
      yield ended(journey, skipOf(entry, "context", "context window too small (skipped)"));
      continue;
    }
    if (isOutOfTime(journey)) {
      yield ended(journey, skipOf(entry, "out of time", "out of time (skipped)"));
      continue;
    }
    await passThrough(entry.groups, journey.taken, deps.state);
    const later = plan.entries
      .slice(index + 1)
      .filter((one) => one.kind === "candidate")
      .filter((one) => !closed.some((path) => isInside(one, path)))
      .filter((one) => !outgrown.some((smaller) => isNoLarger(one, smaller)));
    const members = 1 + (await countAskable(later, deps.state));
    const tried = yield* tryCandidate(journey, entry, { members, waitedMs: 0, again: true });
    if (tried.kind === "skipped") {
      left.push({
        candidate: entry,
        rateLimited: tried.why === "cooling down",
        passes: true,
        until: tried.until,
      });
      continue;
    }
    if (tried.kind !== "failed") return tried;
    const { failure } = tried;
    const { class: name } = failure;
    left.push({
      candidate: entry,
      rateLimited: name === "rate_limited",
      passes: RULES[name].passes,
      ...(tried.until === undefined ? {} : { until: tried.until }),
    });
    if (name === "context") outgrown.push(entry);
    const stop = whereItStops(entry, failure);
    if (stop === "everywhere") return { kind: "stopped", by: tried.by };
    if (stop !== "nowhere") closed.push(stop);
  }

  if (isAbort(journey.signal)) return { kind: "aborted" };
  return yield* afterRateLimit(journey, left);
}

/** When nobody else can serve: waits, once, for the first rate-limited candidate to come back. */
async function* afterRateLimit(
  journey: Journey,
  left: readonly Left[],
): AsyncGenerator<RunEvent, Arrival, void> {
  const { clock } = journey.deps;
  const back = left
    .flatMap(({ candidate, rateLimited, until }) =>
      until === undefined ? [] : [{ candidate, rateLimited, until }],
    )
    .toSorted((a, b) => a.until - b.until);
  const [first] = back;
  if (first === undefined) return { kind: "exhausted" };
  const inMs = (until: number) => Math.max(0, until - clock.now());
  const exhausted: Arrival = {
    kind: "exhausted",
    retryAfterMs: inMs(first.until),
    firstBack: first.candidate.label,
  };

  const onlyRateLimits = left.every(({ rateLimited, passes }) => rateLimited || !passes);
  const next = back.find(({ rateLimited }) => rateLimited);
  const affordable = Math.min(journey.rateLimitWaitMs, journey.deadline - clock.now());
  if (!onlyRateLimits || next === undefined || inMs(next.until) > affordable) return exhausted;

  const { candidate } = next;
  const waitMs = inMs(next.until);
  yield { type: "waiting", member: candidate.label, ms: waitMs, why: "rate-limit" };
  if (!(await pause(clock, waitMs, journey.signal))) {
    return isAbort(journey.signal) ? { kind: "aborted" } : exhausted;
  }
  const tried = yield* tryCandidate(journey, candidate, { members: 1, waitedMs: waitMs, again: false });
  switch (tried.kind) {
    case "failed":
      return whereItStops(candidate, tried.failure) === "everywhere"
        ? { kind: "stopped", by: tried.by }
        : {
            kind: "exhausted",
            ...(tried.until === undefined ? {} : { retryAfterMs: tried.until - clock.now() }),
          };
    case "skipped":
      return exhausted;
    default:
      return tried;
  }
}
