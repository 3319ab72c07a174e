import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS, type Settings } from "../../src/core/settings.ts";
import { claim, coolDown, fail, release, succeed, view } from "../../src/resilience/breaker.ts";
import { type Facts, NO_FACTS, readFacts } from "../../src/resilience/facts.ts";

const MINUTE = 60_000;
const T0 = 1_790_000_000_000;
const settings = DEFAULT_SETTINGS;

/** Facts after failures at these times, each of an attempt that began just then. */
function failedAt(times: readonly number[], own: Settings = settings): Facts {
  return times.reduce((facts, now) => fail(facts, own, { startedAt: now, now }), NO_FACTS);
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
    const facts = fail(probing, settings, { startedAt: now, now: now + 5, permitId: "a" });
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
      let facts = failedAt([T0, T0, T0], own);
      let now = T0;
      for (let probe = 0; probe < probes; probe++) {
        const seen = view(facts, own, now);
        if (seen.state !== "open") throw new Error("expected it to be open");
        now = seen.until;
        facts = fail(facts, own, { startedAt: now, now });
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
      expect(wait).toBeLessThanOrEqual(base * 1.1);
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
    expect(fail(open, settings, { startedAt: T0 - 5, now: T0 + 400_000 })).toEqual(open);
    const closed = succeed(open, T0 + 10);
    expect(fail(closed, settings, { startedAt: T0 + 9, now: T0 + 11 })).toEqual(closed);
    expect(fail(closed, settings, { startedAt: T0 + 10, now: T0 + 11 }).failures).toHaveLength(1);
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

  test("A002-02 agrees with a textbook breaker over any sequence of operations", () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant("fail" as const) }),
      fc.record({ kind: fc.constant("ok" as const) }),
      fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
      fc.record({ kind: fc.constant("abandon" as const) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        let facts = NO_FACTS;
        let now = T0;
        const book = textbook();
        for (const [index, step] of operations.entries()) {
          if (step.kind === "wait") {
            now += step.ms;
            continue;
          }
          const asked = claim(facts, settings, { now, id: String(index), leaseMs: 1_000 });
          expect(asked.granted).toBe(book.mayAsk(now));
          facts = asked.facts;
          if (!asked.granted) continue;
          if (step.kind === "ok") facts = succeed(facts, now);
          if (step.kind === "fail")
            facts = fail(facts, settings, { startedAt: now, now, permitId: String(index) });
          book.did(step.kind, now);
          expect(view(facts, settings, now).state).toBe(book.state(now));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A breaker as textbooks have it: a state, a list of failures, a timer, one probe. */
function textbook() {
  let failures: number[] = [];
  let openedAt: number | undefined;
  let probeUntil = 0;
  const state = (now: number) =>
    openedAt === undefined ? "closed" : now < openedAt + 300_000 ? "open" : "half-open";
  return {
    state,
    mayAsk: (now: number) => state(now) === "closed" || (state(now) === "half-open" && probeUntil <= now),
    did(kind: "ok" | "fail" | "abandon", now: number) {
      if (state(now) === "half-open") probeUntil = kind === "abandon" ? now + 1_000 : 0;
      if (kind === "abandon") return;
      if (kind === "ok") {
        failures = [];
        openedAt = undefined;
        return;
      }
      failures = [...failures, now].filter((at) => now - at < 300_000);
      if (openedAt !== undefined || failures.length >= 3) openedAt = now;
    },
  };
}
