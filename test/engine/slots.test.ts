import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countSlots } from "../../src/engine/slots.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { backend } from "../support/run-engine.ts";

const one = backend("one", { maxConcurrent: 1 });
const two = backend("two", { maxConcurrent: 1 });
const never = new AbortController().signal;

describe("slots", () => {
  test("a backend gives as many as it takes requests at a time; one without a limit any number", () => {
    const slots = countSlots();
    const limited = backend("a", { maxConcurrent: 2 });
    const taken = [slots.take(limited), slots.take(limited), slots.take(limited)];
    expect(taken.map((slot) => slot !== undefined)).toEqual([true, true, false]);
    expect(slots.inFlight("a")).toBe(2);
    taken[0]?.release();
    taken[0]?.release();
    expect(slots.inFlight("a")).toBe(1);
    expect(slots.take(limited)).toBeDefined();
    for (let n = 0; n < 100; n++) expect(slots.take(backend("b"))).toBeDefined();
    expect(slots.inFlight("b")).toBe(100);
  });

  test("whoever waits longest gets the slot that is given back, and nobody who comes later is faster", async () => {
    const [slots, clock] = [countSlots(), fakeClock()];
    const first = slots.take(one);
    const got: string[] = [];
    const wait = (name: string) =>
      slots.wait([one], 1000, { clock, signal: never }).then((slot) => {
        got.push(name);
        return slot;
      });
    const [early, late] = [wait("early"), wait("late")];
    first?.release();
    expect(slots.take(one)).toBeUndefined();
    (await early)?.release();
    await late;
    expect(got).toEqual(["early", "late"]);
  });

  test("the first backend of several to give one back is it", async () => {
    const [slots, clock] = [countSlots(), fakeClock()];
    slots.take(one);
    const second = slots.take(two);
    const waiting = slots.wait([one, two], 1000, { clock, signal: never });
    second?.release();
    expect((await waiting)?.backend).toBe("two");
    expect(clock.pending()).toBe(0);
  });

  test("nobody waits longer than told, or after leaving, and then takes nothing", async () => {
    const [slots, clock, user] = [countSlots(), fakeClock(), new AbortController()];
    const held = slots.take(one);
    const timed = slots.wait([one], 1000, { clock, signal: never });
    const left = slots.wait([one], 9000, { clock, signal: user.signal });
    user.abort();
    expect(await left).toBeUndefined();
    await clock.advance(1000);
    expect(await timed).toBeUndefined();
    expect(clock.pending()).toBe(0);
    held?.release();
    expect(slots.inFlight("one")).toBe(0);
  });

  test("no more are ever under way than a backend takes, and every slot comes back", async () => {
    const step = fc.oneof(fc.constant("take" as const), fc.constant("wait" as const), fc.nat(20));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step), async (maxConcurrent, steps) => {
        const [slots, clock] = [countSlots(), fakeClock()];
        const limited = backend("a", { maxConcurrent });
        const held: { release(): void }[] = [];
        for (const what of steps) {
          if (what === "take") {
            const slot = slots.take(limited);
            if (slot !== undefined) held.push(slot);
          } else if (what === "wait") {
            void slots
              .wait([limited], 1000, { clock, signal: never })
              .then((slot) => slot && held.push(slot));
          } else {
            held.splice(what, 1)[0]?.release();
          }
          await Promise.resolve();
          expect(slots.inFlight("a")).toBeLessThanOrEqual(maxConcurrent);
        }
        while (held.length > 0) {
          held.pop()?.release();
          await Promise.resolve();
          await Promise.resolve();
        }
        expect(slots.inFlight("a")).toBe(0);
      }),
    );
  });
});
