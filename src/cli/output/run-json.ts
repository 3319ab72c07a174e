import { plainUsd } from "../../core/money.ts";
import type { PastAttempt, PastError, PastOutcome } from "../../core/request-record.ts";
import { answerTokens, promptTokens, type Usage } from "../../core/usage.ts";

/** A run without its answer, now or from the history. The keys are a promise to scripts; what is not known is null. */
export function summaryJson(outcome: PastOutcome): object {
  const { error } = outcome;
  const answered = error === undefined;
  return {
    final_model: answered ? (outcome.actualModel ?? null) : null,
    backend: outcome.backend ?? null,
    profile: outcome.profile ?? null,
    fallback_used: outcome.fallbackUsed,
    route_reason: outcome.routeReason ?? null,
    finish_reason: outcome.finishReason ?? null,
    chain_log: outcome.chainLog,
    attempts: outcome.attempts.map(pricedJson),
    usage: outcome.usage === undefined ? null : usageJson(outcome.usage),
    cost_usd: costJson(outcome),
    duration_ms: Math.round(outcome.durationMs),
    request_id: outcome.requestId,
    error: error === undefined ? null : errorJson(error),
  };
}

/** One attempt or skip as it happens, when nobody has looked up its price. */
export function attemptJson(attempt: PastAttempt): object {
  return {
    member: attempt.member,
    backend: attempt.backend,
    model: attempt.model,
    outcome: attempt.outcome,
    status: attempt.status ?? null,
    message: attempt.message ?? null,
    wait_ms: Math.round(attempt.waitMs),
    first_content_ms: attempt.firstContentMs === undefined ? null : Math.round(attempt.firstContentMs),
    duration_ms: Math.round(attempt.durationMs),
    usage: attempt.usage === undefined ? null : usageJson(attempt.usage),
    skipped: attempt.skipped,
  };
}

/** The same when the run is over. */
function pricedJson(attempt: PastAttempt): object {
  return { ...attemptJson(attempt), cost_usd: costJson(attempt) };
}

function costJson({ costUsd }: Pick<PastAttempt, "costUsd">): number | null {
  return costUsd === undefined ? null : plainUsd(costUsd);
}

function errorJson(error: PastError): object {
  return {
    name: error.name,
    code: error.code,
    message: error.message,
    // Each failure has its own; errors without a run have one.
    hint: null,
    retryable: error.retryable,
    retry_after_ms: error.retryAfterMs === undefined ? null : Math.round(error.retryAfterMs),
    failures: error.failures.map(pricedJson),
  };
}

/** `input_tokens` and `output_tokens` are whole sums; the others say what part of them was what. */
export function usageJson(usage: Usage): object {
  return {
    input_tokens: promptTokens(usage),
    output_tokens: answerTokens(usage),
    cached_input_tokens: usage.cacheRead,
    cache_write_tokens: usage.cacheWrite,
    reasoning_tokens: usage.reasoning,
    estimated: usage.estimated,
  };
}
