import { isAbort } from "../core/failure.ts";
import { type Soon, withSoon } from "../core/soon.ts";
import { countAskable } from "./facts-book.ts";
import { type Arrival, ended, isOutOfTime, type Journey } from "./journey.ts";
import { failureOfRefusal, refusalOf, skipOf } from "./record.ts";
import { passThrough } from "./starts.ts";
import { isClosed, isOutgrown, takeTurn, type Way } from "./turn.ts";
import { afterCapacity, afterRateLimit } from "./waiting.ts";

/**
 * Asks the candidates in the plan's order until one answers. Moving on never waits; only when everybody has had a turn,
 * it may wait for whoever comes back first.
 */
export async function walk(journey: Journey): Promise<Arrival> {
  const { plan, deps } = journey;
  const way: Way = { left: [], closed: [], outgrown: [] };

  for (const [index, entry] of plan.entries.entries()) {
    if (isAbort(journey.signal)) return { kind: "aborted" };
    if (entry.kind === "refusal") {
      const told = ended(journey, entry.failure ? failureOfRefusal(entry, entry.failure) : refusalOf(entry));
      if (told !== undefined) await told;
      continue;
    }
    if (isClosed(entry, way)) continue;
    if (isOutgrown(entry, way)) {
      await ended(journey, skipOf(entry, "context", "context window too small (skipped)"));
      continue;
    }
    if (isOutOfTime(journey)) {
      await ended(journey, skipOf(entry, "out of time", "out of time (skipped)"));
      continue;
    }
    const passing = passThrough(entry.groups, journey.taken, deps.state);
    if (passing !== undefined) await passing;
    const members = (): Soon<number> => {
      if (index === plan.entries.length - 1) return 1;
      const later = plan.entries
        .slice(index + 1)
        .filter((one) => one.kind === "candidate")
        .filter((one) => !isClosed(one, way) && !isOutgrown(one, way));
      return withSoon(countAskable(later, deps.state), (count) => 1 + count);
    };
    const arrival = await takeTurn(journey, way, entry, { members, waitedMs: 0, again: true });
    if (arrival !== undefined) return arrival;
  }

  if (isAbort(journey.signal)) return { kind: "aborted" };
  return (await afterCapacity(journey, way)) ?? (await afterRateLimit(journey, way));
}
