import { afterEach, describe, expect, test } from "vitest";
import { type Mock, type MockOptions, startMock } from "../../src/mock/mock.ts";
import { readFacts } from "../../src/resilience/facts.ts";
import { openTestWorld } from "../support/open-world.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** A load balancer `lb` over one backend for each script, through the wiring that is shipped. */
async function shipped(
  policy: "failover" | "roundrobin",
  scripts: readonly MockOptions[],
  settings: object = {},
) {
  const mocks: Mock[] = await Promise.all(scripts.map((script) => startMock(script)));
  const names = mocks.map((_, index) => `m${index + 1}`);
  const world = await openTestWorld({
    config: {
      backends: Object.fromEntries(mocks.map(({ url }, index) => [names[index], { type: "generic", url }])),
    },
    profiles: {
      ...Object.fromEntries(
        names.map((name) => [name, { type: "model", backend: name, model: `${name}-model` }]),
      ),
      lb: { type: "loadbalancer", policy, profiles: names, settings },
    },
  });
  opened.push(...mocks, { close: () => world.remove() });
  return { world, mocks };
}

describe("the shipped wiring over real sockets", () => {
  test("A003-21 X-07 six requests over three round-robin members reach each backend twice", async () => {
    const { world, mocks } = await shipped("roundrobin", [{}, {}, {}]);
    const answered = [];
    for (let n = 0; n < 6; n++) answered.push((await world.chat("lb")).answeringMember);
    expect(answered).toEqual(["m1", "m2", "m3", "m1", "m2", "m3"]);
    expect(mocks.map(({ chats }) => chats.length)).toEqual([2, 2, 2]);
  });

  test("A002-04 A002-10 X-07 a backend that failed three times is skipped without a call", async () => {
    const { world, mocks } = await shipped("failover", [{ steps: ["503"] }, {}]);
    const logs = [];
    for (let n = 0; n < 4; n++) logs.push((await world.chat("lb")).chainLog.join(" -> "));
    expect(logs.at(-1)).toBe("m1: circuit open (skipped) -> m2: success");
    expect(mocks[0]?.chats.length).toBe(3);
  });

  test("U71 a hundred requests at once that are rate limited are one cool-down and no failure", async () => {
    const { world, mocks } = await shipped("failover", [{ steps: ["429:retry-after=60"] }, {}]);
    const runs = await Promise.all(Array.from({ length: 100 }, () => world.chat("lb")));
    const asked = runs.filter(({ chainLog }) => chainLog[0] === "m1: rate limited").length;
    expect(mocks[0]?.chats.length).toBe(asked);
    expect(runs.filter(({ chainLog }) => chainLog[0] === "m1: cooling down (skipped)")).toHaveLength(
      100 - asked,
    );
    expect(runs.every(({ answeringMember }) => answeringMember === "m2")).toBe(true);
    const { now, entries } = await world.state.read({ prefix: "facts:" });
    const [facts] = [...entries.values()].map(readFacts);
    expect(facts).toMatchObject({ failures: [], permits: [] });
    expect((facts?.coolUntil ?? 0) - now).toBeGreaterThan(30_000);
    expect((await world.chat("lb")).chainLog[0]).toBe("m1: cooling down (skipped)");
    expect(mocks[0]?.chats.length).toBe(asked);
  });

  test("A002-06 X-07 a success forgets earlier failures", async () => {
    const { world, mocks } = await shipped("failover", [
      { steps: ["503", "503", "ok", "503", "503", "ok"] },
      {},
    ]);
    const answered = [];
    for (let n = 0; n < 6; n++) answered.push((await world.chat("lb")).answeringMember);
    expect(answered).toEqual(["m2", "m2", "m1", "m2", "m2", "m1"]);
    expect(mocks[0]?.chats.length).toBe(6);
  });

  test("U68 X-07 a stated wait keeps a backend out of the next request", async () => {
    const { world, mocks } = await shipped("failover", [{ steps: ["429:retry-after=30"] }, {}]);
    expect((await world.chat("lb")).chainLog).toEqual(["m1: rate limited", "m2: success"]);
    expect((await world.chat("lb")).chainLog).toEqual(["m1: cooling down (skipped)", "m2: success"]);
    expect(mocks[0]?.chats.length).toBe(1);
  });

  test("A003-23 X-07 a sticky profile stays with the member that answered", async () => {
    const { world, mocks } = await shipped("failover", [{ steps: ["500", "ok"] }, {}], {
      failover_sticky: true,
    });
    await world.chat("lb");
    expect((await world.chat("lb")).chainLog).toEqual(["m2: success"]);
    expect(mocks[0]?.chats.length).toBe(1);
  });

  test("A003-24 the user's abort reaches the backend, and nobody else is asked", async () => {
    const { world, mocks } = await shipped("failover", [{ steps: ["timeout"] }, {}]);
    const controller = new AbortController();
    const run = world.chat("lb", {}, controller.signal);
    await mocks[0]?.nextRequest();
    controller.abort();
    await mocks[0]?.aborted();
    expect((await run).chainLog).toEqual(["m1: aborted"]);
    expect(mocks[1]?.requests).toEqual([]);
  });
});
