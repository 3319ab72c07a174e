import { describe, expect, test } from "vitest";
import type { ChatRequest, Message, Params } from "../../../src/core/chat.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";

const { request } = DIALECTS["gemini"];
const KEY = "key-of-a-test";

function encode(
  over: Partial<ChatRequest> = {},
  params: Params = {},
  model = "gemini-2.5-flash",
  stream = false,
) {
  const target = { type: "google", model, params, stream, key: KEY } as const;
  const wire = request.encode({ messages: [user("hi")], tools: [], params: {}, ...over }, target);
  const body: unknown = JSON.parse(wire.body ?? "");
  return { wire, body };
}

function user(text: string): Message {
  return { role: "user", parts: [{ type: "text", text }] };
}

function gaps(over: Partial<ChatRequest>, params: Params = {}, model = "gemini-2.5-flash") {
  return request.gaps(
    { messages: [user("hi")], tools: [], params: {}, ...over },
    { type: "google", model, params },
  );
}

test("A001-22 the key stands in its header and nowhere in the address; assistant is model; system stands apart", () => {
  const { wire, body } = encode({
    messages: [
      { role: "system", parts: [{ type: "text", text: "brief" }] },
      user("a"),
      { role: "assistant", parts: [{ type: "text", text: "b" }] },
      user("c"),
      user("d"),
    ],
  });
  expect(wire).toMatchObject({ method: "POST", path: "/models/gemini-2.5-flash:generateContent" });
  expect(wire.headers).toMatchObject({ "x-goog-api-key": KEY });
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: "brief" }] },
    contents: [
      { role: "user", parts: [{ text: "a" }] },
      { role: "model", parts: [{ text: "b" }] },
      { role: "user", parts: [{ text: "c" }, { text: "d" }] },
    ],
  });
});

test.each([
  ["gemini-x", "/models/gemini-x:streamGenerateContent?alt=sse"],
  ["models/gemini-x", "/models/gemini-x:streamGenerateContent?alt=sse"],
  ["tunedModels/mine", "/tunedModels/mine:streamGenerateContent?alt=sse"],
  ["a/b?c", "/models/a%2Fb%3Fc:streamGenerateContent?alt=sse"],
])("the model %s is asked for a stream at %s", (model, path) => {
  expect(encode({}, {}, model, true).wire.path).toBe(path);
});

