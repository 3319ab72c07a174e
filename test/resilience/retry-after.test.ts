import fc from "fast-check";
import { expect, test } from "vitest";
import { retryAfterMs } from "../../src/resilience/retry-after.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

test("U68 seconds become milliseconds", () => {
  expect(retryAfterMs({ "retry-after": "17" }, NOW)).toBe(17_000);
  expect(retryAfterMs({ "retry-after": "1.5" }, NOW)).toBe(1500);
});

test("U69 retry-after-ms is exact and wins", () => {
  expect(retryAfterMs({ "retry-after-ms": "250", "retry-after": "1" }, NOW)).toBe(250);
});

test("U69 a retry-after-ms that says nothing leaves the word to Retry-After", () => {
  expect(retryAfterMs({ "retry-after-ms": "soon", "retry-after": "1" }, NOW)).toBe(1000);
});

test.each([
  ["IMF-fixdate", "Sat, 21 Nov 2026 12:01:30 GMT"],
  ["RFC 850", "Saturday, 21-Nov-26 12:01:30 GMT"],
  ["asctime", "Sat Nov 21 12:01:30 2026"],
])("U69 a date as %s", (_, date) => {
  expect(retryAfterMs({ "retry-after": date }, NOW)).toBe(90_000);
});

test("U69 asctime pads the day with a space", () => {
  expect(retryAfterMs({ "retry-after": "Tue Dec  1 12:00:00 2026" }, NOW)).toBe(10 * 86_400_000);
});

test("U69 a date is measured against the response's own Date, whatever our clock says", () => {
  const headers = { date: "Sat, 21 Nov 2026 12:01:00 GMT", "retry-after": "Sat, 21 Nov 2026 12:01:30 GMT" };
  fc.assert(fc.property(fc.integer(), (now) => retryAfterMs(headers, now) === 30_000));
});

test.each(["-5", "NaN", "0", "soon", "", "Infinity", "1e999", "0x10", "Sat, 21 Foo 2026 12:01:30 GMT"])(
  "U70 %j states no wait",
  (value) => {
    expect(retryAfterMs({ "retry-after": value }, NOW)).toBeUndefined();
  },
);

test("U70 a date that has passed states no wait", () => {
  expect(retryAfterMs({ "retry-after": "Sat, 21 Nov 2026 11:00:00 GMT" }, NOW)).toBeUndefined();
});

test("U70 no header states no wait", () => {
  expect(retryAfterMs({}, NOW)).toBeUndefined();
});

test("U70 an absurd wait is told as it is: the cap is the caller's", () => {
  expect(retryAfterMs({ "retry-after": "1e12" }, NOW)).toBe(1e15);
});

test("U70 of two headers the longer wait counts, joined or apart", () => {
  expect(retryAfterMs({ "retry-after": ["5", "9"] }, NOW)).toBe(9000);
  expect(retryAfterMs({ "retry-after": "9, 5" }, NOW)).toBe(9000);
  expect(retryAfterMs({ "retry-after": "5, Sat, 21 Nov 2026 12:01:30 GMT" }, NOW)).toBe(90_000);
});

test("U70 a wait that makes no sense beside one that does is passed over", () => {
  expect(retryAfterMs({ "retry-after": ["soon", "3"] }, NOW)).toBe(3000);
});
