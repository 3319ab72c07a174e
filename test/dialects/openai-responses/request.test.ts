import { describe, expect, test } from "vitest";
import type { ChatRequest, Message, Params } from "../../../src/core/chat.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";

const { request } = DIALECTS["openai-responses"];
const HI: Message = { role: "user", parts: [{ type: "text", text: "hi" }] };
const ASKED = { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] };

function encode(asked: Partial<ChatRequest>, target: Partial<EncodeTarget> = {}) {
  const wire = request.encode(
    { messages: [HI], tools: [], params: {}, ...asked },
    { type: "openai", model: "gpt-4o", params: {}, stream: false, key: undefined, ...target },
  );
  return { ...wire, body: JSON.parse(wire.body ?? "") };
}

function gaps(params: Params, messages: readonly Message[] = []) {
  return request
    .gaps({ messages, tools: [], params }, { type: "openai", model: "m", params })
    .map(({ field, harmless }) => `${field}${harmless ? "" : "!"}`);
}

test("a question goes to /responses, and nothing of it is kept there", () => {
  const wire = encode(
    { messages: [{ role: "system", parts: [{ type: "text", text: "be brief" }] }, HI] },
    { key: "sk-1" },
  );
  expect(wire).toMatchObject({
    method: "POST",
    path: "/responses",
    headers: { authorization: "Bearer sk-1" },
  });
  expect(wire.body).toEqual({ model: "gpt-4o", instructions: "be brief", input: [ASKED], store: false });
});

test("system text in the middle stays where it stands", () => {
  const { body } = encode({ messages: [HI, { role: "system", parts: [{ type: "text", text: "now" }] }] });
  expect(body.input[1]).toMatchObject({ type: "message", role: "developer" });
});

test("a turn with reasoning, text, two calls and their results keeps its order and its ids", () => {
  const proof = { dialect: "openai-responses", data: "sealed", id: "rs_1" } as const;
  const { body } = encode({
    messages: [
      HI,
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "so", proof },
          { type: "reasoning", text: "unproven" },
          { type: "text", text: "Looking." },
          { type: "tool-call", id: "a", name: "f", arguments: "{}" },
          { type: "tool-call", id: "b", name: "g", arguments: "{" },
        ],
      },
      {
        role: "tool",
        parts: [
          { type: "tool-result", id: "b", content: [{ type: "image", media: "image/png", data: "AA==" }] },
          { type: "tool-result", id: "a", content: [{ type: "text", text: "1" }] },
        ],
      },
    ],
  });
  expect(body.input.slice(1)).toEqual([
    {
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "so" }],
      encrypted_content: "sealed",
    },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Looking." }] },
    { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
    { type: "function_call", call_id: "b", name: "g", arguments: "{" },
    {
      type: "function_call_output",
      call_id: "b",
      output: [{ type: "input_image", image_url: "data:image/png;base64,AA==", detail: "auto" }],
    },
    { type: "function_call_output", call_id: "a", output: "1" },
  ]);
});

test("a thought that nothing was said after is left out, for it is refused", () => {
  const proof = { dialect: "openai-responses", data: "sealed", id: "rs_1" } as const;
  const { body } = encode({
    messages: [HI, { role: "assistant", parts: [{ type: "reasoning", text: "so", proof }] }, HI],
  });
  expect(body.input).toEqual([ASKED, ASKED]);
});

test("ids that are too long or stand twice are made others, results follow them", () => {
  const long = "x".repeat(65);
  const call = (id: string): Message => ({
    role: "assistant",
    parts: [{ type: "tool-call", id, name: "f", arguments: "{}" }],
  });
  const result = (id: string): Message => ({
    role: "tool",
    parts: [{ type: "tool-result", id, content: [] }],
  });
  const { body } = encode({
    messages: [call(long), result(long), call("a"), result("a"), call("a"), result("a")],
  });
  const ids: string[] = body.input.map(({ call_id }: { call_id: string }) => call_id);
  expect(ids.every((id, at) => id.length <= 64 && id === ids[at - (at % 2)])).toBe(true);
  expect(new Set(ids).size).toBe(3);
});

test("a call that nobody answered gets an empty result, a result without a call is told as text", () => {
  const { body } = encode({
    messages: [
      { role: "assistant", parts: [{ type: "tool-call", id: "a", name: "f", arguments: "{}" }] },
      HI,
      { role: "tool", parts: [{ type: "tool-result", id: "zz", content: [{ type: "text", text: "hi" }] }] },
    ],
  });
  expect(body.input.slice(1)).toEqual([
    { type: "function_call_output", call_id: "a", output: "" },
    ASKED,
    ASKED,
  ]);
});

