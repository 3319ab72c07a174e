import { describe, expect, it } from "vitest";
import type { BackendType, DialectName } from "../../src/core/backend.ts";
import type { ChatRequest, ImagePart, Part } from "../../src/core/chat.ts";
import { DIALECTS } from "../../src/dialects/index.ts";

const image = (detail: string): ImagePart => ({
  type: "image",
  media: "image/png",
  data: "iVBORw0KGgo=",
  detail,
});
const asking = (...parts: readonly Part[]): ChatRequest => ({
  messages: [{ role: "user", parts }],
  tools: [{ name: "weather", strict: true }],
  params: {},
});
const TYPES: Readonly<Record<DialectName, BackendType>> = {
  "openai-chat": "openai",
  "openai-responses": "openai",
  anthropic: "anthropic",
  gemini: "google",
  ollama: "ollama",
};

/** What of a request a dialect leaves out. */
function leftOut(name: DialectName, request: ChatRequest): readonly string[] {
  const target = { type: TYPES[name], model: "m", params: {} };
  const gaps = DIALECTS[name].request.gaps(request, target);
  expect(gaps.every(({ harmless }) => harmless)).toBe(true);
  return gaps.map(({ field }) => field);
}

describe.each(["anthropic", "gemini", "ollama"] as const)("what %s has no place for is told", (name) => {
  it("a tool whose arguments are to be held to their schema", () => {
    expect(leftOut(name, asking({ type: "text", text: "hi" }))).toContain("tools.function.strict");
  });

  it("how closely an image is to be looked at, also in a tool's result", () => {
    expect(leftOut(name, asking(image("low")))).toContain("detail");
    const result: Part = { type: "tool-result", id: "c", content: [image("high")] };
    const messages: ChatRequest["messages"] = [
      { role: "assistant", parts: [{ type: "tool-call", id: "c", name: "weather", arguments: "{}" }] },
      { role: "tool", parts: [result] },
    ];
    expect(leftOut(name, { ...asking(), messages })).toContain("detail");
  });

  it("not what says nothing", () => {
    expect(leftOut(name, asking(image("auto")))).not.toContain("detail");
  });
});

it.each(["openai-chat", "openai-responses"] as const)("%s has a place for both", (name) => {
  expect(leftOut(name, asking(image("low")))).toEqual([]);
});
