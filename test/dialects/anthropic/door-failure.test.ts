import { expect, test } from "vitest";
import type { RunError } from "../../../src/core/outcome.ts";
import { anthropicDoor } from "../../../src/dialects/anthropic/door.ts";

const CONTEXT = { required_tier: 0, available_backends: [], eta_seconds: null };
const EXHAUSTED: RunError = {
  name: "LoadBalancerFailoverError",
  code: "fallback_chain_exhausted",
  message: "All models in chain failed",
  retryable: true,
  failures: [],
  cause: "passes",
};

function encoded(error: Partial<RunError>) {
  const { body, ...rest } = anthropicDoor.failure.encode({ ...EXHAUSTED, ...error }, CONTEXT, "req_1");
  const parsed: unknown = JSON.parse(body);
  return { ...rest, body: parsed };
}

test("nobody could be asked: 503 with what a client can act on", () => {
  expect(encoded({ retryAfterMs: 1_500 })).toMatchObject({
    status: 503,
    headers: { "content-type": "application/json", "retry-after": "2" },
    body: {
      type: "error",
      error: {
        type: "overloaded_error",
        message: "All models in chain failed",
        code: "fallback_chain_exhausted",
        context: CONTEXT,
      },
      request_id: "req_1",
    },
  });
});

test.each([
  ["rate_limited", 429, "rate_limit_error"],
  ["upstream_auth", 502, "api_error"],
  ["timeout", 504, "timeout_error"],
  ["malformed", 502, "api_error"],
  ["model_not_found", 404, "not_found_error"],
  ["context_length_exceeded", 400, "invalid_request_error"],
  ["unsupported_feature", 422, "invalid_request_error"],
])("%s is %d %s, and says no more than it has to", (code, status, type) => {
  const told = encoded({ code });
  expect(told).toMatchObject({ status, body: { type: "error", error: { type } } });
  expect(told.body).not.toHaveProperty("error.context");
});

test.each([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [405, "invalid_request_error"],
  [413, "request_too_large"],
  [421, "invalid_request_error"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [503, "overloaded_error"],
  [508, "api_error"],
])("a request that is sent back with %d is a %s", (status, type) => {
  const bad = { ok: false, status, code: "some_code", message: "so it is", param: "model" } as const;
  const { body, ...rest } = anthropicDoor.failure.encodeBad(bad, "req_1");
  expect(rest).toEqual({ status, headers: { "content-type": "application/json" } });
  expect(JSON.parse(body)).toEqual({
    type: "error",
    error: { type, message: "so it is", code: "some_code", param: "model" },
    request_id: "req_1",
  });
});

test.each([
  ["/v1/messages", {}, true],
  ["/v1/messages?beta=true", {}, true],
  ["/v1/messages/count_tokens", {}, true],
  ["/v1/messages2", {}, false],
  ["/v1/models", {}, false],
  ["/v1/models", { "anthropic-version": "2023-06-01" }, true],
  ["/v1/complete", { "anthropic-version": "2023-06-01" }, true],
])("%s with %j is asked in Anthropic's words: %s", (path, headers, speaks) => {
  expect(anthropicDoor.speaksAt(path, headers)).toBe(speaks);
});
