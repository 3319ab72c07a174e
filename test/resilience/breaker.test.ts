import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS, type Settings } from "../../src/core/settings.ts";
import { claim, coolDown, fail, release, succeed, view } from "../../src/resilience/breaker.ts";
import { type Facts, KEPT_FAILURES, NO_FACTS, readFacts } from "../../src/resilience/facts.ts";

const MINUTE = 60_000;
const T0 = 1_790_000_000_000;
const settings = DEFAULT_SETTINGS;

/** Facts after failures at these times, each of an attempt that began just then. */
function failedAt(times: readonly number[]): Facts {
  return times.reduce((facts, now) => fail(facts, { began: now, ended: now }), NO_FACTS);
}

describe("the circuit breaker", () => {
  test("A002-01 opens at 3 failures, recovers after 300 s, lets 1 probe through, by default", () => {
    expect(settings.circuit_breaker_failure_threshold).toBe(3);
    expect(settings.circuit_breaker_recovery_timeout_ms).toBe(300_000);
    expect(settings.circuit_breaker_half_open_requests).toBe(1);
  });

  test("A002-03 what nobody knows is closed, with no failures", () => {
    expect(view(NO_FACTS, settings, T0)).toEqual({ state: "closed" });
    expect(readFacts(undefined)).toEqual(NO_FACTS);
  });

  test("A002-04 the third failure opens it, and until the recovery time nobody gets leave", () => {
    expect(view(failedAt([T0, T0 + 1]), settings, T0 + 2).state).toBe("closed");
    const facts = failedAt([T0, T0 + 1, T0 + 2]);
    expect(view(facts, settings, T0 + 3)).toMatchObject({ state: "open", until: T0 + 2 + 300_000 });
    expect(claim(facts, settings, { now: T0 + 299_999, id: "a", leaseMs: 1000 }).granted).toBe(false);
  });

  test("A002-05 after the recovery time exactly one probe gets leave", () => {
    const facts = failedAt([T0, T0, T0]);
    const now = T0 + 300_000;
    expect(view(facts, settings, now)).toMatchObject({ state: "half-open", free: 1 });
    const first = claim(facts, settings, { now, id: "a", leaseMs: 1000 });
    expect(first).toMatchObject({ granted: true, permit: { id: "a" } });
    expect(claim(first.facts, settings, { now, id: "b", leaseMs: 1000 }).granted).toBe(false);
  });

  test("A002-05 a profile can let more probes through", () => {
    const two = { ...settings, circuit_breaker_half_open_requests: 2 };
    const now = T0 + 300_000;
    let facts = failedAt([T0, T0, T0]);
    const granted = ["a", "b", "c"].map((id) => {
      const asked = claim(facts, two, { now, id, leaseMs: 1000 });
      facts = asked.facts;
      return asked.granted;
    });
    expect(granted).toEqual([true, true, false]);
  });

  test("A002-06 a success in any state closes it and forgets the failures", () => {
    for (const now of [T0 + 1, T0 + 300_000]) {
      const facts = succeed(failedAt([T0, T0, T0]), now);
      expect(view(facts, settings, now)).toEqual({ state: "closed" });
      expect(facts.failures).toEqual([]);
    }
  });

  test("A002-07 a failed probe opens it again and the timer starts anew", () => {
    const now = T0 + 300_000;
    const probing = claim(failedAt([T0, T0, T0]), settings, { now, id: "a", leaseMs: 1000 }).facts;
    const facts = fail(probing, { began: now, ended: now + 5 }, "a");
    expect(view(facts, settings, now + 6)).toMatchObject({ state: "open", until: now + 5 + 300_000 });
  });

  test("A002-08 failures older than the window are forgotten", () => {
    const facts = failedAt([T0, T0 + MINUTE, T0 + 5 * MINUTE]);
    expect(view(facts, settings, T0 + 5 * MINUTE).state).toBe("closed");
    expect(
      view(failedAt([T0 + MINUTE, T0 + 2 * MINUTE, T0 + 5 * MINUTE]), settings, T0 + 5 * MINUTE).state,
    ).toBe("open");
  });

  test("A002-09 the recovery time stays as it is unless exponential backoff is asked for, and then grows up to its cap", () => {
    const growing: Settings = { ...settings, circuit_breaker_backoff: "exponential" };
    const waitAfterProbes = (probes: number, own: Settings) => {
      let facts = failedAt([T0, T0, T0]);
      let now = T0;
      for (let probe = 0; probe < probes; probe++) {
        const seen = view(facts, own, now);
        if (seen.state !== "open") throw new Error("expected it to be open");
        now = seen.until;
        facts = fail(facts, { began: now, ended: now });
      }
      const seen = view(facts, own, now);
      return seen.state === "open" ? seen.until - now : 0;
    };
    expect([0, 1, 2].map((probes) => waitAfterProbes(probes, settings))).toEqual([300_000, 300_000, 300_000]);
    for (const [probes, base] of [
      [0, 300_000],
      [1, 600_000],
      [2, 1_200_000],
      [3, 2_400_000],
      [4, 3_600_000],
      [9, 3_600_000],
    ] as const) {
      const wait = waitAfterProbes(probes, growing);
      expect(wait).toBeGreaterThanOrEqual(base);
      expect(wait).toBeLessThanOrEqual(Math.min(base * 1.1, 3_600_000));
    }
  });

  test("an abandoned permit frees itself, a withdrawn one at once", () => {
    const now = T0 + 300_000;
    const taken = claim(failedAt([T0, T0, T0]), settings, { now, id: "a", leaseMs: 1000 }).facts;
    expect(claim(taken, settings, { now: now + 999, id: "b", leaseMs: 1000 }).granted).toBe(false);
    expect(claim(taken, settings, { now: now + 1000, id: "b", leaseMs: 1000 }).granted).toBe(true);
    expect(claim(release(taken, "a"), settings, { now, id: "b", leaseMs: 1000 }).granted).toBe(true);
  });

  test("a failure of an attempt that began before the present state changes nothing", () => {
    const open = failedAt([T0, T0, T0]);
    for (const began of [T0 - 5, T0 + 299_999]) {
      const late = fail(open, { began, ended: T0 + 400_000 });
      expect(view(late, settings, T0 + 400_001)).toEqual(view(open, settings, T0 + 400_001));
    }
    const closed = succeed(open, T0 + 10);
    expect(fail(closed, { began: T0 + 9, ended: T0 + 11 })).toEqual(closed);
    expect(fail(closed, { began: T0 + 10, ended: T0 + 11 }).failures).toHaveLength(1);
  });

  test("whether it is late, each profile says for itself: what one has opened at still counts for another", () => {
    const facts = fail(failedAt([T0]), { began: T0 - 5, ended: T0 + 400_000 });
    const hasty = { ...settings, circuit_breaker_failure_threshold: 1 };
    const patient = {
      ...settings,
      circuit_breaker_failure_threshold: 2,
      circuit_breaker_failure_window_ms: 900_000,
    };
    expect(view(facts, hasty, T0 + 400_000).state).toBe("half-open");
    expect(view(facts, patient, T0 + 400_000).state).toBe("open");
  });

  test("a success that finds nothing to clear changes no state", () => {
    expect(succeed(NO_FACTS, T0)).toBe(NO_FACTS);
    const cooling = coolDown(NO_FACTS, T0 + 50);
    expect(succeed(cooling, T0)).toBe(cooling);
  });

  test("a long outage keeps it open, however often it was probed", () => {
    let facts = failedAt([T0, T0, T0]);
    for (let now = T0 + 300_000, probe = 0; probe < 2_500; probe++, now += 400_000) {
      facts = fail(facts, { began: now, ended: now });
      if (probe % 100 === 0)
        expect(view(facts, settings, now + 1)).toMatchObject({ state: "open", since: now });
    }
    expect(facts.failures.length).toBeLessThanOrEqual(2 * KEPT_FAILURES);
  });

  test("a threshold as high as a profile can set it is reached", () => {
    const highest = { ...settings, circuit_breaker_failure_threshold: KEPT_FAILURES };
    const times = Array.from({ length: KEPT_FAILURES }, (_, n) => T0 + n);
    expect(view(failedAt(times.slice(1)), highest, T0 + 1_000).state).toBe("closed");
    expect(view(failedAt(times), highest, T0 + 1_000).state).toBe("open");
  });

  test("with more probes out than this profile allows, the next permit is free when few enough are left", () => {
    const three = { ...settings, circuit_breaker_half_open_requests: 3 };
    let facts = failedAt([T0, T0, T0]);
    const now = T0 + 300_000;
    for (const [id, leaseMs] of [
      ["a", 1_000],
      ["b", 3_000],
      ["c", 2_000],
    ] as const) {
      facts = claim(facts, three, { now, id, leaseMs }).facts;
    }
    expect(view(facts, settings, now)).toMatchObject({ state: "half-open", free: 0, until: now + 3_000 });
    expect(view(facts, three, now)).toMatchObject({ free: 0, until: now + 1_000 });
  });

  test("each profile judges the same facts with its own numbers", () => {
    const facts = failedAt([T0]);
    expect(view(facts, { ...settings, circuit_breaker_failure_threshold: 1 }, T0 + 1).state).toBe("open");
    expect(view(facts, settings, T0 + 1).state).toBe("closed");
  });

  test("a stated wait is never shortened by an earlier one, and a success does not end it", () => {
    const facts = coolDown(coolDown(NO_FACTS, T0 + 50), T0 + 20);
    expect(facts.coolUntil).toBe(T0 + 50);
    expect(succeed(facts, T0).coolUntil).toBe(T0 + 50);
  });

  test("facts from a store that holds nonsense count as nothing known", () => {
    fc.assert(
      fc.property(fc.anything(), (stored) => {
        const facts = readFacts(stored);
        expect(readFacts(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
      }),
    );
  });
});
