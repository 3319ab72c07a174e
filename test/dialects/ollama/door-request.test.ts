import { describe, expect, test } from "vitest";
import type { Params } from "../../../src/core/chat.ts";
import { encodeSameChat, encodeSameGenerate } from "../../../src/dialects/ollama/door-same.ts";
import { chatting, generating, refused, withFields } from "./door-fixtures.ts";

const text = (said: string) => ({ type: "text", text: said });

function messages(list: readonly object[]) {
  return chatting({ model: "m", messages: list }).request.messages;
}

const call = (name: string, more: object = {}) => ({ function: { name, arguments: { a: 1 } }, ...more });

describe("messages", () => {
  test("are read with what was thought, and images whose kind their first bytes tell", () => {
    const images = ["iVBORw0KGgo=", "/9j/AAAA", "R0lGOD==", "UklGRg==", "data:image/png;base64,iVBO"];
    const [system, user, assistant] = messages([
      { role: "system", content: "be brief" },
      { role: "user", content: "see", images },
      { role: "assistant", content: "yes", thinking: "so" },
    ]);
    expect(system).toEqual({ role: "system", parts: [text("be brief")] });
    expect(
      user?.parts.map((part) => (part.type === "image" ? `${part.media} ${part.data}` : part.type)),
    ).toEqual([
      "text",
      "image/png iVBORw0KGgo=",
      "image/jpeg /9j/AAAA",
      "image/gif R0lGOD==",
      "image/webp UklGRg==",
      "image/png iVBO",
    ]);
    expect(assistant?.parts).toEqual([{ type: "reasoning", text: "so" }, text("yes")]);
  });

  test("calls without ids are given some, and results find them by id, by name, or in their order", () => {
    const [said, results] = messages([
      {
        role: "assistant",
        content: "",
        tool_calls: [call("f"), call("g"), call("f", { id: "own" }), call("h"), { function: { name: "k" } }],
      },
      { role: "tool", tool_call_id: "own", content: "3" },
      { role: "tool", tool_name: "g", content: "2" },
      { role: "tool", name: "f", content: "1" },
      { role: "tool", content: "4" },
      { role: "tool", tool_call_id: "x", content: "", images: ["AAAA"] },
      { role: "tool", tool_name: "k", content: "5" },
      { role: "tool", content: "6" },
    ]);
    expect(said?.parts).toMatchObject([
      { id: "call_0", name: "f", arguments: '{"a":1}' },
      { id: "call_1", name: "g" },
      { id: "own", name: "f" },
      { id: "call_3", name: "h" },
      { id: "call_4", name: "k", arguments: "{}" },
    ]);
    const told = results?.parts.map((part) => (part.type === "tool-result" ? part.id : ""));
    expect(told).toEqual(["own", "call_1", "call_0", "call_3", "x", "call_4", ""]);
  });

  test("none at all only load the model", () => {
    expect(chatting({ model: "m" }).task).toBe("load");
    expect(chatting({ model: "m", messages: [] }).task).toBe("load");
    expect(chatting(withFields({})).task).toBe("chat");
  });

  test.each([
    ["no list", "hi", "messages"],
    ["of strings", ["hi"], "messages[0]"],
    ["without a role", [{ content: "hi" }], "messages[0].role"],
    ["of an unknown role", [{ role: "robot", content: "hi" }], "messages[0].role"],
    ["with parts for content", [{ role: "user", content: [] }], "messages[0].content"],
    ["with a number for a thought", [{ role: "assistant", thinking: 1 }], "messages[0].thinking"],
    ["with an image that is no text", [{ role: "user", images: [1] }], "messages[0].images"],
    ["with an image that is no base64", [{ role: "user", images: ["?"] }], "messages[0].images[0]"],
    [
      "with a call of nothing",
      [{ role: "assistant", tool_calls: [{}] }],
      "messages[0].tool_calls[0].function",
    ],
    [
      "with arguments as text",
      [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: "{}" } }] }],
      "messages[0].tool_calls[0].function.arguments",
    ],
  ])("C36 C37 C38 %s are 400", (_, list, param) => {
    expect(refused({ model: "m", messages: list })).toMatchObject({ status: 400, param });
  });
});

describe("tools", () => {
  test("are functions", () => {
    const parameters = { type: "object" };
    const tools = [
      { type: "function", function: { name: "f", description: "does it", parameters, strict: true } },
    ];
    expect(chatting(withFields({ tools })).request.tools).toEqual([
      { name: "f", description: "does it", parameters },
    ]);
    expect(chatting(withFields({ tools: null })).request.tools).toEqual([]);
  });

  test.each([
    [[{}], "tools[0].function"],
    [[{ function: {} }], "tools[0].function.name"],
    [[{ function: { name: "" } }], "tools[0].function.name"],
    [[{ function: { name: "f", parameters: "x" } }], "tools[0].function.parameters"],
    [Array.from({ length: 129 }, () => ({ function: { name: "f" } })), "tools"],
    ["x", "tools"],
  ])("C40 C41 that are none are 400 (%#)", (tools, param) => {
    expect(refused(withFields({ tools }))).toMatchObject({ status: 400, param });
  });
});

