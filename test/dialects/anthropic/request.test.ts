import { describe, expect, it } from "vitest";
import type { Message } from "../../../src/core/chat.ts";
import { requestGaps } from "../../../src/dialects/anthropic/gaps.ts";
import { encodeRequest } from "../../../src/dialects/anthropic/request.ts";
import { asking, bodyOf } from "./fixtures.ts";

const text = (role: Message["role"], said: string): Message => ({
  role,
  parts: [{ type: "text", text: said }],
});
const call = (id: string, json = '{"city":"Oslo"}'): Message => ({
  role: "assistant",
  parts: [{ type: "tool-call", id, name: "weather", arguments: json }],
});
const result = (id: string, said = "Rain"): Message => ({
  role: "tool",
  parts: [{ type: "tool-result", id, content: [{ type: "text", text: said }] }],
});
const gapsOf = (request = asking(), params = {}, model = "claude-sonnet-4-5") =>
  requestGaps(request, { model, params });

describe("a request to Anthropic", () => {
  it("A001-19 goes to /messages with key and version; system stands on top, and max_tokens is set", () => {
    const request = asking({ messages: [text("system", "Be brief."), text("user", "Hi")] });
    const target = { type: "anthropic", model: "m", params: {}, stream: true, key: "sk" } as const;
    const wire = encodeRequest(request, target);
    expect(wire).toMatchObject({
      path: "/messages",
      headers: { "x-api-key": "sk", "anthropic-version": "2023-06-01" },
    });
    expect(JSON.parse(wire.body ?? "")).toEqual({
      model: "m",
      max_tokens: 4096,
      system: "Be brief.",
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      stream: true,
    });
  });

  it("merges turns of one speaker, leaves out what is blank, and lets the user begin", () => {
    const messages = [text("assistant", "Hello"), text("user", "a"), text("user", " "), text("user", "b")];
    expect(bodyOf(asking({ messages }))["messages"]).toEqual([
      { role: "user", content: [{ type: "text", text: "(start)" }] },
      { role: "assistant", content: [{ type: "text", text: "Hello" }] },
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ]);
  });

  it("puts all results of a turn first in one message, the user's words behind them", () => {
    const calls: Message = { role: "assistant", parts: [...call("a").parts, ...call("b").parts] };
    const body = bodyOf(asking({ messages: [text("user", "?"), calls, result("a"), text("user", "Go on")] }));
    expect(body["messages"]).toMatchObject([
      {},
      { content: [{ type: "tool_use", id: "a", input: { city: "Oslo" } }, { id: "b" }] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "Rain" }] },
          { type: "tool_result", tool_use_id: "b", is_error: true },
          { type: "text", text: "Go on" },
        ],
      },
    ]);
    expect(body).toMatchObject({ tools: [{ name: "weather" }], tool_choice: { type: "none" } });
  });

  it("repairs ids: other characters, and ones that stand twice", () => {
    const messages = [text("user", "?"), call("c.1"), result("c.1"), call("c.1"), result("c.1")];
    const [, first, one, second, two] = JSON.parse(JSON.stringify(bodyOf(asking({ messages }))["messages"]));
    expect([first.content[0].id, one.content[0].tool_use_id]).toEqual(["c_1", "c_1"]);
    expect([second.content[0].id, two.content[0].tool_use_id]).toEqual(["c_1_2", "c_1_2"]);
  });

  it("tells the result of a call nobody made as text", () => {
    expect(bodyOf(asking({ messages: [text("user", "?"), result("x")] }))["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "?" },
          { type: "text", text: "Rain" },
        ],
      },
    ]);
  });

  it.each([
    ["", {}],
    ["{", { invalid_json: "{" }],
    ["[1]", { invalid_json: "[1]" }],
  ])("sends an object for the arguments %j", (json, input) => {
    const messages = [text("user", "?"), call("a", json), result("a")];
    expect(bodyOf(asking({ messages }))["messages"]).toMatchObject([{}, { content: [{ input }] }, {}]);
  });

  it("sends its own signed reasoning back, and nobody else's", () => {
    const parts: Message["parts"] = [
      { type: "reasoning", text: "Hm", proof: { dialect: "anthropic", data: "sig" } },
      { type: "reasoning", text: "", proof: { dialect: "anthropic", data: "enc", redacted: true } },
      { type: "reasoning", text: "foreign" },
      { type: "text", text: "Yes" },
    ];
    const request = asking({
      messages: [text("user", "?"), { role: "assistant", parts }, text("user", "!")],
    });
    expect(bodyOf(request)["messages"]).toMatchObject([
      {},
      {
        content: [
          { type: "thinking", thinking: "Hm", signature: "sig" },
          { type: "redacted_thinking", data: "enc" },
          { type: "text", text: "Yes" },
        ],
      },
      {},
    ]);
    expect(gapsOf(request)).toEqual([{ field: "reasoning", harmless: true }]);
  });

  it("sends images as data and by address, and says which it cannot", () => {
    const image = (data: string, media?: string): Message => ({
      role: "user",
      parts: [{ type: "image", data, ...(media !== undefined && { media }) }],
    });
    const good = asking({ messages: [image("QQ==", "image/png"), image("https://a.example/b.png")] });
    expect(bodyOf(good)["messages"]).toMatchObject([
      {
        content: [
          { source: { type: "base64", media_type: "image/png", data: "QQ==" } },
          { source: { type: "url", url: "https://a.example/b.png" } },
        ],
      },
    ]);
    expect(gapsOf(good)).toEqual([]);
    const bad = asking({ messages: [image("QQ==", "image/bmp"), image("http://a.example/b.png")] });
    expect(gapsOf(bad)).toEqual([
      { field: "messages[0].content", harmless: false },
      { field: "messages[1].content", harmless: false },
    ]);
  });

  it.each([
    ["auto", undefined, undefined],
    ["required", { type: "any" }, undefined],
    ["none", { type: "none" }, undefined],
    [{ name: "weather" }, { type: "tool", name: "weather" }, undefined],
    ["auto", { type: "auto", disable_parallel_tool_use: true }, false],
  ] as const)("says of tool choice %j", (toolChoice, wanted, parallel) => {
    const tools = [{ name: "weather", cache: "1h" } as const];
    const params = parallel === undefined ? {} : { parallel_tool_calls: parallel };
    const body = bodyOf(asking({ tools, toolChoice }), params);
    expect(body["tools"]).toEqual([
      { name: "weather", input_schema: { type: "object" }, cache_control: { type: "ephemeral", ttl: "1h" } },
    ]);
    expect(body["tool_choice"]).toEqual(wanted ?? { type: "auto" });
  });

  it("sends the last four cache marks", () => {
    const messages = [1, 2, 3, 4, 5].map(
      (n): Message => ({ role: "user", parts: [{ type: "text", text: String(n), cache: "5m" }] }),
    );
    const sent = JSON.stringify(bodyOf(asking({ messages })));
    expect(sent.match(/cache_control/g)).toHaveLength(4);
    expect(sent).toContain('{"type":"text","text":"1"}');
    expect(gapsOf(asking({ messages }))).toEqual([{ field: "cache_control", harmless: true }]);
  });

  it("is not made to begin with words of the assistant's where the model refuses that", () => {
    const request = asking({ messages: [text("user", "?"), text("assistant", "Well")] });
    expect(gapsOf(request)).toEqual([]);
    expect(gapsOf(request, {}, "claude-opus-4-6")).toEqual([{ field: "messages[1]", harmless: false }]);
    const led = asking({ messages: [...request.messages, text("system", "Be brief.")] });
    expect(gapsOf(led, {}, "claude-opus-4-6")).toEqual([{ field: "messages[1]", harmless: false }]);
    const silent = asking({ messages: [text("user", "?"), text("assistant", " ")] });
    expect(gapsOf(silent, {}, "claude-opus-4-6")).toEqual([]);
  });

  it("lets no answer that is to go on end in white space", () => {
    const messages = [text("user", "?"), text("assistant", "Well, \n")];
    expect(bodyOf(asking({ messages }))["messages"]).toMatchObject([{}, { content: [{ text: "Well," }] }]);
  });

  it("leaves out a thought that nothing was said after, which the API refuses", () => {
    const thought = { type: "reasoning", text: "Hm", proof: { dialect: "anthropic", data: "sig" } } as const;
    const said: Message = { role: "assistant", parts: [thought, { type: "text", text: "a" }, thought] };
    const messages = [
      text("user", "?"),
      { role: "assistant", parts: [thought] } as const,
      said,
      text("user", "b"),
    ];
    expect(bodyOf(asking({ messages }))["messages"]).toEqual([
      { role: "user", content: [{ type: "text", text: "?" }] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm", signature: "sig" },
          { type: "text", text: "a" },
        ],
      },
      { role: "user", content: [{ type: "text", text: "b" }] },
    ]);
  });

  it("finds the results of calls behind what the user said first", () => {
    const messages = [text("user", "?"), call("a"), text("user", "wait"), result("a")];
    expect(bodyOf(asking({ messages }))["messages"]).toMatchObject([
      {},
      { role: "assistant" },
      { content: [{ type: "tool_result", tool_use_id: "a", content: [{ text: "Rain" }] }, { text: "wait" }] },
    ]);
  });

  it("calls tools of the past by names that the API takes", () => {
    const past: Message = {
      role: "assistant",
      parts: [{ type: "tool-call", id: "a", name: "fs.read/all", arguments: "{}" }],
    };
    const body = bodyOf(asking({ messages: [text("user", "?"), past, result("a")] }));
    expect(body).toMatchObject({
      messages: [{}, { content: [{ name: "fs_read_all" }] }, {}],
      tools: [{ name: "fs_read_all" }],
    });
  });

  it.each(["anyOf", "oneOf", "allOf"])(
    "tells %s of a tool's schema in words, as the API refuses it there",
    (word) => {
      const parameters = { type: "object", properties: { x: { [word]: [] } }, [word]: [{ required: ["x"] }] };
      const tools = [{ name: "b", description: "B.", parameters }];
      const [tool] = JSON.parse(JSON.stringify(bodyOf(asking({ tools }))["tools"]));
      expect(tool.input_schema).toEqual({ type: "object", properties: { x: { [word]: [] } } });
      expect(tool.description).toBe(`B.\n\nThe input also has to match {"${word}":[{"required":["x"]}]}`);
      expect(gapsOf(asking({ tools }))).toEqual([{ field: "tools.function.parameters", harmless: true }]);
    },
  );
});
