import { expect, test } from "vitest";
import { rowJson, rowText } from "../../src/cli/status/render.ts";
import type { Row } from "../../src/cli/status/rows.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../src/core/settings.ts";
import type { Standing } from "../../src/resilience/standing.ts";

const NOW = 1_000_000_000;
const times = { now: NOW, wallNow: Date.parse("2026-01-01T00:00:00Z") };

function row(standing: Partial<Standing>, settings: Partial<Settings> = {}): Row {
  return {
    subject: { kind: "model", backend: "b", model: "m" },
    settings: { ...DEFAULT_SETTINGS, ...settings },
    standing: { state: "closed", failures: 0, failuresSinceSuccess: 0, permitsTaken: 0, ...standing },
  };
}

test.each<[string, Row, readonly string[]]>([
  ["nothing", row({}), ["m@b", "closed", "0", "-", "-"]],
  [
    "some failures, not all inside the window",
    row({ failures: 1, failuresSinceSuccess: 5, lastFailureAt: NOW - 2_000 }),
    ["m@b", "closed", "1", "2 s ago", "-"],
  ],
  [
    "open",
    row({ state: "open", failuresSinceSuccess: 3, lastFailureAt: NOW - 500, nextProbeAt: NOW + 60_000 }),
    ["m@b", "open", "3", "500 ms ago", "next probe in 60 s"],
  ],
  [
    "half-open, with a permit to be had",
    row({ state: "half-open", nextProbeAt: NOW }),
    ["m@b", "half-open", "0", "-", "probe now"],
  ],
  [
    "half-open, with one probe out",
    row({ state: "half-open", nextProbeAt: NOW + 9, permitsTaken: 1 }),
    ["m@b", "half-open", "0", "-", "probe under way"],
  ],
  [
    "half-open, with all of several probes out",
    row({ state: "half-open", nextProbeAt: NOW + 9, permitsTaken: 2 }),
    ["m@b", "half-open", "0", "-", "2 probes under way"],
  ],
  [
    "open, and cooling down for longer",
    row({ state: "open", nextProbeAt: NOW + 9, coolUntil: NOW + 30_000 }),
    ["m@b", "open", "0", "-", "cooling down for 30 s"],
  ],
  [
    "open, for a profile that ignores breakers",
    row({ state: "open", nextProbeAt: NOW + 9 }, { circuit_breaker_enabled: false }),
    ["m@b", "open (ignored)", "0", "-", "-"],
  ],
])("a row for people: %s", (_, given, cells) => {
  expect(rowText(given, times)).toEqual(cells);
});

test("a row for programs has moments by the clock on the wall, whatever the store's time", () => {
  const json = rowJson(row({ state: "open", lastFailureAt: NOW - 2_000, nextProbeAt: NOW + 1_000 }), times);
  expect(json).toMatchObject({
    last_failure_at: "2025-12-31T23:59:58.000Z",
    last_failure_ms_ago: 2_000,
    next_probe_at: "2026-01-01T00:00:01.000Z",
    next_probe_in_ms: 1_000,
    cool_down_until: null,
  });
});
