import { describe, expect, it } from "vitest";
import { resultJson } from "../../src/cli/chat/result.ts";
import { runProgram } from "../../src/cli/program.ts";
import { fakeApp } from "./support/fake-app.ts";
import { aFailedOutcome } from "./support/outcomes.ts";

describe("T16 a chat that never became a run has the keys of one that failed", () => {
  const failed: object = JSON.parse(JSON.stringify(resultJson(aFailedOutcome(), "", [])));
  const errorKeys = (result: object): readonly string[] =>
    "error" in result && result.error instanceof Object ? Object.keys(result.error).sort() : [];

  it.each([[["--nope", "x"]], [["--timeout", "0", "x"]], [["--file", "/nonexistent/file", "x"]]])(
    "--json %j",
    async (args) => {
      const { app, stdout } = fakeApp();
      expect(await runProgram(["chat", "--json", ...args], app)).toBe(2);
      const result: object = JSON.parse(stdout());
      expect(Object.keys(result)).toEqual(Object.keys(failed));
      expect(errorKeys(result)).toEqual(errorKeys(failed));
      expect(result).toMatchObject({ answer: null, final_model: null, chain_log: [], attempts: [] });
    },
  );

  it("--ndjson says the same in its one line", async () => {
    const { app, stdout } = fakeApp();
    expect(await runProgram(["chat", "--ndjson", "--nope", "x"], app)).toBe(2);
    const { answer: _none, ...rest } = JSON.parse(JSON.stringify(failed));
    expect(Object.keys(JSON.parse(stdout()))).toEqual(["type", ...Object.keys(rest)]);
    expect(stdout().trimEnd().split("\n")).toHaveLength(1);
  });
});
