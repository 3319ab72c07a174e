import { describe, expect, it } from "vitest";
import { decodeFailure } from "../../../src/dialects/anthropic/failure.ts";

const DATE = "Sat, 21 Nov 2026 12:00:00 GMT";
const body = JSON.stringify({ type: "error", error: { type: "rate_limit_error", message: "slow down" } });
const waitOf = (headers: Readonly<Record<string, string>>, status = 429) =>
  decodeFailure({ status, headers: { date: DATE, ...headers }, body }).retryAfterMs;

describe("U69 when Anthropic's own limits are free again", () => {
  it.each(["requests", "tokens", "input-tokens", "output-tokens"])("by the limit of %s", (limit) => {
    expect(
      waitOf({
        [`anthropic-ratelimit-${limit}-remaining`]: "0",
        [`anthropic-ratelimit-${limit}-reset`]: "2026-11-21T12:01:30Z",
      }),
    ).toBe(90_000);
  });

  it("only limits that are used up count, and of those the longest", () => {
    expect(
      waitOf({
        "anthropic-ratelimit-requests-remaining": "7",
        "anthropic-ratelimit-requests-reset": "2026-11-21T13:00:00Z",
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-21T12:00:05Z",
        "anthropic-ratelimit-output-tokens-remaining": "0",
        "anthropic-ratelimit-output-tokens-reset": "2026-11-21T12:00:09Z",
      }),
    ).toBe(9_000);
  });

  it.each([
    ["a time that is past", { "anthropic-ratelimit-tokens-reset": "2026-11-21T11:59:00Z" }],
    ["a time weeks away", { "anthropic-ratelimit-tokens-reset": "2027-11-21T11:59:00Z" }],
    ["no time", { "anthropic-ratelimit-tokens-reset": "soon" }],
    ["an answer without a date", { "anthropic-ratelimit-tokens-reset": "2026-11-21T12:01:30Z", date: "" }],
  ])("%s says nothing", (_, headers) => {
    expect(waitOf(headers)).toBeUndefined();
  });

  it("an error that is no rate limit has no wait", () => {
    expect(waitOf({ "anthropic-ratelimit-tokens-reset": "2026-11-21T12:01:30Z" }, 500)).toBeUndefined();
  });
});
