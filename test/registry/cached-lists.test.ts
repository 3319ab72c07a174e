import { expect, test } from "vitest";
import type { ModelInfo } from "../../src/core/backend.ts";
import { cachedLists, rememberList } from "../../src/registry/cached-lists.ts";
import { memoryStore } from "../../src/state/memory.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { backend } from "../support/run-engine.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const signal = new AbortController().signal;

/** A backend that lists what `says` holds, behind the memory of all processes. */
function setUp() {
  const clock = fakeClock();
  const state = memoryStore(clock);
  const box = backend("box");
  const server: { says: readonly ModelInfo[] | undefined; asked: number } = { says: [{ id: "a" }], asked: 0 };
  const list = cachedLists(async () => {
    server.asked++;
    return server.says;
  }, state);
  return { clock, state, box, server, list };
}

test("a list is fresh for ten minutes: nobody is asked", async () => {
  const { clock, box, server, list } = setUp();
  expect(await list(box, signal)).toEqual({ models: [{ id: "a" }], remembered: false });
  await clock.advance(10 * MINUTE - 1);
  expect(await list(box, signal)).toEqual({ models: [{ id: "a" }], remembered: true });
  expect(server.asked).toBe(1);
  await clock.advance(1);
  server.says = [{ id: "b" }];
  expect(await list(box, signal)).toEqual({ models: [{ id: "b" }], remembered: false });
});

test("an older list serves for seven days while its backend does not answer, which is asked once a minute", async () => {
  const { clock, box, server, list } = setUp();
  await list(box, signal);
  server.says = undefined;
  await clock.advance(6 * DAY);
  expect((await list(box, signal))?.models).toEqual([{ id: "a" }]);
  expect(await list(box, signal)).toEqual({ models: [{ id: "a" }], remembered: true });
  expect(server.asked).toBe(2);
  await clock.advance(MINUTE);
  await list(box, signal);
  expect(server.asked).toBe(3);
  await clock.advance(DAY);
  expect(await list(box, signal)).toBeUndefined();
});

test("a backend that stays silent for one process loses nothing of what it told another meanwhile", async () => {
  const { clock, state, box, server, list } = setUp();
  await list(box, signal);
  await clock.advance(DAY);
  const silent = cachedLists(async () => {
    await rememberList(state, box, [{ id: "b" }]);
    return undefined;
  }, state);
  expect((await silent(box, signal))?.models).toEqual([{ id: "a" }]);
  expect((await list(box, signal))?.models).toEqual([{ id: "b" }]);
  expect(server.asked).toBe(1);
});

test("asked anew, a backend is asked even if its list is fresh", async () => {
  const { box, server, list } = setUp();
  await list(box, signal);
  server.says = [{ id: "b" }];
  expect(await list(box, signal, { anew: true })).toEqual({ models: [{ id: "b" }], remembered: false });
  expect(await list(box, signal)).toEqual({ models: [{ id: "b" }], remembered: true });
});

test("a backend that never answered is asked every time", async () => {
  const { box, server, list } = setUp();
  server.says = undefined;
  expect([await list(box, signal), await list(box, signal)]).toEqual([undefined, undefined]);
  expect(server.asked).toBe(2);
});

test("a backend that moved to another address has no list yet", async () => {
  const { box, server, list } = setUp();
  await list(box, signal);
  await list({ ...box, url: "http://127.0.0.1:2/v1" }, signal);
  expect(server.asked).toBe(2);
});

test("every fact of a model is remembered, and what is no list is none", async () => {
  const { state, box, server, list } = setUp();
  const whole: ModelInfo = {
    id: "v",
    contextLength: 8192,
    maxOutputTokens: 512,
    capabilities: ["vision"],
    elsewhere: true,
  };
  await rememberList(state, box, [whole]);
  expect((await list(box, signal))?.models).toEqual([whole]);
  const [key = ""] = (await state.read({ prefix: "models:" })).entries.keys();
  await state.update(key, () => ({ models: "many" }));
  expect((await list(box, signal))?.models).toEqual([{ id: "a" }]);
  expect(server.asked).toBe(1);
});
