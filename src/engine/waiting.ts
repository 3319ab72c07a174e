import { pause } from "../core/clock.ts";
import { isAbort } from "../core/failure.ts";
import type { Arrival, Journey } from "./journey.ts";
import { isClosed, isOutgrown, type Left, takeTurn, type Way } from "./turn.ts";

/**
 * When everybody left is at capacity, or of no use: waits for the first slot that is given back, and asks there, until
 * the time for that is up. Undefined: nobody answered.
 */
export async function afterCapacity(journey: Journey, way: Way): Promise<Arrival | undefined> {
  const { clock, slots, rules } = journey.deps;
  const until = Math.min(clock.now() + rules.capacityWaitMs, journey.deadline);
  for (;;) {
    const busy = way.left.filter(
      ({ candidate, atCapacity }) => atCapacity && !isClosed(candidate, way) && !isOutgrown(candidate, way),
    );
    const [first] = busy;
    const ms = until - clock.now();
    if (first === undefined || ms <= 0) return undefined;
    await journey.tell({ type: "waiting", member: first.candidate.label, ms, why: "capacity" });
    const began = clock.now();
    const backends = busy.map(({ candidate }) => candidate.backend);
    const slot = await slots.wait(backends, ms, { clock, signal: journey.signal });
    if (slot === undefined) return isAbort(journey.signal) ? { kind: "aborted" } : undefined;
    try {
      const next = busy.find(({ candidate }) => candidate.backend.name === slot.backend) ?? first;
      way.left = way.left.filter((one) => one !== next);
      const how = { members: alone, waitedMs: clock.now() - began, again: true, slot };
      const arrival = await takeTurn(journey, way, next.candidate, how);
      if (arrival !== undefined) return arrival;
    } finally {
      slot.release();
    }
  }
}

/** When nobody else can serve: waits, once, for the first rate-limited candidate to come back. */
export async function afterRateLimit(journey: Journey, way: Way): Promise<Arrival> {
  const { clock } = journey.deps;
  const back = way.left
    .flatMap((one) => (one.until === undefined ? [] : [{ ...one, until: one.until }]))
    .toSorted((a, b) => a.until - b.until);
  const exhausted = exhaustedUntil(back[0], clock.now());
  const onlyRateLimits = way.left.every(({ rateLimited, passes }) => rateLimited || !passes);
  const next = back.find(({ rateLimited }) => rateLimited);
  const affordable = Math.min(journey.rateLimitWaitMs, journey.deadline - clock.now());
  if (!onlyRateLimits || next === undefined || next.until - clock.now() > affordable) return exhausted;

  const { candidate } = next;
  const waitMs = Math.max(0, next.until - clock.now());
  await journey.tell({ type: "waiting", member: candidate.label, ms: waitMs, why: "rate-limit" });
  if (!(await pause(clock, waitMs, journey.signal))) {
    return isAbort(journey.signal) ? { kind: "aborted" } : exhausted;
  }
  way.left = [];
  const how = { members: alone, waitedMs: waitMs, again: false };
  const arrival = await takeTurn(journey, way, candidate, how);
  return arrival ?? exhaustedUntil(way.left[0], clock.now());
}

/** Whoever is waited for has all the time that is left. */
const alone = () => 1;

function exhaustedUntil(first: Left | undefined, now: number): Arrival {
  if (first?.until === undefined) return { kind: "exhausted" };
  return {
    kind: "exhausted",
    retryAfterMs: Math.max(0, first.until - now),
    firstBack: first.candidate.label,
  };
}
