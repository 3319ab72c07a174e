import { describe, expect, test } from "vitest";
import { dialectFor } from "../../src/backends/dialect-for.ts";
import { dialectsOf } from "../../src/backends/dialects-of.ts";

describe("what a backend speaks", () => {
  test("is what its record says", () => {
    expect(dialectsOf({ type: "generic", dialect: "openai-responses" }, "http://box/v1")).toEqual({
      dialect: "openai-responses",
      alsoSpeaks: [],
    });
  });

  test("is Responses beside chat at OpenAI itself, and at nobody who is compatible", () => {
    expect(dialectsOf({ type: "openai" }, "https://api.openai.com/v1").alsoSpeaks).toEqual([
      "openai-responses",
    ]);
    expect(dialectsOf({ type: "openai" }, "https://api.groq.com/openai/v1").alsoSpeaks).toEqual([]);
  });
});

const asked = (model: string) => ({ model, params: {}, tools: [] });

describe("in which dialect a model is asked for", () => {
  const openai = { dialect: "openai-chat", type: "openai", alsoSpeaks: ["openai-responses"] } as const;

  test.each([
    "o1-pro",
    "o3-pro-2025-06-10",
    "gpt-5-pro",
    "gpt-5.2-pro",
    "gpt-5.1-codex-max",
    "codex-mini-latest",
    "o4-mini-deep-research",
  ])("%s is asked for by Responses alone", (model) =>
    expect(dialectFor(openai, asked(model))).toBe("openai-responses"),
  );

  test.each(["gpt-4o", "gpt-5", "o3", "openai/gpt-5-pro", "my-codex-mini"])(
    "%s is asked for by chat",
    (model) => expect(dialectFor(openai, asked(model))).toBe("openai-chat"),
  );

  test.each([
    ["gpt-5.4", "low", "openai-responses"],
    ["gpt-5.4", undefined, "openai-chat"],
    ["gpt-5.6-terra", undefined, "openai-responses"],
    ["gpt-6", "high", "openai-responses"],
    ["gpt-6", "none", "openai-chat"],
    ["gpt-5.1", "high", "openai-chat"],
    ["gpt-5.3-chat-latest", "medium", "openai-chat"],
    ["gpt-4o", undefined, "openai-chat"],
  ] as const)("%s that thinks %s is asked for calls by %s", (model, reasoning_effort, dialect) => {
    const params = reasoning_effort === undefined ? {} : { reasoning_effort };
    const calls = { model, params, tools: [{ name: "f" }] };
    expect(dialectFor(openai, calls, "openai-chat")).toBe(dialect);
    expect(dialectFor(openai, { ...calls, tools: [] })).toBe("openai-chat");
    expect(dialectFor({ ...openai, alsoSpeaks: [] }, calls)).toBe("openai-chat");
  });

  test("the caller's own is taken where the backend speaks it, and nowhere else", () => {
    expect(dialectFor(openai, asked("gpt-4o"), "openai-responses")).toBe("openai-responses");
    expect(dialectFor({ ...openai, alsoSpeaks: [] }, asked("gpt-4o"), "openai-responses")).toBe(
      "openai-chat",
    );
  });

  test("a server of another type is believed, whatever its models are called", () => {
    const box = { dialect: "openai-chat", type: "generic", alsoSpeaks: [] } as const;
    expect(dialectFor(box, asked("o1-pro"))).toBe("openai-chat");
  });
});
