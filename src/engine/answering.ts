import { placeOf } from "../backends/zone.ts";
import type { Answering, Attempt, RouteReason } from "../core/outcome.ts";
import type { Candidate, Plan } from "../routing/plan.ts";
import type { Journey } from "./journey.ts";

/** Who answers, and why it is this candidate. */
export function answeringOf(journey: Journey, candidate: Candidate): Answering {
  const { plan, attempts } = journey;
  const { backend, model, label } = candidate;
  const fallbackUsed = model !== plan.primaryModel;
  return {
    backend,
    model,
    member: label,
    place: placeOf(backend),
    reason: routeReason(plan, attempts, fallbackUsed),
    fallbackUsed,
    degraded: label !== plan.primaryLabel,
    dropped: journey.gapsOf(candidate).map(({ field }) => field),
    chainLog: attempts.map(({ chain }) => chain),
  };
}

/** A better candidate that was passed over for one of these was not well. */
const NOT_WELL: ReadonlySet<string | undefined> = new Set([
  "circuit open",
  "cooling down",
  "unhealthy",
  "draining",
]);

/** Contract: the first that holds. */
function routeReason(plan: Plan, before: readonly Attempt[], fallbackUsed: boolean): RouteReason {
  const failedOver = before.some(({ skipped, skipReason }) => !skipped || NOT_WELL.has(skipReason));
  if (failedOver || fallbackUsed) return "backend-failover";
  if (before.some(({ skipReason }) => skipReason === "at capacity")) return "capacity-overflow";
  const ruledOut = plan.entries.some((entry) => entry.kind === "refusal" && entry.filter === "zone");
  return ruledOut || plan.requirement.zone === "restricted" ? "privacy-requirement" : "capability-match";
}
