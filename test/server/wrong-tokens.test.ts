import { describe, expect, it } from "vitest";
import { createWrongTokens } from "../../src/server/wrong-tokens.ts";
import { fakeClock } from "../support/fake-clock.ts";

describe("wrong access tokens", () => {
  it("C69 the sixth within a minute is too many, for the address that sent them", async () => {
    const clock = fakeClock();
    const wrong = createWrongTokens(clock);
    expect(Array.from({ length: 6 }, () => wrong.count("a"))).toEqual([...Array(5).fill(false), true]);
    expect(wrong.count("b")).toBe(false);
    await clock.advance(60_000);
    expect(wrong.count("a")).toBe(false);
  });

  it("what is refused does not prolong the wait", async () => {
    const clock = fakeClock();
    const wrong = createWrongTokens(clock);
    for (let n = 0; n < 5; n++) wrong.count("a");
    await clock.advance(59_000);
    expect(wrong.count("a")).toBe(true);
    await clock.advance(1_000);
    expect(wrong.count("a")).toBe(false);
  });

  it("of thousands of addresses the last ones are remembered", () => {
    const wrong = createWrongTokens(fakeClock());
    for (let n = 0; n < 5; n++) wrong.count("first");
    for (let n = 0; n < 999; n++) wrong.count(`peer-${n}`);
    expect(wrong.count("first")).toBe(true);
    for (let n = 0; n < 1_000; n++) wrong.count(`other-${n}`);
    expect(wrong.count("first")).toBe(false);
  });
});
