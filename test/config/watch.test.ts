import { describe, expect, it } from "vitest";
import { watchConfiguration } from "../../src/config/watch.ts";
import { fakeClock } from "../support/fake-clock.ts";

function watched() {
  const files = { look: "old" };
  const clock = fakeClock();
  let told = 0;
  const watch = watchConfiguration(async () => files.look, "old", {
    clock,
    changed: async () => {
      told += 1;
    },
  });
  return { files, clock, watch, told: () => told };
}

describe("watching the configuration", () => {
  it("tells a change once, within two seconds", async () => {
    const { files, clock, told } = watched();
    files.look = "new";
    await clock.advance(2_000);
    expect(told()).toBe(1);
    await clock.advance(10_000);
    expect(told()).toBe(1);
  });

  it("waits until a file that is being written has come to rest", async () => {
    const { files, clock, told } = watched();
    for (const look of ["a", "ab", "abc"]) {
      files.look = look;
      await clock.advance(500);
      expect(told()).toBe(0);
    }
    await clock.advance(500);
    expect(told()).toBe(1);
  });

  it("tells at once when it is asked to, and not a second time of the same change", async () => {
    const { files, clock, watch, told } = watched();
    files.look = "new";
    await watch.tell();
    expect(told()).toBe(1);
    await clock.advance(5_000);
    expect(told()).toBe(1);
  });

  it("tells nobody once it is stopped", async () => {
    const { files, clock, watch, told } = watched();
    files.look = "new";
    await watch.stop();
    await clock.advance(5_000);
    expect(told()).toBe(0);
  });
});
