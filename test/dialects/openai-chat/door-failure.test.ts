import { expect, test } from "vitest";
import type { Attempt, RunError } from "../../../src/core/outcome.ts";
import { openaiChatDoor as door } from "../../../src/dialects/openai-chat/door.ts";

const context = {
  required_tier: 2,
  available_backends: [{ name: "box", status: "unhealthy", zone: "restricted", tier: 2 }],
  eta_seconds: null,
} as const;

function attempt(fields: Partial<Attempt>): Attempt {
  return {
    member: "a",
    backend: "b",
    model: "m",
    outcome: "server",
    waitMs: 0,
    durationMs: 1,
    skipped: false,
    chain: "a: failed",
    ...fields,
  };
}

function run(fields: Partial<RunError>): RunError {
  return {
    name: "LoadBalancerFailoverError",
    code: "fallback_chain_exhausted",
    message: "All models in chain failed: a: 503",
    retryable: true,
    failures: [attempt({})],
    cause: "passes",
    ...fields,
  };
}

function encode(fields: Partial<RunError>) {
  const { status, headers, body } = door.failure.encode(run(fields), context, "req_1");
  return { status, headers, error: JSON.parse(body).error };
}

test.each([
  ["rate_limited", 429, "rate_limit_error", "rate_limit_exceeded"],
  ["upstream_auth", 502, "upstream_error", "upstream_auth"],
  ["timeout", 504, "upstream_error", "upstream_timeout"],
  ["malformed", 502, "upstream_error", "upstream_malformed"],
  ["model_not_found", 404, "invalid_request_error", "model_not_found"],
  ["context_length_exceeded", 400, "invalid_request_error", "context_length_exceeded"],
  ["fallback_chain_exhausted", 503, "service_unavailable", "fallback_chain_exhausted"],
  ["no_capable_backend", 503, "service_unavailable", "no_capable_backend"],
  ["privacy_constraint_violation", 503, "service_unavailable", "privacy_constraint_violation"],
  ["capacity_exceeded", 503, "service_unavailable", "capacity_exceeded"],
  ["empty_chain", 503, "service_unavailable", "no_capable_backend"],
])("when nothing was usable because of %s the answer is %i", (code, status, type, told) => {
  const encoded = encode({ code });
  expect(encoded).toMatchObject({
    status,
    error: { type, code: told, param: null, message: "All models in chain failed: a: 503" },
  });
  expect(encoded.error.context).toEqual(status === 503 ? context : undefined);
});

test("a stated wait is told in whole seconds, rounded up", () => {
  expect(encode({ code: "rate_limited", retryAfterMs: 1_200 }).headers).toMatchObject({ "retry-after": "2" });
  expect(encode({ code: "rate_limited" }).headers).not.toHaveProperty("retry-after");
});

test("clients are told not to ask again once nexus has asked; not when nothing was sent", () => {
  expect(encode({}).headers).toMatchObject({ "x-should-retry": "false" });
  const skipped = attempt({ outcome: "skipped", skipped: true, skipReason: "cooling down" });
  expect(encode({ failures: [skipped] }).headers).not.toHaveProperty("x-should-retry");
});

test.each([
  ["invalid", { status: 422, message: "no such field" }, 422, "invalid_request_error", "invalid_request"],
  ["invalid", { status: 400, code: "bad_thing" }, 400, "invalid_request_error", "bad_thing"],
  ["refused", {}, 400, "invalid_request_error", "content_policy_violation"],
  ["server", { status: 500 }, 500, "upstream_error", "upstream_error"],
  ["rate_limited", { status: 429 }, 429, "rate_limit_error", "rate_limit_exceeded"],
  ["network", { code: "ECONNREFUSED" }, 502, "upstream_error", "upstream_network"],
  ["timeout", {}, 504, "upstream_error", "upstream_timeout"],
  ["auth", { status: 401, code: "invalid_api_key" }, 502, "upstream_error", "upstream_auth"],
] as const)("a chain that %s %j stopped is answered with %i", (outcome, fields, status, type, code) => {
  const by = attempt({ outcome, ...fields });
  const encoded = encode({ name: "RequestRejected", code: outcome, message: "a: said no", failures: [by] });
  expect(encoded).toMatchObject({ status, error: { type, code } });
  expect(encoded.error.message).toBe("message" in fields ? fields.message : "a: said no");
});

test("a bug of ours is 500", () => {
  expect(encode({ name: "InternalError", code: "internal_error", cause: "internal" })).toMatchObject({
    status: 500,
    error: { type: "server_error", code: "internal_error" },
  });
});

test("an answer that broke off, or that nobody waits for, has a status too", () => {
  expect(encode({ name: "StreamInterrupted", code: "network" })).toMatchObject({
    status: 502,
    error: { type: "upstream_error", code: "stream_truncated" },
  });
  expect(encode({ name: "Aborted", code: "aborted" }).status).toBe(499);
  expect(encode({ name: "RequestRejected", code: "invalid", failures: [] }).status).toBe(500);
});

test("a request that was sent back names its field", () => {
  const bad = {
    ok: false,
    status: 400,
    message: '"n" can only be 1',
    code: "unsupported_n",
    param: "n",
  } as const;
  expect(door.failure.encodeBad(bad, "req_1")).toEqual({
    status: 400,
    headers: { "content-type": "application/json" },
    body: '{"error":{"message":"\\"n\\" can only be 1","type":"invalid_request_error","param":"n","code":"unsupported_n"}}',
  });
});
