import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NamePolicy } from "../../src/core/routing.ts";
import { bindingPolicies, matchesGlob, tightened } from "../../src/routing/name-policies.ts";
import type { Requirement } from "../../src/routing/plan.ts";

describe("globs", () => {
  it.each([
    ["private-*", "private-notes", true],
    ["private-*", "private-", true],
    ["private-*", "my-private-notes", false],
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["?", "a", true],
    ["?", "", false],
    ["gpt-4?", "gpt-4o", true],
    ["gpt-4?", "gpt-4o-mini", false],
    ["*-mini", "gpt-4o-mini", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["openai/*", "openai/gpt-4o", true],
    ["gpt-4.1", "gpt-4x1", false],
    ["[ab]", "a", false],
    ["private", "Private", false],
  ])("%j against %j: %s", (glob, text, matches) => {
    expect(matchesGlob(glob, text)).toBe(matches);
  });

  it("agree with a regular expression", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 8 });
    const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 10 });
    fc.assert(
      fc.property(letters, text, (glob, name) => {
        const pattern = glob.map((one) => (one === "*" ? ".*" : one === "?" ? "." : one)).join("");
        expect(matchesGlob(glob.join(""), name.join(""))).toBe(
          new RegExp(`^${pattern}$`).test(name.join("")),
        );
      }),
    );
  });

  it("take no time that grows out of hand", () => {
    expect(matchesGlob("*a".repeat(50), `${"a".repeat(20_000)}b`)).toBe(false);
  });
});

const policy = fc.record(
  {
    match: fc.constantFrom("*", "a*", "?", "b"),
    zone: fc.constantFrom("restricted" as const, "open" as const),
    minTier: fc.integer({ min: 0, max: 5 }),
    allowFallback: fc.boolean(),
  },
  { requiredKeys: ["match"] },
);
const requirement: fc.Arbitrary<Requirement> = fc.record({
  capabilities: fc.constant([]),
  zone: fc.constantFrom("restricted" as const, "open" as const),
  minTier: fc.integer({ min: 0, max: 5 }),
  fallback: fc.boolean(),
  embeddings: fc.boolean(),
});
const names = fc.array(fc.constantFrom("a", "b", "ab", "c"), { minLength: 1, maxLength: 4 });

function bound(asked: Requirement, of: readonly string[], policies: readonly NamePolicy[]): Requirement {
  return tightened(asked, bindingPolicies(of, policies));
}

describe("policies", () => {
  it("bind by any of the names, and say by which", () => {
    const one: NamePolicy = { match: "private-*", zone: "restricted" };
    expect(bindingPolicies(["fast", "private-llama"], [one])).toEqual([
      { policy: one, name: "private-llama" },
    ]);
    expect(bindingPolicies(["fast"], [one])).toEqual([]);
  });

  it("the strictest wins, in any order of policies and names", () => {
    fc.assert(
      fc.property(requirement, names, fc.array(policy, { maxLength: 5 }), (asked, of, policies) => {
        const once = bound(asked, of, policies);
        expect(bound(asked, of.toReversed(), policies.toReversed())).toEqual(once);
        expect(bound(once, of, policies)).toEqual(once);
      }),
    );
  });

  it("never loosen what the request asks for", () => {
    fc.assert(
      fc.property(requirement, names, fc.array(policy, { maxLength: 5 }), (asked, of, policies) => {
        const { zone, minTier, fallback } = bound(asked, of, policies);
        expect(asked.zone === "open" || zone === "restricted").toBe(true);
        expect(minTier).toBeGreaterThanOrEqual(asked.minTier);
        expect(asked.fallback || !fallback).toBe(true);
      }),
    );
  });
});
