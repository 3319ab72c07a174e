import { describe, expect, test } from "vitest";
import { decodeFailure } from "../../../src/dialects/openai/failure.ts";
import { recorded } from "../openai-chat/fixtures.ts";

function decode(status: number, body: unknown, headers: Record<string, string> = {}) {
  return decodeFailure({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) });
}

function openaiError(fields: object) {
  return {
    error: { message: "something", type: "invalid_request_error", param: null, code: null, ...fields },
  };
}

test.each([
  [400, "invalid"],
  [401, "auth"],
  [404, "model_missing"],
  [429, "rate_limited"],
  [500, "server"],
  [503, "overloaded"],
])("the recorded error %i is %s", (status, kind) => {
  expect(
    decodeFailure({ status, headers: {}, body: recorded(`error-${status}.response.txt`) }),
  ).toMatchObject({
    class: kind,
    status,
  });
});

test("a recorded unknown route is the caller's mistake, not a missing model", () => {
  expect(decode(404, recorded("unknown-route.response.txt")).class).toBe("invalid");
});

describe("U61 U66 U72 U73 U75 without a body the status decides", () => {
  test.each([
    [400, "invalid", "Bad Request"],
    [401, "auth", "Unauthorized"],
    [402, "quota", "Payment Required"],
    [403, "auth", "Forbidden"],
    [404, "invalid", "Not Found"],
    [405, "invalid", "Method Not Allowed"],
    [408, "server", "Request Timeout"],
    [409, "server", "Conflict"],
    [413, "context", "Payload Too Large"],
    [415, "invalid", "Unsupported Media Type"],
    [418, "invalid", "client error"],
    [422, "invalid", "Unprocessable Entity"],
    [425, "server", "Too Early"],
    [429, "rate_limited", "Too Many Requests"],
    [440, "auth", "client error"],
    [498, "auth", "client error"],
    [499, "invalid", "client error"],
    [500, "server", "Internal Server Error"],
    [501, "server", "Not Implemented"],
    [502, "server", "Bad Gateway"],
    [503, "overloaded", "Service Unavailable"],
    [504, "server", "Gateway Timeout"],
    [520, "server", "server error"],
    [529, "overloaded", "Overloaded"],
  ])("%i is %s: %s", (status, kind, message) => {
    expect(decode(status, "")).toEqual({ class: kind, status, message });
  });
});

describe("the body refines the shared statuses", () => {
  test.each([
    ["U61 key", 400, openaiError({ code: "invalid_api_key" }), "auth"],
    [
      "U61 Gemini's key",
      400,
      [
        {
          error: {
            code: 400,
            status: "INVALID_ARGUMENT",
            message: "API key not valid. Please pass a valid API key.",
            details: [{ reason: "API_KEY_INVALID" }],
          },
        },
      ],
      "auth",
    ],
    ["U62 quota", 429, openaiError({ code: "insufficient_quota" }), "quota"],
    [
      "U62 quota in words",
      429,
      openaiError({
        message: "You exceeded your current quota, please check your plan and billing details.",
      }),
      "quota",
    ],
    [
      "U62 credit in words",
      400,
      openaiError({ message: "Your credit balance is too low to access the API." }),
      "quota",
    ],
    ["U62 billing", 403, openaiError({ code: "billing_not_active" }), "quota"],
    ["U59 context", 400, openaiError({ code: "context_length_exceeded" }), "context"],
    [
      "U59 llama.cpp's context",
      400,
      {
        error: {
          code: 400,
          message: "the request exceeds the available context size",
          type: "exceed_context_size_error",
          n_ctx: 4096,
        },
      },
      "context",
    ],
    [
      "U59 vLLM's context",
      400,
      {
        object: "error",
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
        type: "BadRequestError",
        code: 400,
      },
      "context",
    ],
    [
      "U59 Anthropic's context",
      400,
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "prompt is too long: 210000 tokens > 200000 maximum",
        },
      },
      "context",
    ],
    ["U60 policy", 400, openaiError({ code: "content_policy_violation" }), "refused"],
    [
      "U60 Azure's filter",
      400,
      openaiError({ code: "content_filter", innererror: { code: "ResponsibleAIPolicyViolation" } }),
      "refused",
    ],
    [
      "U60 OpenRouter's moderation",
      403,
      {
        error: {
          code: 403,
          message: "Your chosen model requires moderation and your input was flagged for violence",
        },
      },
      "refused",
    ],
    ["U64 Ollama's model", 404, { error: 'model "qwen9" not found, try pulling it first' }, "model_missing"],
    [
      "U64 OpenAI's model",
      404,
      openaiError({ message: "The model `x` does not exist or you do not have access to it." }),
      "model_missing",
    ],
    ["U64 OpenAI's forbidden model", 403, openaiError({ code: "model_not_found" }), "model_missing"],
    [
      "U64 Anthropic's model",
      404,
      { type: "error", error: { type: "not_found_error", message: "model: claude-9" } },
      "model_missing",
    ],
    [
      "U64 OpenRouter's model",
      400,
      { error: { message: "foo/bar is not a valid model ID", code: 400 } },
      "model_missing",
    ],
    [
      "U64 Gemini's model",
      404,
      [
        {
          error: { code: 404, message: "models/x is not found for API version v1main", status: "NOT_FOUND" },
        },
      ],
      "model_missing",
    ],
    [
      "U58 other mistakes",
      400,
      openaiError({ message: "Invalid value for 'temperature'", code: "invalid_value" }),
      "invalid",
    ],
    [
      "U58 what a model cannot do",
      400,
      openaiError({ message: "This model does not support image input" }),
      "invalid",
    ],
    [
      "U63 a blocked region",
      403,
      openaiError({
        message: "Country, region, or territory not supported",
        code: "unsupported_country_region_territory",
      }),
      "auth",
    ],
    [
      "Gemini's short limit",
      429,
      [
        {
          error: {
            code: 429,
            status: "RESOURCE_EXHAUSTED",
            message: "You exceeded your current quota. Please retry in 17.5s.",
          },
        },
      ],
      "rate_limited",
    ],
  ])("%s (%i)", (_, status, body, kind) => {
    expect(decode(status, body)).toMatchObject({ class: kind, status });
  });

  test("no other status is refined", () => {
    expect(decode(500, openaiError({ code: "context_length_exceeded" })).class).toBe("server");
    expect(decode(401, openaiError({ code: "insufficient_quota" })).class).toBe("auth");
    expect(decode(422, openaiError({ code: "content_filter" })).class).toBe("invalid");
  });
});