describe("tool calls in the history", () => {
  const call = (id: string, args = '{"city":"Oslo"}') =>
    ({ type: "tool-call", id, name: `get_${id}`, arguments: args }) as const;
  const result = (id: string, text: string, failed = false) =>
    ({
      type: "tool-result",
      id,
      content: [{ type: "text", text }],
      ...(failed && { failed: true as const }),
    }) as const;
  const turn = (messages: readonly Message[], model?: string) =>
    encode({ messages: [user("q"), ...messages] }, {}, model).body;

  test("X-05 every call gets one result under its name, as an object; a failed one says so, a missing one is told", () => {
    const body = turn([
      { role: "assistant", parts: [call("a"), call("b"), call("c", "not json"), call("d", "")] },
      { role: "tool", parts: [result("b", "7 degrees")] },
      { role: "tool", parts: [result("a", '{"c":7}'), result("c", "broke", true)] },
    ]);
    expect(body).toMatchObject({
      contents: [
        {},
        {
          role: "model",
          parts: [
            { functionCall: { id: "a", name: "get_a", args: { city: "Oslo" } } },
            {},
            { functionCall: { args: { arguments: "not json" } } },
            { functionCall: { args: {} } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "b", name: "get_b", response: { result: "7 degrees" } } },
            { functionResponse: { id: "a", name: "get_a", response: { c: 7 } } },
            { functionResponse: { name: "get_c", response: { error: "broke" } } },
            { functionResponse: { name: "get_d", response: { error: "no result" } } },
          ],
        },
      ],
    });
  });

  test("results stand last in the user's turn: newer models refuse anything behind them", () => {
    const image = { type: "image", media: "image/png", data: "AAAA" } as const;
    const messages: readonly Message[] = [
      { role: "assistant", parts: [call("a"), call("b")] },
      { role: "tool", parts: [{ ...result("a", "1"), content: [{ type: "text", text: "1" }, image] }] },
      user("go on"),
      { role: "tool", parts: [result("b", "2")] },
    ];
    expect(turn(messages)).toMatchObject({
      contents: [
        {},
        { role: "model" },
        {
          role: "user",
          parts: [
            { inlineData: {} },
            { text: "go on" },
            { functionResponse: { id: "a", response: { result: "1" } } },
            { functionResponse: { id: "b", response: { result: "2" } } },
          ],
        },
      ],
    });
  });

  test("functions of the past have names that Gemini takes, in calls and results", () => {
    const odd = { ...call("a"), name: "9/lives" };
    const body = turn([
      { role: "assistant", parts: [odd] },
      { role: "tool", parts: [result("a", "1")] },
    ]);
    expect(body).toMatchObject({
      contents: [
        {},
        { parts: [{ functionCall: { name: "_9_lives" } }] },
        { parts: [{ functionResponse: { name: "_9_lives" } }] },
      ],
    });
  });

  test("a result whose call is missing is what the user says, its images too", () => {
    const image = { type: "image", media: "image/png", data: "AAAA" } as const;
    const body = turn([
      { role: "tool", parts: [{ ...result("x", "late"), content: [{ type: "text", text: "late" }, image] }] },
    ]);
    expect(body).toMatchObject({
      contents: [
        { parts: [{ text: "q" }, { text: "late" }, { inlineData: { mimeType: "image/png", data: "AAAA" } }] },
      ],
    });
  });

  test("a conversation that begins with the model gets a turn of the user before it, an empty one too", () => {
    const said = { role: "assistant", parts: [{ type: "text", text: "hello" }] } as const;
    expect(encode({ messages: [said] }).body).toMatchObject({
      contents: [{ role: "user" }, { role: "model" }],
    });
    expect(encode({ messages: [] }).body).toMatchObject({ contents: [{ role: "user" }] });
  });

  test("Gemini's own signatures come back; for calls of others Gemini 3 gets the placeholder, once a step", () => {
    const messages = [{ role: "assistant", parts: [call("a"), call("b")] }] as const;
    const signed = { ...call("a"), proof: { dialect: "gemini", data: "sig" } } as const;
    const partsOf = (body: unknown) => JSON.stringify(body).match(/"thoughtSignature":"[^"]*"/g);
    expect(partsOf(turn(messages, "gemini-3-pro-preview"))).toEqual([
      '"thoughtSignature":"skip_thought_signature_validator"',
    ]);
    expect(partsOf(turn(messages, "gemini-flash-latest"))).toHaveLength(1);
    expect(partsOf(turn(messages, "gemini-2.5-flash"))).toHaveLength(1);
    expect(partsOf(turn(messages, "gemini-2.0-flash"))).toBeNull();
    expect(partsOf(turn([{ role: "assistant", parts: [signed] }], "gemini-3-flash"))).toEqual([
      '"thoughtSignature":"sig"',
    ]);
    const foreign = { ...call("a"), proof: { dialect: "anthropic", data: "theirs" } } as const;
    expect(JSON.stringify(turn([{ role: "assistant", parts: [foreign] }]))).not.toContain("theirs");
  });

  test("the signature of reasoning stands on the text after it, or alone", () => {
    const proven = { type: "reasoning", text: "hm", proof: { dialect: "gemini", data: "s" } } as const;
    expect(turn([{ role: "assistant", parts: [proven, { type: "text", text: "yes" }] }])).toMatchObject({
      contents: [{}, { parts: [{ text: "yes", thoughtSignature: "s" }] }],
    });
    expect(turn([{ role: "assistant", parts: [proven, proven] }])).toMatchObject({
      contents: [
        {},
        {
          parts: [
            { text: "", thoughtSignature: "s" },
            { text: "", thoughtSignature: "s" },
          ],
        },
      ],
    });
  });
});

test("parameters have Gemini's names", () => {
  const schema = { type: "object", properties: {} };
  const { body } = encode(
    {},
    {
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 5,
      stop: "END",
      seed: 3,
      presence_penalty: 1,
      frequency_penalty: null,
      response_format: {
        type: "json_schema",
        json_schema: { name: "x", schema: { $schema: "s", ...schema } },
      },
    },
    "gemini-2.0-flash",
  );
  expect(body).toMatchObject({
    generationConfig: {
      temperature: 0.5,
      topP: 0.9,
      maxOutputTokens: 5,
      stopSequences: ["END"],
      seed: 3,
      presencePenalty: 1,
      responseMimeType: "application/json",
      responseJsonSchema: schema,
    },
  });
  expect(JSON.stringify(body)).not.toMatch(/frequencyPenalty|\$schema/);
});

test.each([
  ["text", {}],
  ["json_object", { responseMimeType: "application/json" }],
  ["json_schema", { responseMimeType: "application/json" }],
])("the response format %s", (type, config) => {
  const { body } = encode({}, { seed: 1, response_format: { type } });
  expect(body).toMatchObject({ generationConfig: { seed: 1, ...config } });
});

test.each([
  ["gemini-2.5-flash", "none", { includeThoughts: false, thinkingBudget: 0 }],
  ["gemini-2.5-pro", "none", { includeThoughts: false, thinkingBudget: 128 }],
  ["gemini-2.5-pro", "medium", { includeThoughts: true, thinkingBudget: 8192 }],
  ["gemini-3-pro-preview", "medium", { includeThoughts: true, thinkingLevel: "high" }],
  ["gemini-3-pro-preview", "minimal", { includeThoughts: true, thinkingLevel: "low" }],
  ["gemini-3.1-pro-preview", "medium", { includeThoughts: true, thinkingLevel: "medium" }],
  ["gemini-flash-latest", "low", { includeThoughts: true, thinkingLevel: "low" }],
  ["gemini-3-flash", "none", { includeThoughts: false, thinkingLevel: "minimal" }],
  ["gemini-3-flash", "xhigh", { includeThoughts: true, thinkingLevel: "high" }],
])("%s thinks %s", (model, effort, thinkingConfig) => {
  expect(encode({}, { reasoning_effort: effort }, model).body).toMatchObject({
    generationConfig: { thinkingConfig },
  });
});

