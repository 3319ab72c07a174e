import { describe, expect, test } from "vitest";
import { didYouMean, nearest } from "../../src/core/nearest.ts";

describe("nearest names", () => {
  test("A002-21 typos, swapped letters and beginnings are found, nearest first", () => {
    const known = ["failover-lb", "fast", "local", "fallback"];
    expect(nearest("failover-bl", known)[0]).toBe("failover-lb");
    expect(nearest("FAST", known)).toEqual(["fast"]);
    expect(nearest("fail", known)[0]).toBe("failover-lb");
    expect(nearest("failver", known)[0]).toBe("failover-lb");
  });

  test("a name that is like nothing suggests nothing", () => {
    expect(didYouMean("zebra", ["fast", "local"])).toBe("");
    expect(didYouMean("fsat", ["fast", "local"])).toBe(" (did you mean fast?)");
  });
});