describe("every shape of error tells its message", () => {
  test.each([
    ["OpenAI", openaiError({ message: "too hot" }), "too hot"],
    ["Ollama", { error: "too hot" }, "too hot"],
    ["FastAPI", { detail: "too hot" }, "too hot"],
    [
      "FastAPI validation",
      { detail: [{ loc: ["body"], msg: "field required" }, { msg: "too hot" }] },
      "field required; too hot",
    ],
    ["a gateway", { message: "too hot" }, "too hot"],
    ["a message beside a flag", { error: true, message: "too hot" }, "too hot"],
    ["a JSON string", '"too hot"', "too hot"],
    ["text", "too\nhot", "too hot"],
    ["a code alone", { error: { code: "too_hot" } }, "too_hot"],
    [
      "HTML with a title",
      "<!doctype html><html><head><title>502\n Bad Gateway</title></head><body>secret</body></html>",
      "502 Bad Gateway",
    ],
    ["HTML without one", "<html><body><p>hello</p></body></html>", "Unprocessable Entity"],
    ["cut JSON", '{"error": {"message": "too', '{"error": {"message": "too'],
    ["nothing", {}, "Unprocessable Entity"],
    ["null", "null", "null"],
    ["an empty list", [], "Unprocessable Entity"],
    ["a number", { error: 5 }, "Unprocessable Entity"],
  ])("%s", (_, body, message) => {
    expect(decode(422, body).message).toBe(message);
  });

  test("U90 control characters of a message are gone", () => {
    expect(decode(400, { error: "a\u001b]52;c;x\u0007b\u202ec" }).message).toBe("a ]52;c;x b c");
  });
});

describe("U69 waits that a body or a provider's headers state", () => {
  const limits = (requests: string, tokens: string, remaining: string) => ({
    "x-ratelimit-remaining-requests": remaining,
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-requests": requests,
    "x-ratelimit-reset-tokens": tokens,
  });

  test("the longer reset of the limits that are used up counts", () => {
    expect(decode(429, "", limits("1s", "6m0s", "0")).retryAfterMs).toBe(360_000);
    expect(decode(429, "", limits("6m0s", "12ms", "5")).retryAfterMs).toBe(12);
  });

  test("a reset that is no duration, or a point in time, counts nothing", () => {
    expect(decode(429, "", limits("soon", "1795226076", "0"))).not.toHaveProperty("retryAfterMs");
  });

  test("resets belong to 429 alone", () => {
    expect(decode(503, "", limits("1s", "1s", "0"))).not.toHaveProperty("retryAfterMs");
  });

  test("Google's retryDelay is read", () => {
    const details = [{ reason: "RATE_LIMIT_EXCEEDED" }, { retryDelay: "36037.5s" }];
    expect(decode(429, [{ error: { code: 429, message: "x", details } }]).retryAfterMs).toBe(36_037_500);
  });

  test("a retryDelay that is none counts nothing", () => {
    expect(decode(429, { error: { message: "x", details: [{ retryDelay: "-5s" }, 7] } })).not.toHaveProperty(
      "retryAfterMs",
    );
  });
});
