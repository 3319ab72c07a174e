import { expect, it } from "vitest";
import { watchPressure } from "../../src/server/pressure.ts";
import { fakeClock } from "../support/fake-clock.ts";

/** What is said after each second in which the event loop was so late. */
async function after(delays: readonly number[], limit = 200): Promise<readonly boolean[]> {
  const clock = fakeClock();
  const left = [...delays];
  const pressure = watchPressure(
    () => limit,
    clock,
    () => left.shift() ?? 0,
  );
  const said: boolean[] = [];
  for (const _ of delays) {
    await clock.advance(1_000);
    said.push(pressure.isHigh);
  }
  pressure.stop();
  expect(clock.pending()).toBe(0);
  return said;
}

it("is high after three seconds above the limit, and no sooner", async () => {
  expect(await after([300, 300, 150, 300, 300, 300])).toEqual([false, false, false, false, false, true]);
});

it("stays high until the delay is below half of the limit", async () => {
  expect(await after([300, 300, 300, 150, 101, 99])).toEqual([false, false, true, true, true, false]);
});

it("a limit of 0 is none", async () => {
  expect(await after([9_000, 9_000, 9_000, 9_000], 0)).toEqual([false, false, false, false]);
});
