import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/core/settings.ts";
import { attempt } from "../../src/engine/attempt.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { ask, backend } from "../support/run-engine.ts";
import { chunked, listen, openUpstream, STREAM_HEAD, sse, until } from "../upstream/support.ts";

test("U18 a finished answer stays one when its idle time runs out before its terminator comes", async () => {
  const clock = fakeClock();
  await using server = await listen((socket) =>
    socket.write(STREAM_HEAD + chunked(sse("hello") + sse(null, "stop"))),
  );
  await using upstream = openUpstream(clock);
  const box = backend("box", { url: server.url });
  const candidate = {
    kind: "candidate",
    label: "m@box",
    backend: { ...box, timeouts: { ...box.timeouts, idleMs: 1_500 } },
    model: "m",
    params: {},
    droppedParams: [],
    settings: DEFAULT_SETTINGS,
    groups: [],
    zone: "open",
    minTier: 0,
  } as const;
  const { signal } = new AbortController();
  const input = { candidate, request: ask(), key: undefined, shareMs: 60_000, leftMs: 60_000, signal };
  let told = "";
  const done = attempt(input, { send: upstream.send, clock }, (event) => {
    if (event.type === "text-delta") told += event.text;
    return undefined;
  });
  await until(() => told !== "");
  await clock.advance(1_500);
  expect(await done).toMatchObject({ reason: "stop", committed: true });
  expect(told).toBe("hello");
  expect(clock.pending()).toBe(0);
});
