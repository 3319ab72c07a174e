import { describe, expect, test } from "vitest";
import { breakRuns, countTokens, encodingOf } from "../../src/tokens/count.ts";
import { ask } from "../support/run-engine.ts";

describe("token counts", () => {
  test("A001-17 newer OpenAI models count with o200k_base, older with cl100k_base, others are guessed", () => {
    expect(["gpt-4o-mini", "o3", "gpt-5", "openai/gpt-4o"].map(encodingOf)).toEqual(
      Array(4).fill("o200k_base"),
    );
    expect(["gpt-4", "gpt-3.5-turbo"].map(encodingOf)).toEqual(Array(2).fill("cl100k_base"));
    expect(["llama3.2", "claude-sonnet-4-5"].map(encodingOf)).toEqual([undefined, undefined]);
  });

  test("A001-17 an OpenAI prompt is counted exactly", async () => {
    // "hello world" is two tokens; each message adds four.
    expect(await countTokens(ask("hello world"), "gpt-4o")).toEqual({ tokens: 6, exact: true });
  });

  test("special tokens in the text are only text", async () => {
    expect((await countTokens(ask("a <|endoftext|> b"), "gpt-4o")).tokens).toBeGreaterThan(6);
  });

  test("an unbroken run is counted in pieces and marked as estimated", async () => {
    const counted = await countTokens(ask("a".repeat(20_000)), "gpt-4o");
    expect(counted.exact).toBe(false);
    expect(counted.tokens).toBeGreaterThan(2_000);
  });

  test("pieces put together are the text", () => {
    for (const text of [
      "",
      "a b",
      "x".repeat(1_000),
      `${"y".repeat(64)} z`,
      `a ${"z".repeat(65)}\n${"q".repeat(200)}`,
    ]) {
      expect(breakRuns(text).join("")).toBe(text);
    }
    expect(breakRuns("plain words").length).toBe(1);
  });

  test("a text too long to count is guessed", async () => {
    expect(await countTokens(ask("word ".repeat(50_000)), "gpt-4o")).toMatchObject({ exact: false });
  });
});
