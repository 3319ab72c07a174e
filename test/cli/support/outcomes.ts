import type { Attempt, Outcome, RunError } from "../../../src/core/outcome.ts";
import type { Usage } from "../../../src/core/usage.ts";

/** An attempt that answered, with whatever a test says of it. */
export function anAttempt(stated: Partial<Attempt> = {}): Attempt {
  return {
    member: "local",
    backend: "ollama",
    model: "llama3.2",
    outcome: "success",
    waitMs: 0,
    durationMs: 1200,
    skipped: false,
    chain: "local: success",
    ...stated,
  };
}

/** An attempt that failed with 503. */
export const OVERLOADED: Attempt = anAttempt({
  member: "fast",
  backend: "openai",
  model: "gpt-4o-mini",
  outcome: "overloaded",
  status: 503,
  message: "Service Unavailable",
  chain: "fast: failed (503 Service Unavailable)",
});

/** Reported counts: 345 in, 120 out. */
export const USAGE: Usage = {
  input: 300,
  cacheRead: 40,
  cacheWrite: 5,
  output: 100,
  reasoning: 20,
  estimated: false,
};

/** A run through `lb` that the second member answered. */
export function anOutcome(stated: Partial<Outcome> = {}): Outcome {
  const attempts = [OVERLOADED, anAttempt({ usage: USAGE, firstContentMs: 300 })];
  return {
    requestId: "req_8f2c",
    profile: "lb",
    backend: "ollama",
    backendType: "local",
    actualModel: "llama3.2",
    primaryModel: "gpt-4o-mini",
    primaryMember: "fast",
    answeringMember: "local",
    routeReason: "backend-failover",
    fallbackUsed: true,
    degraded: true,
    finishReason: "stop",
    chainLog: attempts.map(({ chain }) => chain),
    attempts,
    usage: USAGE,
    durationMs: 1200,
    ...stated,
  };
}

/** A run through `lb` that nobody answered. */
export function aFailedOutcome(stated: Partial<RunError> = {}): Outcome {
  return {
    requestId: "req_8f2c",
    profile: "lb",
    fallbackUsed: false,
    degraded: false,
    chainLog: [OVERLOADED.chain],
    attempts: [OVERLOADED],
    durationMs: 800,
    error: {
      name: "LoadBalancerFailoverError",
      code: "fallback_chain_exhausted",
      message: "All models in chain failed: fast: 503 Service Unavailable",
      retryable: true,
      failures: [OVERLOADED],
      cause: "passes",
      ...stated,
    },
  };
}
