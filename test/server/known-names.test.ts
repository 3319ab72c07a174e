import { expect, test } from "vitest";
import { withKnownNames } from "../../src/server/known-names.ts";
import { anAttempt, anOutcome } from "../cli/support/outcomes.ts";

const nobody = { backend: () => false, model: () => false };

test("names that only a client knows are told apart no more, neither of the answer nor of its attempts", () => {
  const { profile, ...bare } = anOutcome({ attempts: [anAttempt({ backend: "made-up", model: "made-up" })] });
  const outcome = withKnownNames(bare, { ...nobody, model: (name) => name === "gpt-4o-mini" });
  expect(outcome).toMatchObject({
    primaryModel: "gpt-4o-mini",
    actualModel: "unknown",
    backend: "unknown",
    attempts: [{ backend: "unknown", model: "unknown" }],
  });
});

test("what a profile led to stands in the configuration, and is told as it is", () => {
  const outcome = anOutcome();
  expect(withKnownNames(outcome, nobody)).toEqual(outcome);
});
