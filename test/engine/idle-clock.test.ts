import { expect, test, vi } from "vitest";
import { createIdleClock } from "../../src/engine/idle-clock.ts";
import { fakeClock } from "../support/fake-clock.ts";

function running(ms: number) {
  const clock = fakeClock();
  const call = vi.fn();
  const idle = createIdleClock(clock, ms, call);
  idle.restart();
  return { clock, call, idle };
}

test("it calls once after so much silence, counted from the last sign of life", async () => {
  const { clock, call, idle } = running(1_000);
  await clock.advance(900);
  idle.restart();
  await clock.advance(999);
  expect(call).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(call).toHaveBeenCalledTimes(1);
  expect(clock.pending()).toBe(0);
});

test("a thousand pieces take one timer", async () => {
  const { clock, idle } = running(1_000);
  const after = vi.spyOn(clock, "after");
  for (let piece = 0; piece < 1_000; piece++) idle.restart();
  expect(after).not.toHaveBeenCalled();
  expect(clock.pending()).toBe(1);
});

test("while nobody waits it stands still, however long that takes", async () => {
  const { clock, call, idle } = running(1_000);
  await clock.advance(400);
  idle.pause();
  await clock.advance(60_000);
  idle.resume();
  await clock.advance(599);
  expect(call).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(call).toHaveBeenCalledTimes(1);
});

test("once it has ended nothing is left of it", async () => {
  const { clock, call, idle } = running(1_000);
  idle.end();
  expect(clock.pending()).toBe(0);
  await clock.advance(2_000);
  expect(call).not.toHaveBeenCalled();
});
