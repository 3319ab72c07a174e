import type { Failure } from "../core/failure.ts";
import type { Attempt, SkipReason } from "../core/outcome.ts";
import { oneLine } from "../core/text.ts";
import type { Usage } from "../core/usage.ts";
import type { Candidate, Refusal } from "../routing/plan.ts";
import { chainText } from "./chain-log.ts";

/** The record of a request that was sent, or would have been but for its key. */
export function attemptOf(
  candidate: Candidate,
  seen: {
    readonly failure?: Failure | undefined;
    readonly firstContentMs?: number | undefined;
    readonly usage?: Usage | undefined;
    readonly waitMs: number;
    readonly durationMs: number;
  },
): Attempt {
  const { failure, waitMs, durationMs, firstContentMs, usage } = seen;
  return {
    member: candidate.label,
    backend: candidate.backend.name,
    model: candidate.model,
    outcome: failure === undefined ? "success" : failure.class,
    status: failure?.status,
    message: failure && oneLine(failure.message),
    code: failure?.code,
    waitMs: Math.round(waitMs),
    firstContentMs: firstContentMs === undefined ? undefined : Math.round(firstContentMs),
    durationMs: Math.round(durationMs),
    usage,
    skipped: false,
    skipReason: undefined,
    chain: `${candidate.label}: ${failure === undefined ? "success" : chainText(failure)}`,
  };
}

/** The record of a candidate that was not asked because of what is known of it now. */
export function skipOf(candidate: Candidate, skipReason: SkipReason, text: string): Attempt {
  return skip(candidate.label, candidate.backend.name, candidate.model, skipReason, text);
}

/** The record of a candidate that the plan had ruled out. */
export function refusalOf(refusal: Refusal): Attempt {
  const made = skip(refusal.label, refusal.backend ?? "", refusal.model ?? "", refusal.filter, refusal.chain);
  return { ...made, message: oneLine(refusal.why) };
}

/** The record of a member that is broken in itself: nothing was sent, and yet it failed. */
export function failureOfRefusal(refusal: Refusal, failure: Failure): Attempt {
  return {
    ...skip(refusal.label, refusal.backend ?? "", refusal.model ?? "", undefined, refusal.chain),
    outcome: failure.class,
    status: failure.status,
    message: oneLine(failure.message),
    code: failure.code,
    skipped: false,
  };
}

function skip(
  member: string,
  backend: string,
  model: string,
  skipReason: SkipReason | undefined,
  text: string,
): Attempt {
  return {
    member,
    backend,
    model,
    outcome: "skipped",
    status: undefined,
    message: undefined,
    code: undefined,
    waitMs: 0,
    firstContentMs: undefined,
    durationMs: 0,
    usage: undefined,
    skipped: true,
    skipReason,
    chain: `${member}: ${text}`,
  };
}
