import { formatDuration } from "../core/duration.ts";
import { type FailureClass, RULES } from "../core/failure.ts";
import type { Attempt, RunError, SkipReason } from "../core/outcome.ts";
import type { Plan } from "../routing/plan.ts";
import { backendStates, requiredTier } from "./availability.ts";
import { EMPTY_CHAIN } from "./chain-log.ts";

/** What the engine knows when a run ends without an answer. */
export interface Ending {
  readonly plan: Plan;
  readonly attempts: readonly Attempt[];
  /** Until something comes back, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Who comes back then. */
  readonly firstBack?: string;
}

type Cause = RunError["cause"];

/** The error of a chain in which nobody answered, with everybody's own cause. */
export function exhausted(ending: Ending): RunError {
  const { plan, attempts } = ending;
  if (plan.entries.length === 0) return emptyChain(plan);
  const cause = causeOf(attempts);
  return {
    name: plan.target.kind === "profile" ? "LoadBalancerFailoverError" : "FallbackChainExhausted",
    code: codeOf(attempts),
    message: `All models in chain failed: ${attempts.map(memberCause).join("; ")}${firstBack(ending)}`,
    retryable: cause === "passes",
    cause,
    failures: Object.freeze([...attempts]),
    ...profileOf(plan),
    requiredTier: requiredTier(plan),
    backends: backendStates(plan, attempts),
    ...(ending.retryAfterMs === undefined ? {} : { retryAfterMs: ending.retryAfterMs }),
  };
}

