import { describe, expect, it } from "vitest";
import { decodeFailure } from "../../../src/dialects/anthropic/failure.ts";
import { decodeModels, modelsRequest } from "../../../src/dialects/anthropic/models.ts";

const failed = (status: number, type: string, message: string) =>
  decodeFailure({ status, headers: {}, body: JSON.stringify({ type: "error", error: { type, message } }) });

describe("an error of Anthropic's", () => {
  it.each([
    [400, "invalid_request_error", "messages: at least one message is required", "invalid"],
    [400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", "quota"],
    [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "context"],
    [400, "invalid_request_error", "Output blocked by content filtering policy", "refused"],
    [400, "invalid_request_error", "This organization has been disabled.", "auth"],
    [401, "authentication_error", "invalid x-api-key", "auth"],
    [402, "billing_error", "pay", "quota"],
    [403, "permission_error", "no", "auth"],
    [404, "not_found_error", "model: claude-0", "model_missing"],
    [404, "not_found_error", "Not found", "invalid"],
    [413, "request_too_large", "Request exceeds the maximum size", "context"],
    [429, "rate_limit_error", "slow down", "rate_limited"],
    [500, "api_error", "oops", "server"],
    [504, "timeout_error", "late", "server"],
    [529, "overloaded_error", "Overloaded", "overloaded"],
  ])("A002-15 %i %s (%s) is %s", (status, type, message, kind) => {
    expect(failed(status, type, message)).toEqual({ class: kind, message, status, code: type });
  });

  it("is read where it is no JSON, or of another shape", () => {
    const of = (body: string) => decodeFailure({ status: 502, headers: {}, body }).message;
    expect(of("<html><title>Bad gateway</title></html>")).toBe("Bad gateway");
    expect(of("down")).toBe("down");
    expect(of('{"error":"gone"}')).toBe("gone");
    expect(of("")).toBe("status 502");
  });
});

describe("the list of Anthropic's models", () => {
  it("A001-21 is asked for free, in one page", () => {
    expect(modelsRequest("k")).toMatchObject({
      method: "GET",
      path: "/models?limit=1000",
      headers: { "x-api-key": "k" },
    });
  });

  it("tells windows and capabilities where it can", () => {
    const capabilities = { image_input: { supported: true }, structured_outputs: { supported: false } };
    expect(
      decodeModels({
        data: [{ id: "a", max_input_tokens: 200_000, max_tokens: 64_000, capabilities }, { id: "b" }, {}],
      }),
    ).toEqual([
      { id: "a", contextLength: 200_000, maxOutputTokens: 64_000, capabilities: ["vision", "tools"] },
      { id: "b" },
    ]);
    expect(decodeModels({})).toBeUndefined();
  });
});
