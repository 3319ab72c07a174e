import { describe, expect, test } from "vitest";
import type { ChatRequest, ImagePart, Message, Params, TextPart } from "../../../src/core/chat.ts";
import type { EncodeTarget } from "../../../src/dialects/dialect.ts";
import { encodeRequest } from "../../../src/dialects/openai-chat/request.ts";
import { recorded } from "./fixtures.ts";

const HI: Message = { role: "user", parts: [{ type: "text", text: "hi" }] };

function encode(request: Partial<ChatRequest>, target: Partial<EncodeTarget> = {}) {
  const wire = encodeRequest(
    { messages: [HI], tools: [], params: {}, ...request },
    { type: "generic", model: "m", params: {}, stream: false, key: undefined, ...target },
  );
  return { ...wire, body: JSON.parse(wire.body ?? "") };
}

function params(wanted: Params, target: Partial<EncodeTarget> = {}) {
  const { model: _, messages: __, ...rest } = encode({}, { params: wanted, ...target }).body;
  return rest;
}

test("a plain question is a plain string", () => {
  const wire = encode({ messages: [{ role: "system", parts: [{ type: "text", text: "be brief" }] }, HI] });
  expect(wire).toMatchObject({ method: "POST", path: "/chat/completions" });
  expect(wire.body).toEqual({
    model: "m",
    messages: [
      { role: "system", content: "be brief" },
      { role: "user", content: "hi" },
    ],
  });
});

test("the key stands in the one header it belongs in, and nowhere without a key", () => {
  expect(encode({}, { key: "sk-1" }).headers["authorization"]).toBe("Bearer sk-1");
  expect(encode({}).headers).not.toHaveProperty("authorization");
  expect(JSON.stringify(encode({}, { key: "sk-1" }).body)).not.toContain("sk-1");
});

test("a stream is asked for with its usage", () => {
  expect(params({}, { stream: true })).toEqual({ stream: true, stream_options: { include_usage: true } });
});

test("whether it streams is the target's word, not a parameter's", () => {
  expect(params({ stream: true })).toEqual({});
  expect(params({ stream: false }, { stream: true })).toMatchObject({ stream: true });
});

test("an image is inlined or named by its address", () => {
  const { messages } = JSON.parse(recorded("image.request.json"));
  const data = String(messages[0].content[1].image_url.url).replace("data:image/png;base64,", "");
  const wire = encode({
    messages: [
      {
        role: "user",
        parts: [
          { type: "text", text: "PING-IMAGE" },
          { type: "image", media: "image/png", data },
        ],
      },
    ],
  });
  expect(wire.body.messages).toEqual(messages);
  const named = encode({
    messages: [{ role: "user", parts: [{ type: "image", data: "https://a.example/x.png", detail: "low" }] }],
  });
  expect(named.body.messages[0].content).toEqual([
    { type: "image_url", image_url: { url: "https://a.example/x.png", detail: "low" } },
  ]);
});

test("several texts stay apart, as parts", () => {
  const parts = [
    { type: "text", text: "a" },
    { type: "text", text: "b" },
  ] as const;
  expect(encode({ messages: [{ role: "user", parts }] }).body.messages[0].content).toEqual(parts);
});

test("tools, their calls and their results have the recorded shape", () => {
  const expected = JSON.parse(recorded("tool-result.request.json"));
  const [{ function: tool }] = expected.tools;
  const wire = encode(
    {
      messages: [
        { role: "user", parts: [{ type: "text", text: "PING-TOOL" }] },
        {
          role: "assistant",
          parts: [{ type: "tool-call", id: "call_oslo1", name: "get_weather", arguments: '{"city":"Oslo"}' }],
        },
        {
          role: "tool",
          parts: [{ type: "tool-result", id: "call_oslo1", content: [{ type: "text", text: "7" }] }],
        },
      ],
      tools: [tool],
    },
    { model: "gpt-4o", params: { max_tokens: 32 } },
  );
  expect(wire.body).toEqual(expected);
});

test("every result of one turn is a message of its own", () => {
  const results = ["a", "b"].map(
    (id) => ({ type: "tool-result", id, content: [{ type: "text", text: id }] }) as const,
  );
  const calls = ["a", "b"].map((id) => ({ type: "tool-call", id, name: "f", arguments: "{}" }) as const);
  const messages: Message[] = [
    { role: "assistant", parts: calls },
    { role: "tool", parts: results },
  ];
  expect(encode({ messages }).body.messages.slice(1)).toEqual([
    { role: "tool", tool_call_id: "a", content: "a" },
    { role: "tool", tool_call_id: "b", content: "b" },
  ]);
});

test("a message of nothing is an empty string", () => {
  expect(encode({ messages: [{ role: "assistant", parts: [] }] }).body.messages[0].content).toBe("");
});

test("a tool may be told strictly, without description or parameters", () => {
  expect(encode({ tools: [{ name: "f", strict: true }] }).body.tools).toEqual([
    { type: "function", function: { name: "f", strict: true } },
  ]);
});

test.each([
  ["required", "required"],
  [{ name: "f" }, { type: "function", function: { name: "f" } }],
] as const)("tool choice %j", (toolChoice, wire) => {
  expect(encode({ tools: [{ name: "f" }], toolChoice }).body.tool_choice).toEqual(wire);
});

test.each(["o1", "o3-mini", "gpt-5.1"])(
  "%s is asked with max_completion_tokens, as it refuses max_tokens",
  (model) => {
    expect(params({ max_tokens: 5 }, { type: "openai", model })).toEqual({ max_completion_tokens: 5 });
  },
);

test("other models and servers keep max_tokens", () => {
  expect(params({ max_tokens: 5 }, { type: "openai", model: "gpt-4o" })).toEqual({ max_tokens: 5 });
  expect(params({ max_tokens: 5 }, { type: "ollama", model: "gpt-5-clone" })).toEqual({ max_tokens: 5 });
});

