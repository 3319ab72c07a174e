import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { POLICIES, STRATEGY_OF } from "../../src/core/profile.ts";
import { ORDER } from "../../src/routing/policies/index.ts";

const members = fc.uniqueArray(fc.string(), { maxLength: 8 });

describe("policies", () => {
  test("A003-01 there are exactly two, with the strategy names round-robin and failover", () => {
    expect(POLICIES).toEqual(["roundrobin", "failover"]);
    expect(STRATEGY_OF).toEqual({ roundrobin: "round-robin", failover: "failover" });
    expect(Object.keys(ORDER).toSorted()).toEqual(["failover", "roundrobin"]);
  });

  test("every member appears exactly once, whatever the policy and the start", () => {
    fc.assert(
      fc.property(members, fc.nat(), fc.option(fc.string(), { nil: undefined }), (names, turn, start) => {
        for (const policy of POLICIES) {
          const ordered = ORDER[policy](names, start === undefined ? { turn } : { turn, start });
          expect(ordered.toSorted()).toEqual(names.toSorted());
        }
      }),
    );
  });

  test("A003-21 over n members, n turns in a row start at each of them once", () => {
    fc.assert(
      fc.property(
        members.filter(({ length }) => length > 0),
        fc.nat({ max: 1_000 }),
        (names, from) => {
          const firsts = names.map((_, step) => ORDER.roundrobin(names, { turn: from + step })[0]);
          expect(firsts.toSorted()).toEqual(names.toSorted());
        },
      ),
    );
  });

  test("failover starts at the first member, or where a sticky profile stays, and wraps around", () => {
    expect(ORDER.failover(["a", "b", "c"], { turn: 7 })).toEqual(["a", "b", "c"]);
    expect(ORDER.failover(["a", "b", "c"], { turn: 0, start: "b" })).toEqual(["b", "c", "a"]);
    expect(ORDER.failover(["a", "b", "c"], { turn: 0, start: "gone" })).toEqual(["a", "b", "c"]);
  });
});
