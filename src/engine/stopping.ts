import { type Failure, RULES } from "../core/failure.ts";
import type { Settings } from "../core/settings.ts";
import type { Candidate, Group } from "../routing/plan.ts";

/**
 * How far a failure stops the chain: each load balancer around the candidate judges it, innermost first. One that lets
 * it move on ends the question; one that does not closes its other members and hands the failure to the next.
 */
export function whereItStops(candidate: Candidate, failure: Failure): "nowhere" | "everywhere" | Group[] {
  const settings = candidate.groups.map((group) => group.settings);
  for (let depth = settings.length - 1; depth >= 0; depth--) {
    const judge = settings[depth];
    if (judge === undefined || !movesOn(failure, judge)) continue;
    return depth === settings.length - 1 ? "nowhere" : candidate.groups.slice(0, depth + 2);
  }
  return settings.length === 0 && movesOn(failure, candidate.settings) ? "nowhere" : "everywhere";
}

function movesOn(failure: Failure, settings: Settings): boolean {
  const { failover_status_codes: codes, failover_on_network_errors: network } = settings;
  if (codes !== undefined && failure.status !== undefined) return codes.includes(failure.status);
  switch (RULES[failure.class].next) {
    case "no":
      return false;
    case "unless-network-switch-off":
      return network;
    default:
      return true;
  }
}

/** Whether an entry stands in the same load balancer as the path's last, reached the same way. */
export function isInside(entry: Candidate, path: readonly Group[]): boolean {
  return path.every((group, depth) => {
    const own = entry.groups[depth];
    return (
      own !== undefined &&
      own.name === group.name &&
      (depth === path.length - 1 || own.member === group.member)
    );
  });
}

/** Whether an entry is known to hold no more than one that a request was too large for. */
export function isNoLarger(entry: Candidate, failedOne: Candidate): boolean {
  return entry.window !== undefined && failedOne.window !== undefined && entry.window <= failedOne.window;
}
