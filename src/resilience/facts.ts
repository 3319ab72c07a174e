import { isObject } from "../core/json.ts";

/** Leave to send one probe while a breaker is half-open. Frees itself at `until`. */
export interface Permit {
  readonly id: string;
  readonly until: number;
}

/**
 * What is known of one (backend, model), or of one key. Facts only: each profile judges them with its own numbers.
 * Times in milliseconds since 1970.
 */
export interface Facts {
  /** When it failed since its last success, oldest first. */
  readonly failures: readonly number[];
  /** When it last succeeded or was reset: attempts that began earlier can no longer count against it. */
  readonly closedAt: number;
  readonly permits: readonly Permit[];
  /** Until when the backend asked to be left alone; 0 when it did not. */
  readonly coolUntil: number;
}

/** Nothing known: closed, no failures. */
export const NO_FACTS: Facts = { failures: [], closedAt: 0, permits: [], coolUntil: 0 };

/** Most failure times that are kept. Above the largest threshold a profile can set. */
const MAX_FAILURES = 200;

/** Facts from a store, which may hold anything; what is not facts counts as nothing known. */
export function readFacts(stored: unknown): Facts {
  if (!isObject(stored)) return NO_FACTS;
  const failures = stored["failures"];
  const permits = stored["permits"];
  return {
    failures: Array.isArray(failures) ? failures.filter(isTime) : [],
    closedAt: isTime(stored["closedAt"]) ? stored["closedAt"] : 0,
    permits: Array.isArray(permits) ? permits.filter(isPermit) : [],
    coolUntil: isTime(stored["coolUntil"]) ? stored["coolUntil"] : 0,
  };
}

/** The facts with one more failure. */
export function addFailure(facts: Facts, at: number): Facts {
  return { ...facts, failures: [...facts.failures, at].slice(-MAX_FAILURES) };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isPermit(value: unknown): value is Permit {
  return isObject(value) && typeof value["id"] === "string" && isTime(value["until"]);
}