test("local servers get max_completion_tokens under the name they know", () => {
  expect(params({ max_completion_tokens: 5 }, { type: "vllm" })).toEqual({ max_tokens: 5 });
  expect(params({ max_completion_tokens: 5, max_tokens: 9 }, { type: "vllm" })).toEqual({ max_tokens: 9 });
});

test("parameters go as they stand", () => {
  const wanted = {
    temperature: 0,
    stop: ["a"],
    seed: 7,
    response_format: { type: "json_object" },
    num_ctx: 8192,
  };
  expect(params(wanted)).toEqual(wanted);
});

test.each([
  ["google", { google: { thought_signature: "c2ln" } }],
  ["openai", undefined],
] as const)("a signed call goes to %s with %j", (type, extra_content) => {
  const proof = { dialect: "gemini", data: "c2ln" } as const;
  const call = { type: "tool-call", id: "a", name: "f", arguments: "{}", proof } as const;
  const { messages } = encode({ messages: [HI, { role: "assistant", parts: [call] }] }, { type }).body;
  expect(messages[1].tool_calls[0].extra_content).toEqual(extra_content);
});

describe("calls and results are repaired, as OpenAI refuses a history in which they do not fit", () => {
  const call = (...ids: readonly string[]): Message => ({
    role: "assistant",
    parts: ids.map((id) => ({ type: "tool-call", id, name: "f", arguments: "{}" }) as const),
  });
  const result = (id: string, ...content: readonly (TextPart | ImagePart)[]): Message => ({
    role: "tool",
    parts: [{ type: "tool-result", id, content }],
  });
  const text = (said: string): TextPart => ({ type: "text", text: said });
  const image: ImagePart = { type: "image", media: "image/png", data: "AAAA" };
  const sent = (messages: readonly Message[], target: Partial<EncodeTarget> = {}) =>
    encode({ messages }, { type: "openai", model: "gpt-4o", ...target }).body.messages;

  test("a call that nobody answered gets a result, a result of no call is told as text", () => {
    expect(sent([HI, call("a", "b"), result("b", text("2")), result("x", text("stray")), HI])).toMatchObject([
      {},
      { tool_calls: [{ id: "a" }, { id: "b" }] },
      { role: "tool", tool_call_id: "b", content: "2" },
      { role: "tool", tool_call_id: "a", content: "(no result)" },
      { role: "user", content: [{ type: "text", text: "stray" }] },
      { role: "user", content: "hi" },
    ]);
  });

  test("images of results follow all results of the turn", () => {
    expect(sent([call("a", "b"), result("a", image), result("b", text("2"))])).toMatchObject([
      {},
      { role: "tool", tool_call_id: "a", content: "" },
      { role: "tool", tool_call_id: "b", content: "2" },
      { role: "user", content: [{ type: "image_url" }] },
    ]);
  });

  test("results stand before what the user or the system said first", () => {
    const system: Message = { role: "system", parts: [text("brief")] };
    expect(sent([call("a"), system, HI, result("a", text("1"))])).toMatchObject([
      {},
      { role: "tool", tool_call_id: "a" },
      { role: "system" },
      { role: "user" },
    ]);
  });

  test.each([
    ["openai", "gpt-4o", /^.{1,40}$/],
    ["openai", "mistral-large-latest", /^[a-zA-Z0-9]{9}$/],
    ["vllm", "mistralai/Devstral-Small", /^[a-zA-Z0-9]{9}$/],
  ] as const)("ids fit %s with %s, stand once, and results follow them", (type, model, fits) => {
    const long = `chatcmpl-tool-${"0123456789abcdef".repeat(2)}`;
    const ids = [long, `${long}-again`, "call_1", "call_1", ""];
    const wire: { tool_calls?: { id: string }[]; tool_call_id?: string }[] = sent(
      ids.flatMap((id) => [call(id), result(id, text("1"))]),
      { type, model },
    );
    const called = wire.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
    expect(new Set(called).size).toBe(ids.length);
    for (const id of called) expect(id).toMatch(fits);
    expect(wire.flatMap(({ tool_call_id }) => tool_call_id ?? [])).toEqual(called);
  });

  test("ids that fit stay what they are", () => {
    expect(sent([call("toolu_01A"), result("toolu_01A")])).toMatchObject([
      { tool_calls: [{ id: "toolu_01A" }] },
      { tool_call_id: "toolu_01A" },
    ]);
    expect(sent([call("abcDEF123")], { model: "open-mixtral-8x22b" })).toMatchObject([
      { tool_calls: [{ id: "abcDEF123" }] },
      {},
    ]);
    expect(sent([call("x".repeat(50))], { type: "vllm", model: "qwen3" })[0].tool_calls[0].id).toHaveLength(
      50,
    );
  });

  test("tools of the past have names that OpenAI takes", () => {
    const past: Message = {
      role: "assistant",
      parts: [{ type: "tool-call", id: "a", name: "fs.read/all", arguments: "{}" }],
    };
    expect(sent([past])[0].tool_calls[0].function.name).toBe("fs_read_all");
    expect(sent([past], { type: "generic" })[0].tool_calls[0].function.name).toBe("fs.read/all");
  });
});

test("a choice among no tools is not sent, for it is refused", () => {
  const { body } = encode({ toolChoice: "auto" }, { params: { parallel_tool_calls: false } });
  expect(body).not.toHaveProperty("tool_choice");
  expect(body).not.toHaveProperty("parallel_tool_calls");
  expect(encode({ tools: [{ name: "f" }] }, { params: { parallel_tool_calls: false } }).body).toHaveProperty(
    "parallel_tool_calls",
  );
});
