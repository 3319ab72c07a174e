import { expect, test } from "vitest";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";

test("no timer is called before its time, fractions of a millisecond included", async () => {
  const early = await Promise.all(
    Array.from({ length: 200 }, (_, n) => {
      const ms = 1 + n / 7;
      const due = REAL_CLOCK.now() + ms;
      return new Promise<boolean>((resolve) => REAL_CLOCK.after(ms, () => resolve(REAL_CLOCK.now() < due)));
    }),
  );
  expect(early.filter(Boolean)).toEqual([]);
});

test("a time beyond what a timer can hold does not come at once", async () => {
  let called = false;
  const cancel = REAL_CLOCK.after(Number.MAX_SAFE_INTEGER, () => {
    called = true;
  });
  await new Promise<void>((resolve) => REAL_CLOCK.after(5, resolve));
  cancel();
  expect(called).toBe(false);
});