test("X-05 tools and the choice among them", () => {
  const tools = [
    { name: "f", description: "d", parameters: { $schema: "s", type: "object" } },
    { name: "g" },
  ];
  const choose = (toolChoice: NonNullable<ChatRequest["toolChoice"]>) => encode({ tools, toolChoice }).body;
  expect(choose("required")).toMatchObject({
    tools: [
      {
        functionDeclarations: [
          { name: "f", description: "d", parametersJsonSchema: { type: "object" } },
          { name: "g" },
        ],
      },
    ],
    toolConfig: { functionCallingConfig: { mode: "ANY" } },
  });
  expect(choose({ name: "f" })).toMatchObject({
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
  });
});

describe("A001-32 what cannot be sent", () => {
  const picture = (data: string, media?: string): Message => ({
    role: "user",
    parts: [{ type: "image", data, ...(media !== undefined && { media }) }],
  });

  test.each<[string, Partial<ChatRequest>, Params]>([
    ["image_url", { messages: [picture("https://example.com/a.png")] }, {}],
    ["image_url", { messages: [picture("AAAA", "image/gif")] }, {}],
    ["tools[1].function.name", { tools: [{ name: "f.g:h-1" }, { name: "a/b" }] }, {}],
    ["tools[0].function.name", { tools: [{ name: "1st" }] }, {}],
    ["response_format", { tools: [{ name: "f" }] }, { response_format: { type: "json_object" } }],
    ["stop", {}, { stop: ["1", "2", "3", "4", "5", "6"] }],
    ["n", {}, { n: 2 }],
    ["logprobs", {}, { logprobs: true }],
  ])("%s keeps a request away", (field, over, params) => {
    expect(gaps(over, params)).toEqual([{ field, harmless: false }]);
  });

  test.each<[string, Partial<ChatRequest>, Params]>([
    ["logit_bias", {}, { logit_bias: {} }],
    ["user", {}, { user: "u" }],
    ["extra_body", {}, { extra_body: {} }],
    ["parallel_tool_calls", {}, { parallel_tool_calls: false }],
    ["reasoning_effort", {}, { reasoning_effort: "extreme" }],
    ["presence_penalty", {}, { presence_penalty: 0.5, frequency_penalty: 0 }],
    ["seed", {}, { seed: 2 ** 31 }],
    ["cache_control", { tools: [{ name: "f", cache: "5m" }] }, {}],
    ["reasoning", { messages: [{ role: "assistant", parts: [{ type: "reasoning", text: "hm" }] }] }, {}],
  ])("%s is left out and told", (field, over, params) => {
    expect(gaps(over, params)).toEqual([{ field, harmless: true }]);
  });

  test("images in the request and files that Google has are sent", () => {
    const file = "https://generativelanguage.googleapis.com/v1beta/files/x";
    const messages = [picture("AAAA", "image/png"), picture(file)];
    expect(gaps({ messages })).toEqual([]);
    expect(encode({ messages }).body).toMatchObject({
      contents: [{ parts: [{ inlineData: {} }, { fileData: { fileUri: file } }] }],
    });
  });

  test("what is told as left out is not sent", () => {
    const { body } = encode({}, { seed: 2 ** 31, frequency_penalty: 1, top_p: 1 });
    expect(body).toMatchObject({ generationConfig: { topP: 1 } });
    expect(JSON.stringify(body)).not.toMatch(/seed|Penalty/);
  });

  test("no more is asked for than a model can answer", () => {
    const params = { max_tokens: 100_000 };
    expect(encode({}, params).body).toMatchObject({ generationConfig: { maxOutputTokens: 65_536 } });
    expect(encode({}, params, "gemma-3").body).toMatchObject({
      generationConfig: { maxOutputTokens: 100_000 },
    });
    expect(gaps({}, params, "gemini-2.0-flash")).toEqual([{ field: "max_tokens", harmless: true }]);
    expect(gaps({}, params, "gemma-3")).toEqual([]);
    expect(gaps({}, { max_completion_tokens: 65_536 })).toEqual([]);
  });

  test("newer models call functions and answer in JSON, and go on from no words of their own", () => {
    const json = { response_format: { type: "json_object" } };
    expect(gaps({ tools: [{ name: "f" }] }, json, "gemini-3-flash-preview")).toEqual([]);
    const messages = [user("hi"), { role: "assistant", parts: [{ type: "text", text: "Well" }] } as const];
    expect(gaps({ messages }, {}, "gemini-3-flash-preview")).toEqual([]);
    expect(gaps({ messages }, {}, "gemini-3.6-flash")).toEqual([{ field: "messages[1]", harmless: false }]);
  });

  test("an older model takes no effort", () => {
    expect(gaps({}, { reasoning_effort: "low" }, "gemini-2.0-flash")).toEqual([
      { field: "reasoning_effort", harmless: true },
    ]);
  });
});
