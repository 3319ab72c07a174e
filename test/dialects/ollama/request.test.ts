import { describe, expect, it } from "vitest";
import type { ChatRequest, Message, Params } from "../../../src/core/chat.ts";
import { isObject, parseJson } from "../../../src/core/json.ts";
import { ollama } from "../../../src/dialects/ollama/index.ts";

const hi: Message = { role: "user", parts: [{ type: "text", text: "hi" }] };

function request(over: Partial<ChatRequest> = {}): ChatRequest {
  return { messages: [hi], tools: [], params: {}, ...over };
}

function body(over: Partial<ChatRequest> = {}, params: Params = {}, model = "llama3.2") {
  const target = { type: "ollama", model, params, stream: false, key: undefined } as const;
  const wire = ollama.request.encode(request(over), target);
  expect(wire).toMatchObject({ method: "POST", path: "/api/chat" });
  const parsed = parseJson(wire.body ?? "");
  return isObject(parsed) ? parsed : {};
}

function gaps(over: Partial<ChatRequest> = {}, params: Params = {}, model = "m") {
  return ollama.request.gaps(request(over), { type: "ollama", model, params });
}

const tool = { name: "weather", description: "Tells it.", parameters: { type: "object" } };

describe("a request", () => {
  it("says whether to stream, for Ollama streams unless told otherwise", () => {
    expect(body()).toEqual({ model: "llama3.2", messages: [{ role: "user", content: "hi" }], stream: false });
  });

  it("carries the key in one header", () => {
    const target = { type: "ollama", model: "m", params: {}, stream: true, key: "k" } as const;
    expect(ollama.request.encode(request(), target).headers).toMatchObject({ authorization: "Bearer k" });
  });

  it("puts parameters where Ollama wants them, stated ones over its options object", () => {
    const params = {
      max_tokens: 5,
      stop: "x",
      temperature: 0,
      top_p: null,
      num_ctx: 8192,
      keep_alive: "10m",
      stream: true,
      user: "u",
      options: { num_ctx: 1, mirostat: 2 },
    };
    expect(body({}, params)).toMatchObject({
      keep_alive: "10m",
      options: { num_predict: 5, stop: ["x"], temperature: 0, num_ctx: 8192, mirostat: 2 },
    });
    expect(body({}, params)["options"]).not.toHaveProperty("user");
  });

  it.each([
    [{ type: "text" }, undefined],
    [{ type: "json_object" }, "json"],
    [{ type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } }, { type: "object" }],
    [{ type: "json_schema", json_schema: { name: "a" } }, "json"],
    ["odd", undefined],
  ])("response_format %j becomes format %j", (response_format, format) => {
    expect(body({}, { response_format })["format"]).toEqual(format);
  });

  it.each([
    ["none", "qwen3", false],
    ["high", "qwen3", undefined],
    ["high", "llama3.2", undefined],
    ["none", "gpt-oss:20b", "low"],
    ["max", "gpt-oss:120b-cloud", "high"],
    ["odd", "gpt-oss:20b", undefined],
    ["minimal", "gpt-oss:20b", "low"],
    ["medium", "gpt-oss:20b", "medium"],
    ["xhigh", "gpt-oss:20b", "high"],
    [7, "qwen3", undefined],
  ])("reasoning_effort %j of %s becomes think %j", (reasoning_effort, model, think) => {
    expect(body({}, { reasoning_effort }, model)["think"]).toEqual(think);
  });

  it("images are base64 beside the text", () => {
    const parts: Message["parts"] = [
      { type: "text", text: "what" },
      { type: "image", media: "image/png", data: "AAAA" },
    ];
    expect(body({ messages: [{ role: "user", parts }] })["messages"]).toEqual([
      { role: "user", content: "what", images: ["AAAA"] },
    ]);
  });

  it("tool calls carry objects, results the name of their call, and their images follow", () => {
    const call = (id: string, text: string) =>
      ({ type: "tool-call", id, name: "weather", arguments: text }) as const;
    const messages: Message[] = [
      hi,
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "hm" },
          call("a", '{"city":"Oslo"}'),
          call("b", ""),
          call("c", '{"ci'),
        ],
      },
      {
        role: "tool",
        parts: [
          {
            type: "tool-result",
            id: "a",
            content: [
              { type: "text", text: "4°" },
              { type: "image", media: "image/png", data: "BBBB" },
            ],
          },
          { type: "tool-result", id: "gone", content: [] },
        ],
      },
    ];
    const sent = (id: string, args: object) => ({
      id,
      type: "function",
      function: { name: "weather", arguments: args },
    });
    expect(body({ messages, tools: [tool] })).toMatchObject({
      tools: [{ type: "function", function: tool }],
      messages: [
        { role: "user" },
        {
          role: "assistant",
          content: "",
          thinking: "hm",
          tool_calls: [sent("a", { city: "Oslo" }), sent("b", {}), sent("c", { arguments: '{"ci' })],
        },
        { role: "tool", tool_call_id: "a", tool_name: "weather", content: "4°" },
        { role: "tool", tool_call_id: "gone", content: "" },
        { role: "user", images: ["BBBB"] },
      ],
    });
  });

  it("tool choice none leaves the tools out", () => {
    expect(body({ tools: [{ name: "clock" }], toolChoice: "none" })).not.toHaveProperty("tools");
    expect(body({ tools: [{ name: "clock" }], toolChoice: "auto" })).toHaveProperty("tools");
  });
});

