import { expect, test } from "vitest";
import { decodeFailure, decodeInBand } from "../../../src/dialects/gemini/failure.ts";
import { recorded } from "./fixtures.ts";

function decode(status: number, message: string, more: object = {}) {
  return decodeFailure({
    status,
    headers: {},
    body: JSON.stringify({ error: { code: status, message, ...more } }),
  });
}

test.each([
  [400, "invalid"],
  [401, "auth"],
  [404, "model_missing"],
  [429, "rate_limited"],
  [500, "server"],
  [503, "overloaded"],
])("A002-15 the recorded error %i is %s", (status, kind) => {
  const body = recorded(`error-${status}.response.txt`);
  expect(decodeFailure({ status, headers: {}, body })).toMatchObject({ class: kind, status });
});

test.each([
  [403, "auth"],
  [402, "quota"],
  [413, "context"],
  [408, "server"],
  [418, "invalid"],
  [404, "invalid"],
  [504, "server"],
])("without a legible body the status decides: %i is %s", (status, kind) => {
  expect(decodeFailure({ status, headers: {}, body: "" })).toEqual({
    class: kind,
    status,
    message: `status ${status}`,
  });
});

test("U61 A002-15 a bad key is 400 with its own reason", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }];
  const failure = decode(400, "API key not valid. Please pass a valid API key.", {
    status: "INVALID_ARGUMENT",
    details,
  });
  expect(failure).toMatchObject({ class: "auth", status: 400, code: "API_KEY_INVALID" });
});

test("U61 whom Google does not serve where it is has no use of its key: somebody else may answer", () => {
  const status = "FAILED_PRECONDITION";
  expect(decode(400, "User location is not supported for the API use.", { status }).class).toBe("auth");
  expect(decode(400, "Free tier: please enable billing on your project.", { status }).class).toBe("auth");
  expect(decode(400, "The file is not in an ACTIVE state.", { status }).class).toBe("invalid");
});

test("U59 too many bytes", () => {
  expect(decode(400, "Request payload size exceeds the limit: 20971520 bytes.").class).toBe("context");
});

test("U59 too many tokens", () => {
  const message = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).";
  expect(decode(400, message, { status: "INVALID_ARGUMENT" }).class).toBe("context");
});

test.each([
  ["17s", 17_000],
  ["36037.5s", 36_037_500],
])("U62 RetryInfo says %s", (retryDelay, ms) => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }];
  expect(decode(429, "slow down", { details })).toMatchObject({ class: "rate_limited", retryAfterMs: ms });
});

test("U62 a wait of hours that stands only in the words", () => {
  const message = "You exceeded your current quota. Please retry in 10h17m5.7s.";
  expect(decode(429, message)).toMatchObject({ retryAfterMs: 37_025_700 });
});

test.each([
  ["GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quota"],
  ["GenerateRequestsPerMinutePerProjectPerModel", "rate_limited"],
])("U62 %s is %s", (quotaId, kind) => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] }];
  expect(decode(429, "Quota exceeded", { status: "RESOURCE_EXHAUSTED", details }).class).toBe(kind);
});

test("inside an answer the word has the status that it has outside", () => {
  expect(decodeInBand({ error: { status: "RESOURCE_EXHAUSTED", message: "m" } })).toMatchObject({
    class: "rate_limited",
    status: 429,
  });
  expect(decodeInBand({ error: "text" })).toMatchObject({ class: "server", message: "text" });
  expect(decodeInBand(null)).toMatchObject({ class: "server", status: 500 });
});
