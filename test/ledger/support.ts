import fc from "fast-check";
import type { Attempt, Outcome } from "../../src/core/outcome.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import type { Usage } from "../../src/core/usage.ts";

const tokens = fc.nat({ max: 5_000 });
const ms = fc.nat({ max: 60_000 });

const usage: fc.Arbitrary<Usage> = fc.record({
  input: tokens,
  cacheRead: tokens,
  cacheWrite: tokens,
  output: tokens,
  reasoning: tokens,
  estimated: fc.boolean(),
});

/** Dollars whose sums have no rounding: multiples of a power of two. */
const usd = fc.nat({ max: 4_096 }).map((n) => n / 1_024);

function anyAttempt(outcomes: readonly Attempt["outcome"][]): fc.Arbitrary<Attempt> {
  const kept = fc.record({
    member: fc.constantFrom("fast", "local", "inner/leaf", "=cmd()"),
    backend: fc.constantFrom("openai", "ollama", ""),
    model: fc.constantFrom("gpt-4o-mini", "llama3.2", ""),
    outcome: fc.constantFrom(...outcomes),
    waitMs: ms,
    firstContentMs: fc.option(ms, { nil: undefined }),
    durationMs: ms,
    usage: fc.option(usage, { nil: undefined }),
    costUsd: fc.option(usd, { nil: undefined }),
  });
  return kept.map(({ firstContentMs, usage: counted, costUsd, ...attempt }): Attempt => {
    const skipped = attempt.outcome === "skipped";
    return {
      ...attempt,
      ...(skipped ? { durationMs: 0, waitMs: 0 } : {}),
      ...(skipped || firstContentMs === undefined ? {} : { firstContentMs }),
      ...(skipped || counted === undefined ? {} : { usage: counted }),
      ...(skipped || counted === undefined || costUsd === undefined ? {} : { costUsd }),
      skipped,
      chain: `${attempt.member}: ${attempt.outcome}`,
    };
  });
}

const outcome: fc.Arbitrary<Outcome> = fc
  .record({
    digits: fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 24, maxLength: 24 }),
    profile: fc.constantFrom(undefined, "lb", "other"),
    before: fc.array(anyAttempt(["skipped", "server", "rate_limited", "timeout", "config"]), {
      maxLength: 4,
    }),
    last: fc.option(anyAttempt(["success", "aborted"]), { nil: undefined }),
    durationMs: ms,
  })
  .map(({ digits, profile, before, last, durationMs }) => {
    const attempts = last === undefined ? before : [...before, last];
    const failures = attempts.filter((attempt) => attempt.outcome !== "success");
    return {
      requestId: `req_${digits}`,
      fallbackUsed: false,
      degraded: false,
      chainLog: attempts.map(({ chain }) => chain),
      attempts,
      durationMs,
      ...(profile === undefined ? {} : { profile }),
      ...(last?.outcome === "success"
        ? { backend: last.backend, actualModel: last.model, answeringMember: last.member }
        : {
            error: {
              name: "FallbackChainExhausted",
              code: "timeout",
              message: "All models in chain failed",
              retryable: true,
              failures,
              cause: "passes",
            } as const,
          }),
      ...(last?.outcome !== "success" || last.usage === undefined ? {} : { usage: last.usage }),
      ...(last?.costUsd === undefined ? {} : { costUsd: last.costUsd }),
    };
  });

/** Where the records of `anyRecord` lie in time: some days before this moment. */
export const NOW = 1_790_000_000_000;

/** A record of any outcome, of the last three days before `NOW`. */
export const anyRecord: fc.Arbitrary<RequestRecord> = fc
  .record({ ago: fc.nat({ max: 3 * 86_400_000 }), outcome })
  .map(({ ago, outcome: made }) => ({
    at: NOW - ago,
    door: "chat",
    target:
      made.profile === undefined
        ? { kind: "model", name: "gpt-4o-mini" }
        : { kind: "profile", name: made.profile },
    outcome: made,
  }));
