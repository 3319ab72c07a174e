import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { csv } from "../../src/cli/output/csv.ts";
import { configuredNames } from "../../src/cli/stats/configured.ts";
import { readSince } from "../../src/cli/stats/since.ts";
import type { Profile } from "../../src/core/profile.ts";
import { backend, balancer, model } from "../support/run-engine.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 0);

describe("--since", () => {
  test.each([
    ["7d", NOW - 7 * 86_400_000],
    ["12h", NOW - 12 * 3_600_000],
    ["1h30m", NOW - 5_400_000],
    ["2026-11-01", Date.UTC(2026, 9, 31, 18, 15)],
    ["2026-11-01T09:30", Date.UTC(2026, 10, 1, 3, 45)],
    ["2026-11-01 09:30:15", Date.UTC(2026, 10, 1, 3, 45, 15)],
    ["2026-11-01T09:30:00Z", Date.UTC(2026, 10, 1, 9, 30)],
    ["2026-11-01T09:30:00.500+01:00", Date.UTC(2026, 10, 1, 8, 30, 0, 500)],
    ["1999999999999d", 0],
    ["0001-01-01", 0],
    ["2024-02-29", Date.UTC(2024, 1, 28, 18, 15)],
  ])("%s, where it is 05:45 later than UTC", (text, at) => {
    vi.stubEnv("TZ", "Asia/Kathmandu");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(readSince(text, NOW)).toBe(at);
  });

  test.each([
    ["7", "did you mean 7d?"],
    ["7days", "did you mean 7d?"],
    ["2 hours ago", "did you mean 2h?"],
    ["2w", "did you mean 14d?"],
    ["yesterday", "how long ago"],
    ["", "how long ago"],
    ["-1d", "how long ago"],
    ["2026-02-31", "how long ago"],
    ["2026-13-01", "how long ago"],
    ["2026-11-01T25:00", "how long ago"],
  ])("%j is refused, and told how to say it", (text, said) => {
    expect(() => readSince(text, NOW)).toThrow(
      expect.objectContaining({
        kind: "usage",
        ...(said.startsWith("did")
          ? { message: expect.stringContaining(said) }
          : { hint: expect.stringContaining(said) }),
      }),
    );
  });
});

describe("CSV", () => {
  test("every text is one cell, and none begins like a formula", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cell = csv([[text]]).slice(0, -"\r\n".length);
        const quoted = /^"((?:[^"]|"")*)"$/.exec(cell)?.[1]?.replaceAll('""', '"');
        if (quoted === undefined) expect(cell).not.toMatch(/[",\r\n]/);
        expect(quoted ?? cell).toBe(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
      }),
    );
  });

  test("numbers stay plain, and what is not known is empty", () => {
    expect(csv([[-1.5, null, true, "a,b"]])).toBe('-1.5,,true,"a,b"\r\n');
  });
});

describe("who is listed though nobody used it", () => {
  const saved: readonly Profile[] = [
    model("leaf"),
    model("alone"),
    balancer("inner", ["leaf", "gone"]),
    balancer("outer", ["inner", "alone"]),
  ];
  const profiles = {
    names: () => saved.map(({ name }) => name),
    lookup: (name: string) => {
      const profile = saved.find((one) => one.name === name);
      return profile === undefined
        ? ({ found: false, why: "no such profile" } as const)
        : ({ found: true, profile } as const);
    },
  };
  const backends = new Map([["spare", backend("spare", { models: [{ id: "listed" }] })]]);

  test.each([
    ["member", ["leaf", "alone", "gone", "inner/leaf", "inner/gone"]],
    ["model", ["leaf-model", "alone-model", "listed"]],
    ["backend", ["spare", "leaf", "alone"]],
    ["day", []],
  ] as const)("by %s", (by, names) => {
    expect([...configuredNames(by, { backends }, profiles)]).toEqual(names);
  });
});
