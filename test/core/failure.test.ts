import { describe, expect, test } from "vitest";
import { coolDownOf, countsFor, RULES } from "../../src/core/failure.ts";

const HOUR = 3_600_000;

describe("what a failure leads to", () => {
  test("A002-14 auth, quota, rate limits, timeouts and mistakes are never asked of the same member again", () => {
    const again = Object.entries(RULES).flatMap(([name, rule]) => (rule.retrySame ? [name] : []));
    expect(again.toSorted()).toEqual(["malformed", "network", "overloaded", "server"]);
  });

  test("a stated wait sets a cool-down up to its cap", () => {
    expect(coolDownOf({ class: "rate_limited", message: "", retryAfterMs: 2_000 })).toBe(2_000);
    expect(coolDownOf({ class: "rate_limited", message: "", retryAfterMs: 9 * HOUR })).toBe(HOUR);
    expect(coolDownOf({ class: "quota", message: "", retryAfterMs: 30 * HOUR })).toBe(24 * HOUR);
    expect(coolDownOf({ class: "quota", message: "" })).toBe(HOUR);
    expect(coolDownOf({ class: "rate_limited", message: "" })).toBe(0);
    expect(coolDownOf({ class: "invalid", message: "", retryAfterMs: 5 })).toBe(0);
  });

  test("a rate limit counts only when it states no wait, a timeout only when the limit was the backend's own", () => {
    expect(countsFor({ class: "rate_limited", message: "" })).toBe("model");
    expect(countsFor({ class: "rate_limited", message: "", retryAfterMs: 1 })).toBe("nothing");
    expect(countsFor({ class: "timeout", message: "" })).toBe("model");
    expect(countsFor({ class: "timeout", message: "", borrowedLimit: true })).toBe("nothing");
    expect(countsFor({ class: "auth", message: "" })).toBe("key");
    expect(countsFor({ class: "auth", message: "", keyMissing: true })).toBe("nothing");
  });
});
