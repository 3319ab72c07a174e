import type { Attempt, BackendState, SkipReason } from "../core/outcome.ts";
import type { Candidate, Plan } from "../routing/plan.ts";

/** Reasons that leave a backend out of what a caller may hope for: it cannot do what is asked, ever. */
const NO_MATCH: ReadonlySet<SkipReason> = new Set<SkipReason>([
  "vision",
  "tools",
  "json",
  "embeddings",
  "unsupported",
  "context",
  "strict",
]);

/** Reasons that say nothing of the backend itself. */
const WELL: ReadonlySet<SkipReason> = new Set<SkipReason>(["zone", "tier", "out of time"]);

/**
 * Every backend that matches a request's models and capabilities, whatever keeps it from answering, with how it stands
 * after this run. Each once, in the plan's order; of several entries the worse tells.
 */
export function backendStates(plan: Plan, attempts: readonly Attempt[]): readonly BackendState[] {
  const states = new Map<string, BackendState>();
  for (const entry of plan.entries) {
    const candidate = entry.kind === "candidate" ? entry : entry.candidate;
    if (candidate === undefined) continue;
    const last = attempts.findLast(({ member }) => member === entry.label);
    if (last?.skipReason !== undefined && NO_MATCH.has(last.skipReason)) continue;
    const { name, zone, tier } = candidate.backend;
    const status = statusOf(last);
    const known = states.get(name);
    if (known === undefined || WORSE[status] > WORSE[known.status]) {
      states.set(name, { name, status, zone, tier });
    }
  }
  return [...states.values()];
}

/** The tier a request needed: its own, or that of the profiles on the way; 0 when none did. */
export function requiredTier({ requirement, entries }: Plan): number {
  const of = (candidate: Candidate | undefined) => candidate?.minTier ?? 0;
  return Math.max(
    requirement.minTier,
    ...entries.map((entry) => of(entry.kind === "candidate" ? entry : entry.candidate)),
  );
}

const WORSE: Readonly<Record<BackendState["status"], number>> = { healthy: 0, at_capacity: 1, unhealthy: 2 };

function statusOf(last: Attempt | undefined): BackendState["status"] {
  if (last === undefined || last.outcome === "success") return "healthy";
  if (last.skipReason === "at capacity") return "at_capacity";
  return last.skipReason !== undefined && WELL.has(last.skipReason) ? "healthy" : "unhealthy";
}
