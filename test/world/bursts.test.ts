import { afterEach, expect, test } from "vitest";
import { type MockOptions, startMock } from "../../src/mock/mock.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { openTestWorld } from "../support/open-world.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** A failover profile over a member that does what the script says and one that answers, in one process. */
async function pair(script: MockOptions, settings: object = {}) {
  const a = await startMock(script);
  const b = await startMock();
  const world = await openTestWorld({
    config: { backends: { a: { type: "generic", url: a.url }, b: { type: "generic", url: b.url } } },
    profiles: {
      a: { type: "model", backend: "a", model: "m" },
      b: { type: "model", backend: "b", model: "m2" },
      lb: { type: "loadbalancer", policy: "failover", profiles: ["a", "b"], settings },
    },
  });
  opened.push(a, b, { close: () => world.remove() });
  /** What became of `a` in one run, which somebody has to answer. */
  const run = async (): Promise<string | undefined> => {
    const { chainLog } = await world.chat("lb");
    expect(chainLog.at(-1)).toMatch(/: success$/);
    return chainLog[0];
  };
  return { a, run };
}

test("U71 a rate limit that meets a hundred requests at once is one cool-down, and opens no breaker", async () => {
  const { a, run } = await pair({ steps: ["429:retry-after=60"] });
  await Promise.all(Array.from({ length: 100 }, run));
  const asked = a.chats.length;
  expect(asked).toBeGreaterThan(2);
  for (let more = 0; more < 10; more++) expect(await run()).toBe("a: cooling down (skipped)");
  expect(a.chats).toHaveLength(asked);
});

test("U78 a backend that flaps opens its breaker once in each bad time, costs one probe, and is back by itself", async () => {
  const clock = fakeClock();
  const script = { steps: ["flapping:period=60s"], clock };
  const { a, run } = await pair(script, { circuit_breaker_recovery_timeout_ms: 500 });
  const FAILED = /^a: failed \(503 /;
  /** The first run in which it is asked again. */
  const probe = async (): Promise<string | undefined> => {
    for (const before = a.chats.length; ; ) {
      const entry = await run();
      if (a.chats.length > before) return entry;
      expect(entry).toBe("a: circuit open (skipped)");
    }
  };
  for (let flap = 0; flap < 2; flap++) {
    for (let failure = 0; failure < 3; failure++) expect(await run()).toMatch(FAILED);
    expect(await run()).toBe("a: circuit open (skipped)");
    expect(await probe()).toMatch(FAILED);
    expect(await run()).toBe("a: circuit open (skipped)");
    await clock.advance(60_000);
    expect(await probe()).toBe("a: success");
    for (let good = 0; good < 5; good++) expect(await run()).toBe("a: success");
    await clock.advance(60_000);
  }
});