describe("parameters", () => {
  test("have the names of OpenAI chat inside; options and how long the model stays pass under their own", () => {
    const options = { num_predict: 7, temperature: 0.5, stop: ["x"], num_ctx: 4096, seed: null, mirostat: 1 };
    expect(
      chatting(withFields({ options, keep_alive: "5m", format: "json", think: true, stream: false })).request
        .params,
    ).toEqual({
      max_tokens: 7,
      temperature: 0.5,
      stop: ["x"],
      num_ctx: 4096,
      mirostat: 1,
      keep_alive: "5m",
      response_format: { type: "json_object" },
      reasoning_effort: "medium",
      stream: false,
    });
    expect(chatting(withFields({ options: { num_predict: -1 }, think: false })).request.params).toEqual({
      reasoning_effort: "none",
      stream: true,
    });
  });

  test("a schema is one that the answer has to have; an empty format is none", () => {
    const schema = { type: "object" };
    expect(chatting(withFields({ format: schema })).request.params["response_format"]).toEqual({
      type: "json_schema",
      json_schema: { name: "answer", schema },
    });
    expect(chatting(withFields({ format: "" })).request.params).not.toHaveProperty("response_format");
  });

  test("streams are the rule", () => {
    expect([chatting(withFields({})).stream, chatting(withFields({ stream: false })).stream]).toEqual([
      true,
      false,
    ]);
  });

  test.each([
    ["stream", "true"],
    ["options", []],
    ["options.temperature", { temperature: 9 }],
    ["options.num_predict", { num_predict: 1.5 }],
    ["options.stop", { stop: 7 }],
    ["format", "xml"],
    ["think", 1],
    ["logprobs", "yes"],
    ["model", ""],
  ])("C30 C34 C48 %s that makes no sense is 400", (param, value) => {
    const [field = ""] = param.split(".");
    expect(refused(withFields({ [field]: value }))).toMatchObject({ status: 400, param });
  });

  test("the odds of words only an Ollama can be asked for", () => {
    const gaps = [{ field: "logprobs", harmless: false }];
    expect(chatting(withFields({ logprobs: true })).gaps).toEqual(gaps);
    expect(chatting(withFields({ top_logprobs: 3 })).gaps).toEqual(gaps);
  });
});

describe("a prompt to go on with", () => {
  test("is what the user says, behind the system's text", () => {
    const { request, task, forAnswer } = generating({ prompt: "hi", system: "be brief", images: ["AAAA"] });
    expect(task).toBe("chat");
    expect(forAnswer).toEqual({ generates: true });
    expect(request.messages).toEqual([
      { role: "system", parts: [text("be brief")] },
      { role: "user", parts: [text("hi"), { type: "image", media: "image/png", data: "AAAA" }] },
    ]);
  });

  test.each([
    [{}, { generates: true }],
    [
      { prompt: "", keep_alive: 0 },
      { generates: true, leaves: true },
    ],
  ])("%j only loads the model", (fields, forAnswer) => {
    expect(generating(fields)).toMatchObject({ task: "load", forAnswer });
  });

  test.each([
    ["suffix", "x"],
    ["template", "{{ .Prompt }}"],
    ["raw", true],
    ["context", [1, 2]],
  ])("%s only an Ollama can be asked for", (field, value) => {
    expect(generating({ prompt: "hi", [field]: value }).gaps).toEqual([{ field, harmless: false }]);
  });

  test("what asks for nothing is nothing", () => {
    expect(generating({ prompt: "hi", suffix: "", raw: false, context: [], template: null }).gaps).toEqual(
      [],
    );
  });

  test("a prompt that is no text is 400", () => {
    expect(refused({ model: "m", prompt: 7 }, "generate")).toMatchObject({ status: 400, param: "prompt" });
  });
});

describe("for an Ollama", () => {
  function same(body: string, params: Params = {}): string | undefined {
    const read = chatting(body);
    const merged = { ...params, ...read.request.params };
    const target = { type: "ollama", model: "n", params: merged, stream: read.stream, key: "k" } as const;
    const wire = encodeSameChat(read, target);
    expect(wire).toMatchObject({ method: "POST", path: "/api/chat", headers: { authorization: "Bearer k" } });
    return wire.body;
  }

  const HI = '"messages":[{"role":"user","content":"hi"}]';

  test("only the model changes", () => {
    const rest = `${HI},"options":{"seed":12345678901234567890,"num_predict":3},"x":1}`;
    expect(same(`{"model":"m", ${rest}`)).toBe(`{"model":"n", ${rest}`);
  });

  test("a profile's options stand beside those of the client, and its other parameters behind", () => {
    const params = { temperature: 0.5, max_tokens: 99, keep_alive: "1h", reasoning_effort: "high" };
    expect(same(`{"model":"m",${HI},"options":{"num_predict":3},"think":false}`, params)).toBe(
      `{"model":"n",${HI},"options":{"num_predict":3,"temperature":0.5},"think":false,"keep_alive":"1h"}`,
    );
    expect(same(`{"model":"m",${HI}}`, { temperature: 0.5 })).toBe(
      `{"model":"n",${HI},"options":{"temperature":0.5}}`,
    );
  });

  test("a profile's system text stands first in a chat, and beside a prompt", () => {
    const target = {
      type: "ollama",
      model: "n",
      params: {},
      stream: true,
      key: undefined,
      system: "be brief",
    } as const;
    expect(encodeSameChat(chatting(`{"model":"m",${HI}}`), target).body).toBe(
      '{"model":"n","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]}',
    );
    expect(encodeSameGenerate(generating({ prompt: "hi" }), target)).toMatchObject({
      path: "/api/generate",
      body: '{"model":"n","prompt":"hi","system":"be brief"}',
    });
  });
});
