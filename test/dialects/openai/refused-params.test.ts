import { describe, expect, test } from "vitest";
import type { Params } from "../../../src/core/chat.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../../src/dialects/openai-responses/index.ts";

const request = {
  messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
  tools: [],
  params: {},
} as const;

/** What goes out, and the gaps; `!` after those that keep the request away. */
function asked(model: string, params: Params, dialect = openaiChat) {
  const target = { type: "openai", model, params, stream: false, key: undefined } as const;
  const { model: _, messages: __, ...sent } = JSON.parse(dialect.request.encode(request, target).body ?? "");
  const gaps = dialect.request.gaps(request, target);
  return { sent, gaps: gaps.map(({ field, harmless }) => field + (harmless ? "" : "!")) };
}

describe("A001-32 models that think take no samplers", () => {
  const samplers = {
    temperature: 0.2,
    top_p: 0.9,
    presence_penalty: 1,
    frequency_penalty: 1,
    logit_bias: { 1: 1 },
  };

  test.each(["o3", "gpt-5", "gpt-5-mini-2025-08-07", "gpt-5.1-codex", "gpt-5.6-terra", "gpt-6"])(
    "%s",
    (model) => {
      expect(asked(model, samplers)).toEqual({ sent: {}, gaps: Object.keys(samplers) });
      expect(asked(model, { temperature: 1, top_p: null, presence_penalty: 0 }).gaps).toEqual([]);
      expect(asked(model, { logprobs: true, top_logprobs: 2 }).gaps).toEqual(["logprobs!", "top_logprobs!"]);
    },
  );

  test("while they do not think they do, and so do all others", () => {
    expect(asked("gpt-5.1", samplers)).toEqual({ sent: samplers, gaps: [] });
    expect(asked("gpt-6", { ...samplers, reasoning_effort: "none" }).gaps).toEqual([]);
    expect(asked("gpt-4o", samplers)).toEqual({ sent: samplers, gaps: [] });
    expect(asked("gpt-5-chat-latest", samplers).gaps).toEqual([]);
    expect(asked("llama-3.3-70b-versatile", samplers).gaps).toEqual([]);
  });

  test("in Responses as well", () => {
    const { sent, gaps } = asked("gpt-5", { temperature: 0.2, seed: 1 }, openaiResponses);
    expect(sent).not.toHaveProperty("temperature");
    expect(gaps).toEqual(["seed", "temperature"]);
  });
});

test.each([
  ["o3", ["stop!"]],
  ["gpt-5.2", ["stop!"]],
  ["gpt-5.5", []],
  ["o1", []],
  ["gpt-4.1", []],
])("A001-32 %s and stop sequences", (model, gaps) => {
  expect(asked(model, { stop: ["x"] }).gaps).toEqual(gaps);
});

test("A001-32 OpenAI takes four stop sequences", () => {
  const stop = ["1", "2", "3", "4", "5"];
  expect(asked("gpt-4o", { stop }).gaps).toEqual(["stop!"]);
  expect(asked("gpt-4o", { stop: stop.slice(1) }).gaps).toEqual([]);
});

describe("A001-32 how much to think is said in words that the model knows", () => {
  test.each([
    ["o3", "none", "low"],
    ["o3", "minimal", "low"],
    ["o4-mini", "xhigh", "high"],
    ["gpt-5", "none", "minimal"],
    ["gpt-5", "minimal", "minimal"],
    ["gpt-5-codex", "minimal", "low"],
    ["gpt-5-codex", "none", "low"],
    ["gpt-5.1", "none", "none"],
    ["gpt-5.1", "minimal", "low"],
    ["gpt-5.1", "xhigh", "high"],
    ["gpt-5.1-codex-max", "xhigh", "xhigh"],
    ["gpt-6", "xhigh", "xhigh"],
    ["gpt-6", "a new word", "a new word"],
    ["qwen3", "minimal", "minimal"],
  ])("%s: %s is %s", (model, reasoning_effort, word) => {
    expect(asked(model, { reasoning_effort }).sent).toEqual({ reasoning_effort: word });
    expect(asked(model, { reasoning_effort }, openaiResponses).sent).toMatchObject({
      reasoning: { effort: word },
    });
  });

  test.each(["gpt-4o", "gpt-4.1-mini", "chatgpt-4o-latest", "gpt-5-chat-latest"])(
    "%s knows none",
    (model) => {
      expect(asked(model, { reasoning_effort: "high" })).toEqual({ sent: {}, gaps: ["reasoning_effort"] });
      expect(asked(model, { reasoning_effort: "none" })).toEqual({ sent: {}, gaps: [] });
    },
  );
});

test.each([openaiChat, openaiResponses])("A001-32 tools have names that OpenAI takes", (dialect) => {
  const target = { type: "openai", model: "m", params: {} } as const;
  const tools = [{ name: "a" }, { name: "b.c" }];
  const gaps = dialect.request.gaps({ ...request, tools }, target);
  expect(gaps).toEqual([{ field: "tools[1].function.name", harmless: false }]);
  expect(openaiChat.request.gaps({ ...request, tools }, { ...target, type: "vllm" })).toEqual([]);
});
