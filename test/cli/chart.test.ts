import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bar, inkOf, sparkline } from "../../src/cli/output/chart.ts";

const BLOCKS = inkOf({ LANG: "en_US.UTF-8" });
const ASCII = inkOf({ LANG: "C" });

describe("pictures", () => {
  it.each([
    ["full", { part: 10, whole: 10, most: 10, width: 10 }, "██████████", ""],
    ["half of the most", { part: 5, whole: 5, most: 10, width: 10 }, "█████", ""],
    ["some failed", { part: 6, whole: 10, most: 10, width: 10 }, "██████", "░░░░"],
    ["few failed", { part: 999, whole: 1000, most: 1000, width: 10 }, "█████████", "░"],
    ["few of many", { part: 1, whole: 1, most: 1000, width: 10 }, "█", ""],
    ["nothing", { part: 0, whole: 0, most: 10, width: 10 }, "", ""],
    ["none answered", { part: 0, whole: 3, most: 3, width: 3 }, "", "░░░"],
  ])("a bar: %s", (_name, values, full, rest) => {
    expect(bar(BLOCKS, values)).toEqual({ full, rest });
  });

  it("a bar is never wider than it may be", () => {
    const values = fc.record({
      part: fc.nat(500),
      more: fc.nat(500),
      other: fc.nat(500),
      width: fc.integer({ min: 5, max: 60 }),
    });
    fc.assert(
      fc.property(values, ({ part, more, other, width }) => {
        const whole = part + more;
        const { full, rest } = bar(BLOCKS, { part, whole, most: Math.max(1, whole, other), width });
        expect(full.length + rest.length).toBeLessThanOrEqual(width);
        expect(full.length > 0).toBe(part > 0);
      }),
    );
  });

  it("a sparkline has a character for each value, the highest for the highest", () => {
    expect(sparkline(BLOCKS, [0, 1, 4, 8])).toBe("▁▂▅█");
    expect(sparkline(BLOCKS, [0, 0])).toBe("▁▁");
    expect(sparkline(ASCII, [0, 1, 4, 8])).toBe("_.=#");
  });

  it.each([
    [{ LANG: "de_DE.UTF-8" }, true],
    [{ LANG: "C.utf8" }, true],
    [{ LC_ALL: "C", LANG: "C.UTF-8" }, false],
    [{ LANG: "C.UTF-8", TERM: "dumb" }, false],
    [{}, false],
  ])("blocks in %j: %j", (env, blocks) => {
    expect(inkOf(env) === BLOCKS).toBe(blocks);
  });
});
