import { describe, expect, it } from "vitest";
import type { FailureClass } from "../../src/core/failure.ts";
import { type Finding, findingOf, judge, NO_STREAK } from "../../src/registry/judge.ts";
import type { Health } from "../../src/registry/live-backend.ts";

const THRESHOLDS = { failure_threshold: 3, recovery_threshold: 2 };

/** The status after each of these results; a probe's begins with `probe`. */
function statuses(start: Health, results: readonly (Finding | `probe ${Finding}`)[]): readonly Health[] {
  let known = { health: start, streak: NO_STREAK };
  return results.map((result) => {
    const [by, finding] = result.startsWith("probe ") ? ["probe", result.slice(6)] : ["list", result];
    known = judge(known, { finding: asFinding(finding), by: by === "probe" ? "probe" : "list" }, THRESHOLDS);
    return known.health;
  });
}

function asFinding(word: string | undefined): Finding {
  const found = (["well", "ill", "refused", "keyless", "nothing"] as const).find((one) => one === word);
  if (found === undefined) throw new Error(`no such finding: ${word}`);
  return found;
}

describe("the status after checks", () => {
  it.each<[string, Health, readonly (Finding | `probe ${Finding}`)[], readonly Health[]]>([
    ["the first result decides", "unknown", ["well"], ["healthy"]],
    ["the first result decides", "unknown", ["ill"], ["unhealthy"]],
    ["three failures in a row", "healthy", ["ill", "ill", "ill"], ["healthy", "healthy", "unhealthy"]],
    [
      "a success between starts the count anew",
      "healthy",
      ["ill", "ill", "well", "ill", "ill"],
      ["healthy", "healthy", "healthy", "healthy", "healthy"],
    ],
    ["two successes in a row", "unhealthy", ["well", "well"], ["unhealthy", "healthy"]],
    [
      "a failure between starts the count anew",
      "unhealthy",
      ["well", "ill", "well", "well"],
      ["unhealthy", "unhealthy", "unhealthy", "healthy"],
    ],
    ["A001-04 a refused key at once", "healthy", ["refused"], ["unhealthy"]],
    ["without a key nobody knows", "unhealthy", ["keyless", "well"], ["unknown", "healthy"]],
    [
      "a rate limit says nothing",
      "healthy",
      ["ill", "ill", "nothing", "ill"],
      ["healthy", "healthy", "healthy", "unhealthy"],
    ],
    ["a rate limit says nothing", "unknown", ["nothing"], ["unknown"]],
    [
      "failed probes are not made good by lists",
      "healthy",
      ["probe ill", "well", "probe ill", "well", "probe ill", "well", "well"],
      ["healthy", "healthy", "healthy", "healthy", "unhealthy", "unhealthy", "unhealthy"],
    ],
    [
      "a good probe lets lists count again",
      "unhealthy",
      ["probe refused", "well", "probe well", "well"],
      ["unhealthy", "unhealthy", "unhealthy", "healthy"],
    ],
  ])("%s: from %s", (_why, start, results, expected) => {
    expect(statuses(start, results)).toEqual(expected);
  });
});

it("what each failure of a check means", () => {
  const of = (name: FailureClass) => findingOf({ class: name, message: "" });
  expect(findingOf(undefined)).toBe("well");
  expect(of("auth")).toBe("refused");
  expect(findingOf({ class: "auth", message: "", keyMissing: true })).toBe("keyless");
  expect([of("rate_limited"), of("quota")]).toEqual(["nothing", "nothing"]);
  for (const name of ["network", "timeout", "server", "overloaded", "malformed", "invalid"] as const) {
    expect(of(name)).toBe("ill");
  }
});