/** The error of a request that was answered once with a refusal: asking others would not mend it. */
export function rejected({ plan, attempts, retryAfterMs }: Ending, by: Attempt): RunError {
  const cause: Cause =
    by.outcome === "auth" ? "auth" : isClass(by.outcome) && RULES[by.outcome].passes ? "passes" : "permanent";
  return {
    name: "RequestRejected",
    code: by.outcome,
    message: memberCause(by),
    retryable: cause === "passes",
    cause,
    failures: Object.freeze([...attempts]),
    ...profileOf(plan),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The error of an answer that broke off after it had begun. */
export function interrupted(plan: Plan, attempts: readonly Attempt[], by: Attempt): RunError {
  return {
    name: "StreamInterrupted",
    code: by.outcome,
    message: `the answer broke off: ${memberCause(by)}`,
    retryable: isClass(by.outcome) && RULES[by.outcome].passes,
    cause: "interrupted",
    failures: Object.freeze([...attempts]),
    ...profileOf(plan),
  };
}

/** The error of a run that its user ended. */
export function abortedRun(plan: Plan, attempts: readonly Attempt[]): RunError {
  return {
    name: "Aborted",
    code: "aborted",
    message: "aborted",
    retryable: false,
    cause: "aborted",
    failures: Object.freeze(attempts.filter(({ outcome }) => outcome !== "success")),
    ...profileOf(plan),
  };
}

/** The error of a run that a bug of ours ended. */
export function brokenRun(plan: Plan, attempts: readonly Attempt[]): RunError {
  return {
    name: "InternalError",
    code: "internal_error",
    message: "internal error",
    retryable: false,
    cause: "internal",
    failures: Object.freeze(attempts.filter(({ outcome }) => outcome !== "success")),
    ...profileOf(plan),
  };
}

function firstBack({ firstBack: member, retryAfterMs }: Ending): string {
  return member === undefined || retryAfterMs === undefined
    ? ""
    : `; first back: ${member} in ${formatDuration(retryAfterMs)}`;
}

function emptyChain(plan: Plan): RunError {
  return {
    name: "EmptyChain",
    code: "empty_chain",
    message: "No models configured in chain",
    retryable: false,
    cause: "config",
    failures: [],
    ...profileOf(plan),
  };
}

/** `name: what happened to it`. */
function memberCause(attempt: Attempt): string {
  const text = attempt.message ?? attempt.chain;
  const status =
    attempt.status === undefined || text.startsWith(String(attempt.status)) ? "" : `${attempt.status} `;
  return attempt.skipped ? attempt.chain : `${attempt.member}: ${status}${text}`;
}

/** One code when everybody failed alike; `fallback_chain_exhausted` when they did not. */
function codeOf(attempts: readonly Attempt[]): string {
  const codes = new Set(telling(attempts).map((attempt) => CODES[kindOf(attempt)] ?? EXHAUSTED));
  const [only = EXHAUSTED] = codes;
  if (codes.size === 1) return only;
  // Nothing was tried, and nobody could have: the zone is told of those that it alone kept out.
  if (attempts.every(wasNoCandidate)) {
    return codes.has(PRIVACY) ? PRIVACY : "no_capable_backend";
  }
  return EXHAUSTED;
}

/**
 * Those that tell why a run failed: whoever was asked or could have been; nobody such, those who were ruled out for what
 * they are; nor such either, models that nobody serves.
 */
function telling(attempts: readonly Attempt[]): readonly Attempt[] {
  const served = attempts.filter(({ skipReason }) => skipReason !== "no backend");
  const usable = served.filter((attempt) => !wasNoCandidate(attempt));
  return usable.length > 0 ? usable : served.length > 0 ? served : attempts;
}

/** Whether it could not have served this request, whoever else is busy or down. */
function wasNoCandidate({ outcome, skipReason }: Attempt): boolean {
  return outcome === "config" || (skipReason !== undefined && RULED_OUT.has(skipReason));
}

type Kind = Attempt["outcome"] | SkipReason;

function kindOf({ skipReason, outcome }: Attempt): Kind {
  return skipReason ?? outcome;
}

const EXHAUSTED = "fallback_chain_exhausted";
const PRIVACY = "privacy_constraint_violation";

/** Reasons that do not pass. */
const RULED_OUT: ReadonlySet<SkipReason> = new Set<SkipReason>([
  "strict",
  "zone",
  "tier",
  "vision",
  "tools",
  "json",
  "embeddings",
  "unsupported",
  "context",
  "no backend",
]);

const CODES: Readonly<Partial<Record<Kind, string>>> = {
  auth: "upstream_auth",
  rate_limited: "rate_limited",
  quota: "rate_limited",
  "cooling down": "rate_limited",
  timeout: "timeout",
  "out of time": "timeout",
  malformed: "malformed",
  model_missing: "model_not_found",
  "no backend": "model_not_found",
  context: "context_length_exceeded",
  "at capacity": "capacity_exceeded",
  zone: PRIVACY,
  tier: "no_capable_backend",
  vision: "no_capable_backend",
  tools: "no_capable_backend",
  json: "no_capable_backend",
  embeddings: "no_capable_backend",
  unsupported: "unsupported_feature",
  strict: "no_capable_backend",
};

/** Skips that say nothing against a later try. */
const PASSING: ReadonlySet<SkipReason> = new Set<SkipReason>([
  "circuit open",
  "cooling down",
  "out of time",
  "at capacity",
  "unhealthy",
  "draining",
]);

function causeOf(attempts: readonly Attempt[]): Cause {
  const classes = attempts.flatMap(({ outcome }) => (isClass(outcome) ? [outcome] : []));
  const waits = attempts.some(({ skipReason }) => skipReason !== undefined && PASSING.has(skipReason));
  if (waits || classes.some((name) => RULES[name].passes)) return "passes";
  const told = telling(attempts);
  if (told.every(({ outcome }) => outcome === "auth")) return "auth";
  if (told.every(({ outcome }) => outcome === "config")) return "config";
  return "permanent";
}

function isClass(outcome: Attempt["outcome"]): outcome is FailureClass {
  return outcome !== "success" && outcome !== "skipped";
}

function profileOf(plan: Plan): { profile?: string } {
  return plan.target.kind === "profile" ? { profile: plan.target.name } : {};
}

/** The chain log of a run: one entry an attempt or skip, or the one that says there was nobody. */
export function chainLogOf(plan: Plan, attempts: readonly Attempt[]): readonly string[] {
  return plan.entries.length === 0 ? [EMPTY_CHAIN] : attempts.map(({ chain }) => chain);
}