describe("what Ollama cannot be sent", () => {
  it("nothing of a plain request", () => {
    expect(gaps({ tools: [tool], toolChoice: "auto" }, { n: 1, temperature: 1, seed: 3 })).toEqual([]);
  });

  it("a tool that has to be called, an image by its address, several answers and odds keep the request away", () => {
    const image = { type: "image", data: "https://example.com/a.png" } as const;
    const messages: Message[] = [{ role: "user", parts: [image, image] }];
    expect(
      gaps({ messages, toolChoice: { name: "a" } }, { n: 2, logprobs: true, logit_bias: { 1: 2 } }),
    ).toEqual(
      ["tool_choice", "image_url", "n", "logprobs", "logit_bias"].map((field) => ({
        field,
        harmless: false,
      })),
    );
    expect(gaps({ toolChoice: "required" })).toEqual([{ field: "tool_choice", harmless: false }]);
  });

  it("how much to think, but to models that know levels: one that cannot think refuses to be asked to", () => {
    const told = [{ field: "reasoning_effort", harmless: true }];
    expect(gaps({}, { reasoning_effort: "high" })).toEqual(told);
    expect(gaps({}, { reasoning_effort: "none" })).toEqual([]);
    expect(gaps({}, { reasoning_effort: "high" }, "gpt-oss:20b")).toEqual([]);
  });

  it("marks, proofs and hints are left out and told", () => {
    const messages: Message[] = [
      {
        role: "assistant",
        parts: [{ type: "reasoning", text: "a", proof: { dialect: "anthropic", data: "x" } }],
      },
      { role: "tool", parts: [{ type: "tool-result", id: "a", content: [], failed: true, cache: "5m" }] },
    ];
    const tools = [{ name: "a", cache: "5m" } as const];
    expect(gaps({ messages, tools }, { user: "u", parallel_tool_calls: false })).toEqual(
      ["cache_control", "reasoning", "is_error", "user", "parallel_tool_calls"].map((field) => ({
        field,
        harmless: true,
      })),
    );
  });
});

it("models come with what a newer version says they can do", () => {
  const capabilities = ["completion", "tools", "thinking"];
  const models = [{ name: "a:latest", capabilities }, { model: "b" }, { name: "" }, 3];
  expect(ollama.models.decode({ models })).toEqual([
    { id: "a:latest", capabilities: ["tools", "json"] },
    { id: "b" },
  ]);
  expect(ollama.models.decode({ data: [] })).toBeUndefined();
});

it("models of its cloud are known by the host that they run at, whatever they are called here", () => {
  const models = [
    { name: "mine:latest", remote_host: "https://ollama.com:443", remote_model: "gpt-oss:120b" },
    { name: "a:latest", remote_host: "" },
  ];
  expect(ollama.models.decode({ models })).toEqual([
    { id: "mine:latest", elsewhere: true },
    { id: "a:latest" },
  ]);
});
