import { expect, test } from "vitest";
import type { Part } from "../../../src/core/chat.ts";
import { writeCallId, writeSignature } from "../../../src/dialects/anthropic/door-proofs.ts";
import { accepted, refused, withFields } from "./door-fixtures.ts";

const PIXEL = "iVBORw0KGgo=";

/** What one block is read as, in a message of this role. */
function read(block: object, role = "user") {
  const { request, gaps } = accepted(withFields({ messages: [{ role, content: [block] }] }));
  return { parts: request.messages.flatMap(({ parts }) => parts), gaps };
}

function why(block: object) {
  return refused(withFields({ messages: [{ role: "user", content: [block] }] }));
}

test.each<[string, object, Part]>([
  ["text", { type: "text", text: "hi" }, { type: "text", text: "hi" }],
  [
    "text with a mark",
    { type: "text", text: "hi", cache_control: { type: "ephemeral" } },
    { type: "text", text: "hi", cache: "5m" },
  ],
  [
    "an image",
    { type: "image", source: { type: "base64", media_type: "image/PNG", data: PIXEL } },
    { type: "image", media: "image/png", data: PIXEL },
  ],
  [
    "an image by its address",
    { type: "image", source: { type: "url", url: "https://example.org/a.png" } },
    { type: "image", data: "https://example.org/a.png" },
  ],
  [
    "a document of plain text",
    { type: "document", title: "T", source: { type: "text", media_type: "text/plain", data: "words" } },
    { type: "text", text: "T\n\nwords" },
  ],
])("%s", (_, block, part) => {
  expect(read(block)).toEqual({ parts: [part], gaps: [] });
});

test("calls and thoughts of the assistant", () => {
  const gemini = { dialect: "gemini", data: "c2ln" } as const;
  const content = [
    { type: "thinking", thinking: "hm", signature: "U2ln" },
    { type: "redacted_thinking", data: "ZGF0YQ==" },
    { type: "thinking", thinking: "unsigned", signature: "" },
    { type: "thinking", thinking: "other", signature: writeSignature(gemini) },
    {
      type: "redacted_thinking",
      data: writeSignature({ dialect: "openai-responses", id: "rs:1", data: "x:y" }),
    },
    { type: "redacted_thinking", data: writeSignature(undefined) },
    { type: "thinking", thinking: "", signature: writeSignature(undefined) },
    { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Oslo" } },
    { type: "tool_use", id: writeCallId({ id: "a.b", proof: gemini }), name: "time", input: {} },
  ];
  const { request } = accepted(withFields({ messages: [{ role: "assistant", content }] }));
  expect(request.messages).toEqual([
    {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "hm", proof: { dialect: "anthropic", data: "U2ln" } },
        { type: "reasoning", text: "", proof: { dialect: "anthropic", data: "ZGF0YQ==", redacted: true } },
        { type: "reasoning", text: "unsigned" },
        { type: "reasoning", text: "other", proof: gemini },
        { type: "reasoning", text: "", proof: { dialect: "openai-responses", id: "rs:1", data: "x:y" } },
        { type: "tool-call", id: "toolu_1", name: "weather", arguments: '{"city":"Oslo"}' },
        { type: "tool-call", id: "a.b", name: "time", arguments: "{}", proof: gemini },
      ],
    },
  ]);
});

test("results of tools are messages of their own, in their order", () => {
  const content = [
    { type: "text", text: "before" },
    { type: "tool_result", tool_use_id: "a", content: "plain" },
    {
      type: "tool_result",
      tool_use_id: writeCallId({ id: "b:1" }),
      is_error: true,
      content: [
        { type: "text", text: "seen" },
        { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
      ],
    },
    { type: "tool_result", tool_use_id: "c" },
    { type: "text", text: "after" },
  ];
  const { request, gaps } = accepted(withFields({ messages: [{ role: "user", content }] }));
  expect(gaps).toEqual([]);
  expect(request.messages).toEqual([
    { role: "user", parts: [{ type: "text", text: "before" }] },
    {
      role: "tool",
      parts: [
        { type: "tool-result", id: "a", content: [{ type: "text", text: "plain" }] },
        {
          type: "tool-result",
          id: "b:1",
          failed: true,
          content: [
            { type: "text", text: "seen" },
            { type: "image", media: "image/png", data: PIXEL },
          ],
        },
        { type: "tool-result", id: "c", content: [] },
      ],
    },
    { role: "user", parts: [{ type: "text", text: "after" }] },
  ]);
});

test("what the system says in the middle stays there", () => {
  const messages = [
    { role: "user", content: "a" },
    { role: "system", content: "b" },
    { role: "assistant", content: "c" },
  ];
  const { request } = accepted(withFields({ messages, system: "first" }));
  expect(request.messages.map(({ role }) => role)).toEqual(["system", "user", "system", "assistant"]);
});

test.each([
  { type: "document", source: { type: "base64", media_type: "application/pdf", data: PIXEL } },
  { type: "document", citations: { enabled: true }, source: { type: "text", data: "words" } },
  { type: "image", source: { type: "file", file_id: "f" } },
  { type: "search_result", source: "s", title: "t", content: [] },
  { type: "server_tool_use", id: "s", name: "web_search", input: {} },
  { type: "web_search_tool_result", tool_use_id: "s", content: [] },
  { type: "container_upload", file_id: "f" },
  { type: "of the future" },
])("only Anthropic can be sent %j", (block) => {
  expect(read(block).gaps).toEqual([{ field: "messages[0].content[0]", harmless: false }]);
});

test.each([
  ["C43 a file", { type: "url", url: "file:///etc/passwd" }, "source.url", "image_url_forbidden"],
  ["C47 a drawing", { type: "base64", media_type: "image/svg+xml", data: PIXEL }, "source.media_type"],
  ["C47 no base64", { type: "base64", media_type: "image/png", data: "??" }, "source.data"],
  ["no source", undefined, "source"],
])("%s is no image", (_, source, where, code = "invalid_request") => {
  expect(why({ type: "image", source })).toMatchObject({ code, param: `messages[0].content[0].${where}` });
});

test.each([
  [{ type: "tool_use", id: "a", name: "x", input: "text" }, "input"],
  [{ type: "tool_use", name: "x", input: {} }, "id"],
  [{ type: "tool_result", tool_use_id: 1 }, "tool_use_id"],
  [{ type: "tool_result", tool_use_id: "a", content: 7 }, "content"],
  [{ type: "thinking", signature: "x" }, "thinking"],
])("%j is refused", (block, field) => {
  expect(why(block)).toMatchObject({ status: 400, param: `messages[0].content[0].${field}` });
});