test("system text alone is what is asked, for instructions alone are no request", () => {
  const { body } = encode({ messages: [{ role: "system", parts: [{ type: "text", text: "go" }] }] });
  expect(body).not.toHaveProperty("instructions");
  expect(body.input).toEqual([
    { type: "message", role: "developer", content: [{ type: "input_text", text: "go" }] },
  ]);
});

test("results stand before what the user said first, tools of the past have names that are taken", () => {
  const { body } = encode({
    messages: [
      { role: "assistant", parts: [{ type: "tool-call", id: "a", name: "x.y", arguments: "{}" }] },
      HI,
      { role: "tool", parts: [{ type: "tool-result", id: "a", content: [{ type: "text", text: "1" }] }] },
    ],
    toolChoice: "auto",
  });
  expect(body).not.toHaveProperty("tool_choice");
  expect(body.input).toEqual([
    { type: "function_call", call_id: "a", name: "x_y", arguments: "{}" },
    { type: "function_call_output", call_id: "a", output: "1" },
    ASKED,
  ]);
});

test("tools are flat, and strict only where that is said", () => {
  const { body } = encode({ tools: [{ name: "f" }, { name: "g", strict: true }], toolChoice: { name: "f" } });
  expect(body.tools).toEqual([
    { type: "function", name: "f", parameters: { type: "object", properties: {} }, strict: false },
    { type: "function", name: "g", parameters: { type: "object", properties: {} }, strict: true },
  ]);
  expect(body.tool_choice).toEqual({ type: "function", name: "f" });
});

describe("parameters", () => {
  const of = (params: Params, target: Partial<EncodeTarget> = {}) => {
    const { model: _, input: __, store: ___, ...rest } = encode({}, { params, ...target }).body;
    return rest;
  };

  test("A002-15 go under their names here, others as they stand", () => {
    expect(
      of({
        max_tokens: 99,
        temperature: 0,
        parallel_tool_calls: false,
        verbosity: "low",
        seed: 1,
        stream: true,
      }),
    ).toEqual({
      max_output_tokens: 99,
      temperature: 0,
      parallel_tool_calls: false,
      text: { verbosity: "low" },
    });
  });

  test("a limit below what is taken is raised, and that is told", () => {
    expect(of({ max_tokens: 1 })).toEqual({ max_output_tokens: 16 });
    expect(gaps({ max_tokens: 1 })).toEqual(["max_tokens"]);
  });

  test("a schema stands beside its type", () => {
    const json_schema = { name: "p", schema: { type: "object", additionalProperties: false }, strict: true };
    expect(of({ response_format: { type: "json_schema", json_schema } })).toEqual({
      text: { format: { type: "json_schema", ...json_schema } },
    });
    expect(of({ response_format: { type: "json_object" } })).toEqual({
      text: { format: { type: "json_object" } },
    });
  });

  test("a model that thinks is asked for its thoughts under seal", () => {
    expect(of({ reasoning_effort: "low" }, { model: "o3-pro" })).toEqual({
      reasoning: { effort: "low" },
      include: ["reasoning.encrypted_content"],
    });
    expect(of({}, { model: "gpt-5-chat-latest" })).toEqual({});
  });
});

describe("what has no place", () => {
  test("rules the backend out where the answer would mean something else", () => {
    expect(gaps({ stop: ["x"], n: 2, logprobs: true })).toEqual(["stop!", "n!", "logprobs!"]);
  });

  test("is left out and told where it would not", () => {
    expect(gaps({ seed: 0, frequency_penalty: 1 })).toEqual(["seed", "frequency_penalty"]);
  });

  test("is no gap where nothing is asked", () => {
    expect(
      gaps({
        stop: [],
        n: 1,
        logprobs: false,
        presence_penalty: 0,
        seed: null,
        modalities: ["text"],
        logit_bias: {},
      }),
    ).toEqual([]);
  });

  test("marks, foreign reasoning and failed results are told", () => {
    const parts = [
      { type: "text", text: "x", cache: "5m" },
      { type: "reasoning", text: "y", proof: { dialect: "anthropic", data: "s" } },
      { type: "tool-result", id: "a", content: [], failed: true },
    ] as const;
    expect(gaps({}, [{ role: "user", parts }])).toEqual(["cache_control", "reasoning", "is_error"]);
  });
});
