import { RULES } from "../core/failure.ts";
import type { Candidate, Group } from "../routing/plan.ts";
import type { Arrival, Journey } from "./journey.ts";
import { type How, tryCandidate } from "./member.ts";
import { isInside, isNoLarger, whereItStops } from "./stopping.ts";

/** A candidate nobody got an answer from, and when it may be back. */
export interface Left {
  readonly candidate: Candidate;
  readonly rateLimited: boolean;
  /** Whether only its backend's capacity kept it from being asked. */
  readonly atCapacity: boolean;
  /** Whether it could serve later without anybody mending it. */
  readonly passes: boolean;
  readonly until?: number;
}

/** What a walk has learned on the way. */
export interface Way {
  left: readonly Left[];
  /** Load balancers that a failure has closed. */
  readonly closed: (readonly Group[])[];
  /** Candidates that the request was too large for. */
  readonly outgrown: Candidate[];
}

/** Whether a failure on the way closed the load balancer that a candidate stands in. */
export function isClosed(candidate: Candidate, { closed }: Way): boolean {
  return closed.some((path) => isInside(candidate, path));
}

/** Whether the request is known to be too large for a candidate. */
export function isOutgrown(candidate: Candidate, { outgrown }: Way): boolean {
  return outgrown.some((smaller) => isNoLarger(candidate, smaller));
}

function timeTo(until: number | undefined, { deps }: Journey): { retryAfterMs?: number } {
  return until === undefined ? {} : { retryAfterMs: until - deps.clock.now() };
}

/** Gives a candidate its turn. Undefined: nobody has answered, and the walk goes on. */
export async function takeTurn(
  journey: Journey,
  way: Way,
  candidate: Candidate,
  how: How,
): Promise<Arrival | undefined> {
  const tried = await tryCandidate(journey, candidate, how);
  if (tried.kind !== "skipped" && tried.kind !== "failed") return tried;
  const until = tried.until === undefined ? {} : { until: tried.until };
  if (tried.kind === "skipped") {
    const { why } = tried;
    const [rateLimited, atCapacity] = [why === "cooling down", why === "at capacity"];
    way.left = [...way.left, { candidate, rateLimited, atCapacity, passes: true, ...until }];
    return undefined;
  }
  const { failure, by } = tried;
  const { passes } = RULES[failure.class];
  const rateLimited = failure.class === "rate_limited";
  way.left = [...way.left, { candidate, rateLimited, atCapacity: false, passes, ...until }];
  if (failure.class === "context") way.outgrown.push(candidate);
  const stop = whereItStops(candidate, failure);
  if (stop === "everywhere") return { kind: "stopped", by, ...timeTo(tried.until, journey) };
  if (stop !== "nowhere") way.closed.push(stop);
  return undefined;
}
