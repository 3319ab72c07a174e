import { expect, test } from "vitest";
import type { RunError } from "../../../src/core/outcome.ts";
import { geminiDoor as door } from "../../../src/dialects/gemini/door.ts";

const context = {
  required_tier: 2,
  available_backends: [{ name: "box", status: "unhealthy", zone: "restricted", tier: 2 }],
  eta_seconds: null,
} as const;

function encode(fields: Partial<RunError>) {
  const error: RunError = {
    name: "LoadBalancerFailoverError",
    code: "fallback_chain_exhausted",
    message: "All models in chain failed: a: 503",
    retryable: true,
    failures: [],
    cause: "passes",
    ...fields,
  };
  const { status, headers, body } = door.failure.encode(error, context, "req_1");
  return { status, headers, error: JSON.parse(body).error };
}

test.each([
  ["rate_limited", 429, "RESOURCE_EXHAUSTED", "rate_limit_exceeded"],
  ["upstream_auth", 502, "UNAVAILABLE", "upstream_auth"],
  ["timeout", 504, "DEADLINE_EXCEEDED", "upstream_timeout"],
  ["model_not_found", 404, "NOT_FOUND", "model_not_found"],
  ["context_length_exceeded", 400, "INVALID_ARGUMENT", "context_length_exceeded"],
  ["unsupported_feature", 422, "INVALID_ARGUMENT", "unsupported_feature"],
  ["fallback_chain_exhausted", 503, "UNAVAILABLE", "fallback_chain_exhausted"],
  ["privacy_constraint_violation", 503, "UNAVAILABLE", "privacy_constraint_violation"],
])("when nothing was usable because of %s the code stays the number %i", (code, status, word, reason) => {
  const told = encode({ code });
  expect(told).toMatchObject({
    status,
    error: { code: status, status: word, message: "All models in chain failed: a: 503" },
  });
  expect(told.error.details[0]).toMatchObject({ reason });
  expect(told.error.context).toEqual(status === 503 ? context : undefined);
});

test("a wait is told in both places where clients look", () => {
  const told = encode({ code: "rate_limited", retryAfterMs: 16_500 });
  expect(told.headers["retry-after"]).toBe("17");
  expect(told.error.details[1]).toEqual({
    "@type": "type.googleapis.com/google.rpc.RetryInfo",
    retryDelay: "17s",
  });
});

test.each([
  [400, "INVALID_ARGUMENT"],
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [413, "INVALID_ARGUMENT"],
  [500, "INTERNAL"],
  [508, "INTERNAL"],
])("a request that was sent back with %i is %s", (status, word) => {
  const bad = { ok: false, status, code: "why", message: "so" } as const;
  const answer = door.failure.encodeBad(bad, "req_1");
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body).error).toMatchObject({
    code: status,
    status: word,
    message: "so",
    details: [{ reason: "why" }],
  });
});
