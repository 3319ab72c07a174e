import { isObject } from "../core/json.ts";
import { MAX_THRESHOLD } from "../core/settings.ts";

/** Leave to send one probe while a breaker is half-open. Frees itself at `until`. */
export interface Permit {
  readonly id: string;
  readonly until: number;
}

/** An attempt that failed: when it began, and when its failure was booked. */
export interface FailedAttempt {
  readonly began: number;
  readonly ended: number;
}

/**
 * What is known of one (backend, model), or of one key. Facts only: each profile judges them with its own numbers.
 * Times in milliseconds of the store's time.
 */
export interface Facts {
  /** What failed since the last success, in the order it was booked. */
  readonly failures: readonly FailedAttempt[];
  /**
   * When a success last found something to clear, or somebody reset it: attempts that began earlier can no longer count
   * against it.
   */
  readonly closedAt: number;
  readonly permits: readonly Permit[];
  /** Until when the backend asked to be left alone; 0 when it did not. */
  readonly coolUntil: number;
}

/** Nothing known: closed, no failures. */
export const NO_FACTS: Facts = { failures: [], closedAt: 0, permits: [], coolUntil: 0 };

/** Failures that are kept from each end: each failure and each look costs as much. */
export const KEPT_FAILURES = MAX_THRESHOLD;

/** Facts that were made here: they need no check. */
const made = new WeakSet<object>();

/** What was read before: facts are only ever replaced, so that the same object means the same. */
const read = new WeakMap<object, Facts>();

/** Facts, known to be sound. */
export function sound(facts: Facts): Facts {
  made.add(facts);
  return facts;
}

/** Facts from a store, which may hold anything; what is not facts counts as nothing known. */
export function readFacts(stored: unknown): Facts {
  if (!isObject(stored)) return NO_FACTS;
  if (isMade(stored)) return stored;
  const facts = read.get(stored) ?? sound(parseFacts(stored));
  read.set(stored, facts);
  return facts;
}

function isMade(stored: object): stored is Facts {
  return made.has(stored);
}

function parseFacts(stored: Readonly<Record<string, unknown>>): Facts {
  const failures = stored["failures"];
  const permits = stored["permits"];
  return {
    failures: Array.isArray(failures) ? failures.filter(isFailedAttempt) : [],
    closedAt: isTime(stored["closedAt"]) ? stored["closedAt"] : 0,
    permits: Array.isArray(permits) ? permits.filter(isPermit) : [],
    coolUntil: isTime(stored["coolUntil"]) ? stored["coolUntil"] : 0,
  };
}

/**
 * The facts with one more failure. Of very many, those in the middle go: the first tell when a breaker opened, and the
 * last when it opened again.
 */
export function addFailure(facts: Facts, failure: FailedAttempt): Facts {
  const { failures } = facts;
  const excess = failures.length + 1 - 2 * KEPT_FAILURES;
  const kept =
    excess > 0
      ? [...failures.slice(0, KEPT_FAILURES), ...failures.slice(KEPT_FAILURES + excess), failure]
      : [...failures, failure];
  return sound({ ...facts, failures: kept });
}

/** Nothing later than a calendar reaches. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 8e15;
}

function isFailedAttempt(value: unknown): value is FailedAttempt {
  return isObject(value) && isTime(value["began"]) && isTime(value["ended"]);
}

function isPermit(value: unknown): value is Permit {
  return isObject(value) && typeof value["id"] === "string" && isTime(value["until"]);
}
