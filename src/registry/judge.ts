import type { Failure } from "../core/failure.ts";
import type { Health } from "./live-backend.ts";

/** What a check found out. `nothing`: the backend is there, and is neither well nor ill for what it said. */
export type Finding = "well" | "ill" | "refused" | "keyless" | "nothing";

/** Results in a row. Free checks and probes are counted apart: a list of models says nothing of what a probe found. */
export interface Streak {
  readonly failures: number;
  readonly successes: number;
  readonly probeFailures: number;
}

/** How many results in a row turn a status. */
export interface Thresholds {
  readonly failure_threshold: number;
  readonly recovery_threshold: number;
}

/** Before the first check. */
export const NO_STREAK: Streak = { failures: 0, successes: 0, probeFailures: 0 };

/** What a check means that brought this failure, or none. */
export function findingOf(failure: Failure | undefined): Finding {
  switch (failure?.class) {
    case undefined:
      return "well";
    case "auth":
      return failure?.keyMissing ? "keyless" : "refused";
    case "rate_limited":
    case "quota":
      return "nothing";
    default:
      return "ill";
  }
}

/**
 * The status after a check. The first result decides what was unknown; a refused key makes unhealthy at once; without a
 * key nobody was asked, so that nobody knows. What a probe found ill only probes find well again.
 */
export function judge(
  known: { readonly health: Health; readonly streak: Streak },
  found: { readonly finding: Finding; readonly by: "list" | "probe" },
  { failure_threshold, recovery_threshold }: Thresholds,
): { readonly health: Health; readonly streak: Streak } {
  const { health, streak } = known;
  switch (found.finding) {
    case "nothing":
      return known;
    case "keyless":
      return { health: "unknown", streak: NO_STREAK };
    case "refused":
      return {
        health: "unhealthy",
        streak:
          found.by === "probe"
            ? { ...streak, probeFailures: failure_threshold }
            : { ...streak, failures: failure_threshold, successes: 0 },
      };
    case "ill": {
      const probe = found.by === "probe";
      const failures = (probe ? streak.probeFailures : streak.failures) + 1;
      const down = failures >= failure_threshold || (health === "unknown" && !probe);
      return {
        health: down ? "unhealthy" : health,
        streak: probe
          ? { ...streak, probeFailures: failures }
          : { ...streak, failures: down ? failure_threshold : failures, successes: 0 },
      };
    }
    case "well": {
      if (found.by === "probe") return { health, streak: { ...streak, probeFailures: 0 } };
      const successes = streak.successes + 1;
      const up = health !== "unhealthy" || successes >= recovery_threshold;
      const probesAgree = streak.probeFailures < failure_threshold;
      return {
        health: up && probesAgree ? "healthy" : health,
        streak: { ...streak, failures: 0, successes },
      };
    }
  }
}
