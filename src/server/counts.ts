import type { Attempt } from "../core/outcome.ts";
import { answerTokens, promptTokens } from "../core/usage.ts";
import type { EndedRequest } from "./ended.ts";
import { countOne, entryOf } from "./entry-of.ts";
import { UNKNOWN } from "./known-names.ts";

/** Name of a backend where there is none. */
const NONE = "none";

/** Upper bounds in seconds: from a cached answer of a small local model to the longest reasoning. */
export const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** How often something took how long. */
export interface Durations {
  /** How many were within each of `SECONDS`, and in none before. */
  readonly within: number[];
  count: number;
  /** Seconds. */
  sum: number;
}

/** What is counted of one model at one backend. */
export interface Place {
  readonly backend: string;
  readonly model: string;
  /** Requests that ended here, by HTTP status. */
  readonly statuses: Map<number, number>;
  /** Attempts, by what came of them; how long those took that were no skips, and until their first content. */
  readonly outcomes: Map<string, number>;
  readonly latency: Durations;
  readonly firstContent: Durations;
  /** Attempts whose tokens are known, and whose cost. */
  metered: number;
  priced: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}

/** The counts of one server, as plain numbers: each request is counted, and few are read. */
export interface Counts {
  /** Counts a request; its outcome has known names only. */
  book(ended: EndedRequest): void;
  /** From each request to the end of its answer. */
  readonly durations: Durations;
  /** By our code. */
  readonly errors: ReadonlyMap<string, number>;
  /** By the first model, and then by the one that answered. */
  readonly fallbacks: ReadonlyMap<string, ReadonlyMap<string, number>>;
  places(): readonly Place[];
}

const noPlaces = () => new Map<string, Place>();
const noCounts = () => new Map<string, number>();

/** Starts to count. */
export function createCounts(): Counts {
  const durations = noDurations();
  const errors = new Map<string, number>();
  const fallbacks = new Map<string, Map<string, number>>();
  const backends = new Map<string, Map<string, Place>>();
  const placeOf = (backend: string, model: string): Place =>
    entryOf(entryOf(backends, backend, noPlaces), model, () => noPlace(backend, model));

  const bookAttempt = (attempt: Attempt): void => {
    const place = placeOf(attempt.backend || NONE, attempt.model);
    countOne(place.outcomes, attempt.outcome);
    if (attempt.skipped) return;
    observe(place.latency, attempt.durationMs);
    if (attempt.firstContentMs !== undefined) observe(place.firstContent, attempt.firstContentMs);
    if (attempt.usage !== undefined) {
      place.metered += 1;
      place.inputTokens += promptTokens(attempt.usage);
      place.outputTokens += answerTokens(attempt.usage);
    }
    if (attempt.costUsd !== undefined) {
      place.priced += 1;
      place.costUsd += attempt.costUsd;
    }
  };

  return {
    durations,
    errors,
    fallbacks,
    book({ status, outcome, refused, bug, durationMs }) {
      const model = outcome?.actualModel ?? outcome?.primaryModel ?? UNKNOWN;
      countOne(placeOf(outcome?.backend ?? NONE, model).statuses, status);
      observe(durations, durationMs);
      const code = bug === undefined ? (outcome?.error?.code ?? refused) : "internal_error";
      if (code !== undefined) countOne(errors, code);
      if (outcome === undefined) return;
      if (outcome.fallbackUsed && outcome.error === undefined) {
        countOne(
          entryOf(fallbacks, outcome.primaryModel ?? UNKNOWN, noCounts),
          outcome.actualModel ?? UNKNOWN,
        );
      }
      for (const attempt of outcome.attempts) bookAttempt(attempt);
    },
    places: () => [...backends.values()].flatMap((models) => [...models.values()]),
  };
}

function observe(durations: Durations, ms: number): void {
  const seconds = ms / 1_000;
  durations.count += 1;
  durations.sum += seconds;
  const bound = SECONDS.findIndex((most) => seconds <= most);
  if (bound >= 0) durations.within[bound] = (durations.within[bound] ?? 0) + 1;
}

function noDurations(): Durations {
  return { within: SECONDS.map(() => 0), count: 0, sum: 0 };
}

function noPlace(backend: string, model: string): Place {
  return {
    backend,
    model,
    statuses: new Map(),
    outcomes: new Map(),
    latency: noDurations(),
    firstContent: noDurations(),
    metered: 0,
    priced: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
  };
}
