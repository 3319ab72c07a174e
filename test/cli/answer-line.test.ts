import { describe, expect, it } from "vitest";
import { answeredLine, chainLine, degradedLine, failedLine } from "../../src/cli/output/answer-line.ts";
import { aFailedOutcome, anOutcome, USAGE } from "./support/outcomes.ts";

describe("the two lines after an answer", () => {
  it("A002-23 the chain stands in attempt order with arrows", () => {
    expect(chainLine(anOutcome())).toBe("chain: fast: failed (503 Service Unavailable) -> local: success");
  });

  it("X-01 who answered, how long, how many tokens, which request", () => {
    expect(answeredLine(anOutcome())).toBe(
      "answered by: llama3.2 @ ollama (local) · 1.2 s · 345 in, 120 out · req_8f2c",
    );
  });

  it("marks counts that are estimates", () => {
    const usage = { ...USAGE, estimated: true };
    expect(answeredLine(anOutcome({ usage }))).toContain(" · ~345 in, ~120 out · ");
  });

  it("A001-15 tells the cost after the tokens, to four decimals", () => {
    expect(answeredLine(anOutcome({ costUsd: 0.0011999999 }))).toContain(
      " · 345 in, 120 out · $0.0012 · req_8f2c",
    );
  });

  it("marks the cost of estimated counts", () => {
    const usage = { ...USAGE, estimated: true };
    expect(answeredLine(anOutcome({ usage, costUsd: 0.0012 }))).toContain(" · ~$0.0012 · ");
  });

  it("X-08 says nothing of a cost that nobody knows", () => {
    expect(answeredLine(anOutcome())).not.toContain("$");
  });

  it("leaves counts out that nobody knows", () => {
    const { usage: _unknown, ...outcome } = anOutcome();
    expect(answeredLine(outcome)).toBe("answered by: llama3.2 @ ollama (local) · 1.2 s · req_8f2c");
  });

  it("never says ERROR of an attempt that was survived", () => {
    const chainLog = ["fast: failed (500 ERROR: boom)", "local: success"];
    expect(chainLine(anOutcome({ chainLog }))).not.toContain("ERROR");
  });
});

describe("A002-20 degraded mode", () => {
  it("names who was wanted and who answered", () => {
    expect(degradedLine(anOutcome())).toBe(
      "degraded mode: gpt-4o-mini (fast) did not answer, llama3.2 (local) did",
    );
  });

  it("names a bare model's candidates once", () => {
    const outcome = anOutcome({ primaryMember: "gpt-4o-mini@a", answeringMember: "llama3.2@ollama" });
    expect(degradedLine(outcome)).toBe("degraded mode: gpt-4o-mini@a did not answer, llama3.2@ollama did");
  });

  it("says nothing when the first one answered, and nothing of a failed run", () => {
    expect(degradedLine(anOutcome({ degraded: false }))).toBeUndefined();
    expect(degradedLine({ ...aFailedOutcome(), degraded: true })).toBeUndefined();
  });
});

it("A002-18 a failed run says so on one line", () => {
  expect(failedLine("All models in chain failed: fast: 503\nx")).toBe(
    "failed: All models in chain failed: fast: 503 x",
  );
});
