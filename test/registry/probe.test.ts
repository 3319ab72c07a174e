import { expect, it, onTestFinished } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { createProbe } from "../../src/registry/probe.ts";
import { memoryStore } from "../../src/state/memory.ts";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { createUpstream } from "../../src/upstream/upstream.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { backendNamed } from "./support/backends.ts";

const HOUR = 3_600_000;

async function setUp(perDay: number, steps: readonly string[] = []) {
  const mock = await startMock({ steps });
  const upstream = createUpstream({ env: {}, clock: REAL_CLOCK });
  onTestFinished(async () => {
    await upstream.close();
    await mock.close();
  });
  const clock = fakeClock();
  const state = memoryStore(clock);
  const start = () => createProbe({ state, send: upstream.send, findKey: async () => undefined });
  const probe = { model: "mock-model", perDay };
  const backend = backendNamed("box", undefined, { url: `${mock.url}/v1`, probe });
  const signal = AbortSignal.timeout(5000);
  return { mock, clock, start, backend, signal };
}

it("a probe is one completion of one token, at most so often a day, spread over it, and a restart buys no more", async () => {
  const { mock, clock, start, backend, signal } = await setUp(24);
  let send = start();
  expect(await send(backend, signal)).toBe("answered");
  send = start();
  expect(await send(backend, signal)).toBe("not due");
  for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
    await send(backend, signal);
    await clock.advance(HOUR / 6);
  }
  expect(mock.chats).toHaveLength(24);
  expect(mock.chats[0]?.body).toMatchObject({ model: "mock-model", max_tokens: 1 });
});

it("a failed probe says how, and is not sent again any sooner", async () => {
  const { start, backend, signal } = await setUp(1, ["503", "ok"]);
  const send = start();
  expect(await send(backend, signal)).toMatchObject({ class: "overloaded", status: 503 });
  expect(await send(backend, signal)).toBe("not due");
});

it("without a probe, or without the key it needs, nothing is sent", async () => {
  const { mock, start, backend, signal } = await setUp(1);
  const send = start();
  const { probe: _, ...free } = backend;
  expect(await send(free, signal)).toBe("not due");
  const keyed = { ...backend, key: { env: ["BOX_KEY"], required: true } };
  expect(await send(keyed, signal)).toMatchObject({ class: "auth", keyMissing: true });
  expect(mock.requests).toEqual([]);
});
