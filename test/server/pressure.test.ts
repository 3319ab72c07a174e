import { expect, it } from "vitest";
import { watchPressure } from "../../src/server/pressure.ts";
import { fakeClock } from "../support/fake-clock.ts";

/** A pressure that is asked, and the delays that it measures. */
function asked(delays: readonly number[], limit = 200) {
  const clock = fakeClock();
  const left = [...delays];
  let measuring = 0;
  const measure = () => {
    measuring += 1;
    return {
      ms: () => left.shift() ?? 0,
      stop: () => {
        measuring -= 1;
      },
    };
  };
  const pressure = watchPressure(() => limit, clock, measure);
  return { clock, pressure, isMeasuring: () => measuring > 0 };
}

/** What is said after each second in which the event loop was so late. */
async function after(delays: readonly number[], limit?: number): Promise<readonly boolean[]> {
  const { clock, pressure, isMeasuring } = asked(delays, limit);
  pressure.isHigh();
  const said: boolean[] = [];
  for (const _ of delays) {
    await clock.advance(1_000);
    said.push(pressure.isHigh());
  }
  pressure.stop();
  expect([isMeasuring(), clock.pending()]).toEqual([false, 0]);
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

it("nothing is measured before anybody asks, and no more once nobody has asked for some seconds", async () => {
  const { clock, pressure, isMeasuring } = asked([]);
  expect([isMeasuring(), clock.pending()]).toEqual([false, 0]);
  pressure.isHigh();
  await clock.advance(10_000);
  expect(isMeasuring()).toBe(true);
  await clock.advance(1_000);
  expect([isMeasuring(), clock.pending()]).toEqual([false, 0]);
  pressure.isHigh();
  expect(isMeasuring()).toBe(true);
  pressure.stop();
});
