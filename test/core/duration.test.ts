import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/core/duration.ts";

describe("durations", () => {
  test.each([
    ["30", 30_000],
    ["15s", 15_000],
    ["1.5s", 1_500],
    ["250ms", 250],
    ["6m0s", 360_000],
    ["1h30m", 5_400_000],
    [" 2d ", 172_800_000],
  ])("A002-26 %s is read as %i ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(["", "-1", "soon", "15 s", "1e3", "s", "NaN", "15sx"])("%s is no duration", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test("a bare number can count in milliseconds", () => {
    expect(parseDuration("250", "ms")).toBe(250);
  });

  test.each([
    [850, "850 ms"],
    [1_234, "1.2 s"],
    [42_000, "42 s"],
    [300_000, "5 min"],
    [37_025_700, "10.3 h"],
  ])("%i ms is told as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
