import { missingKeyText } from "../backends/missing-key.ts";
import { formatDuration } from "../core/duration.ts";
import type { RunError } from "../core/outcome.ts";
import type { View } from "../resilience/breaker.ts";
import { refuse } from "../routing/make-plan.ts";
import type { Candidate, Plan, Refusal } from "../routing/plan.ts";
import type { EngineDeps, RunInput } from "./engine.ts";
import { exhausted } from "./errors.ts";
import { foreseeLeave } from "./facts-book.ts";
import { failureOfRefusal, refusalOf } from "./record.ts";

/** One entry of a plan as it stands at this moment. */
export interface Foreseen {
  /** A candidate that would be asked in its turn, or why not, for what is known of it now. */
  readonly entry: Candidate | Refusal;
  /** Its breaker, where it was looked at. */
  readonly circuit?: View["state"];
  /** Requests of this process that are under way at its backend, where they were looked at. */
  readonly inFlight?: number;
  /** Milliseconds after which it is no longer ruled out, where that is known. */
  readonly backInMs?: number;
}

/** What would become of a run that began now. */
export interface Foresight {
  readonly plan: Plan;
  /** The plan's entries, in its order. */
  readonly entries: readonly Foreseen[];
  /** Whom the run would wait for because nobody else is left, and how many milliseconds. */
  readonly waitsFor?: { readonly label: string; readonly ms: number };
  /** How the run would end without asking anybody; absent when somebody would be asked. */
  readonly error?: RunError;
}

/** Looks at everything that decides who is asked, and changes nothing of it. */
export async function foresee(plan: Plan, input: RunInput, deps: EngineDeps): Promise<Foresight> {
  const entries = await Promise.all(plan.entries.map((entry) => foreseeEntry(entry, deps)));
  if (entries.some(({ entry }) => entry.kind === "candidate")) return { plan, entries };
  const refusals = entries.flatMap(({ entry }) => (entry.kind === "refusal" ? [entry] : []));
  const first = firstBack(refusals);
  const ms = first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first.until - deps.clock.now());
  const onlyCooling = !refusals.some(({ filter }) => filter === "circuit open" || filter === "at capacity");
  if (first !== undefined && onlyCooling && ms <= waitMs(plan, input)) {
    return { plan, entries, waitsFor: { label: first.label, ms } };
  }
  const attempts = refusals.map((one) => (one.failure ? failureOfRefusal(one, one.failure) : refusalOf(one)));
  const back = first === undefined ? {} : { retryAfterMs: ms, firstBack: first.label };
  return { plan, entries, error: exhausted({ plan, attempts, ...back }) };
}

function waitMs({ settings }: Plan, { rateLimitWaitMs }: RunInput): number {
  return settings.rate_limit_wait_ms ?? rateLimitWaitMs;
}

function firstBack(refusals: readonly Refusal[]): (Refusal & { until: number }) | undefined {
  return refusals
    .flatMap((one) => (one.until === undefined ? [] : [{ ...one, until: one.until }]))
    .toSorted((a, b) => a.until - b.until)[0];
}

async function foreseeEntry(entry: Candidate | Refusal, deps: EngineDeps): Promise<Foreseen> {
  if (entry.kind === "refusal") return { entry };
  const { backend } = entry;
  const key = await deps.findKey(backend);
  if (key === undefined && backend.key.required) {
    const why = missingKeyText(backend);
    const failure = { class: "auth", message: why, keyMissing: true } as const;
    return { entry: refuse(entry, { why, chain: "auth failed", failure }) };
  }
  const { refused, state: circuit } = await foreseeLeave({ candidate: entry, key }, deps);
  if (refused !== undefined) {
    const { why: filter, until } = refused;
    const backInMs = Math.max(0, until - deps.clock.now());
    const after = formatDuration(backInMs);
    const why =
      filter === "cooling down"
        ? `it asked to be left alone, for another ${after}`
        : circuit === "open"
          ? `its circuit is open, next probe in ${after}`
          : "its circuit is half-open, and a probe is under way";
    return { entry: refuse(entry, { filter, why, chain: `${filter} (skipped)`, until }), circuit, backInMs };
  }
  const [inFlight, most] = [deps.slots.inFlight(backend.name), backend.maxConcurrent];
  if (most !== undefined && inFlight >= most) {
    const why = `backend ${backend.name} has ${inFlight} of ${most} requests under way`;
    const refused = refuse(entry, { filter: "at capacity", why, chain: "at capacity (skipped)" });
    return { entry: refused, circuit, inFlight };
  }
  return { entry, circuit, inFlight };
}
