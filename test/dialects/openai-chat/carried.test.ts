import { describe, expect, it } from "vitest";
import type { ChatEvent, ChatRequest, Message, Part } from "../../../src/core/chat.ts";
import { openaiChatDoor as door } from "../../../src/dialects/openai-chat/door.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/index.ts";
import { accepted, withFields } from "./door-fixtures.ts";

const SIGNED = { dialect: "anthropic", data: "c2ln", id: "rs_1" } as const;
const REDACTED = { dialect: "openai-responses", data: "ZW5j", redacted: true } as const;
const identity = { id: "1", created: 1, model: "m" };

function request(...messages: readonly Message[]): ChatRequest {
  return { messages, tools: [], params: {} };
}

function saidBy(role: Message["role"], ...parts: readonly Part[]): ChatRequest {
  return request({ role, parts });
}

function sent(asked: ChatRequest, type: "openai" | "vllm" = "vllm") {
  const target = { type, model: "m", params: {}, stream: false, key: undefined };
  return JSON.parse(openaiChat.request.encode(asked, target).body ?? "").messages;
}

function gaps(asked: ChatRequest, type: "openai" | "vllm" = "vllm") {
  return openaiChat.request.gaps(asked, { type, model: "m", params: {} });
}

/** The parts of the second message of a conversation, in which the assistant says this. */
function read(message: object) {
  const messages = [
    { role: "user", content: "hi" },
    { role: "assistant", content: "yes", ...message },
  ];
  return accepted({ model: "m", messages }).request.messages[1]?.parts;
}

describe("reasoning that comes back from a client", () => {
  it("is read with what proves it", () => {
    const reasoning_details = [
      { type: "reasoning.text", text: "so", signature: "c2ln", id: "rs_1", format: "anthropic-claude-v1" },
      { type: "reasoning.encrypted", data: "ZW5j", format: "openai-responses-v1" },
      { type: "reasoning.summary", summary: "well", format: "unknown" },
      { type: "reasoning.text" },
      "noise",
    ];
    expect(read({ reasoning_details })).toEqual([
      { type: "reasoning", text: "so", proof: SIGNED },
      { type: "reasoning", text: "", proof: REDACTED },
      { type: "reasoning", text: "well" },
      { type: "text", text: "yes" },
    ]);
  });

  it.each(["reasoning_content", "reasoning"])("is read as plain text from %s", (name) => {
    expect(read({ [name]: "so" })?.[0]).toEqual({ type: "reasoning", text: "so" });
    expect(read({ [name]: "" })).toHaveLength(1);
  });

  it("goes to servers of open models as text, and to OpenAI not at all", () => {
    const thought = saidBy("assistant", { type: "reasoning", text: "so" }, { type: "text", text: "yes" });
    expect(sent(thought)).toEqual([{ role: "assistant", content: "yes", reasoning_content: "so" }]);
    expect(sent(thought, "openai")).toEqual([{ role: "assistant", content: "yes" }]);
    expect(gaps(thought)).toEqual([]);
    expect(gaps(thought, "openai")).toEqual([{ field: "reasoning", harmless: true }]);
  });

  it.each([
    ["deepseek-v4-flash", true],
    ["kimi-k2-thinking", true],
    ["deepseek-r1-distill-llama-70b", false],
    ["gpt-5", false],
  ])("goes back to %s in its cloud: %s", (model, goes) => {
    const call = { type: "tool-call", id: "a", name: "f", arguments: "{}" } as const;
    const target = { type: "openai", model, params: {}, stream: false, key: undefined } as const;
    const thinking = (...parts: readonly Part[]) => {
      const asked = saidBy("assistant", ...parts);
      const [message] = JSON.parse(openaiChat.request.encode(asked, target).body ?? "").messages;
      return { sent: message.reasoning_content, told: openaiChat.request.gaps(asked, target).length > 0 };
    };
    const thought = { type: "reasoning", text: "so" } as const;
    expect(thinking(thought, call)).toEqual(
      goes ? { sent: "so", told: false } : { sent: undefined, told: true },
    );
    expect(thinking(call).sent).toBe(goes ? "" : undefined);
    expect(thinking({ type: "text", text: "hi" }).sent).toBeUndefined();
  });

  it("loses its proof, which is told", () => {
    const proven = saidBy("assistant", { type: "reasoning", text: "so", proof: SIGNED });
    expect(gaps(proven)).toEqual([{ field: "reasoning", harmless: true }]);
  });
});

describe("reasoning in an answer", () => {
  const events: readonly ChatEvent[] = [
    { type: "reasoning-delta", text: "so" },
    { type: "reasoning-proof", proof: SIGNED },
    { type: "reasoning-proof", proof: REDACTED },
    { type: "text-delta", text: "yes" },
    { type: "response-end", reason: "stop" },
  ];

  it("is told with its proofs, so that they come back as they were", () => {
    const { message } = JSON.parse(door.answer.encode(events, identity, { includeUsage: false })).choices[0];
    expect(message.reasoning_content).toBe("so");
    expect(read({ reasoning_details: message.reasoning_details })?.slice(0, 2)).toEqual([
      { type: "reasoning", text: "so", proof: SIGNED },
      { type: "reasoning", text: "", proof: REDACTED },
    ]);
  });

  it("is told with its proofs in a stream, too", () => {
    const encoder = door.stream.encoder(identity, { includeUsage: false });
    const text = events.map((event) => encoder.push(event)).join("");
    expect(text).toContain('"reasoning_content":"so"');
    expect(text).toContain('"signature":"c2ln","id":"rs_1","format":"anthropic-claude-v1","index":0');
    expect(text).toContain('"data":"ZW5j","format":"openai-responses-v1","index":1');
  });
});

describe("the signature of a tool call", () => {
  const proof = { dialect: "gemini", data: "c2ln" } as const;
  const start = { type: "tool-call-start", index: 0, id: "a", name: "f", proof } as const;

  it("stands beside the call as Google's own endpoint writes it, and comes back", () => {
    const body = door.answer.encode([start, { type: "response-end", reason: "tool_calls" }], identity, {
      includeUsage: false,
    });
    const { tool_calls } = JSON.parse(body).choices[0].message;
    expect(tool_calls[0].extra_content).toEqual({ google: { thought_signature: "c2ln" } });
    tool_calls[0].function.arguments = "{}";
    expect(read({ content: null, tool_calls })).toEqual([
      { type: "tool-call", id: "a", name: "f", arguments: "{}", proof },
    ]);
  });

  it("is left out of the words of other dialects' proofs", () => {
    const other = { ...start, proof: SIGNED };
    expect(door.stream.encoder(identity, { includeUsage: false }).push(other)).not.toContain("c2ln");
  });
});

describe("cache marks", () => {
  it.each([
    [{ type: "ephemeral" }, "5m"],
    [{ type: "ephemeral", ttl: "1h" }, "1h"],
    [{ type: "other" }, undefined],
    ["ephemeral", undefined],
  ])("%j on a text means %s", (cache_control, expected) => {
    const content = [{ type: "text", text: "hi", cache_control }];
    const [part] =
      accepted(withFields({ messages: [{ role: "user", content }] })).request.messages[0]?.parts ?? [];
    expect(part).toEqual({ type: "text", text: "hi", ...(expected && { cache: expected }) });
  });

  it("are read from images and tools, and have no place in OpenAI's chat", () => {
    const mark = { cache_control: { type: "ephemeral" } };
    const image = { type: "image_url", image_url: { url: "https://example.org/a.png" }, ...mark };
    const tool = { type: "function", function: { name: "f" }, ...mark };
    const asked = accepted(
      withFields({ messages: [{ role: "user", content: [image] }], tools: [tool] }),
    ).request;
    expect(asked.messages[0]?.parts[0]).toMatchObject({ type: "image", cache: "5m" });
    expect(asked.tools[0]).toMatchObject({ name: "f", cache: "5m" });
    expect(gaps(asked)).toEqual([{ field: "cache_control", harmless: true }]);
    expect(gaps({ ...asked, tools: [] })).toEqual([{ field: "cache_control", harmless: true }]);
  });
});

describe("a tool's result", () => {
  it("is said in text, and its images follow as the user's", () => {
    const image = { type: "image", media: "image/png", data: "aGk=" } as const;
    const content = [{ type: "text", text: "a " }, image, { type: "text", text: "picture" }] as const;
    const call = { type: "tool-call", id: "a", name: "f", arguments: "{}" } as const;
    const messages: Message[] = [
      { role: "assistant", parts: [call] },
      { role: "tool", parts: [{ type: "tool-result", id: "a", content }] },
    ];
    expect(sent(request(...messages)).slice(1)).toEqual([
      { role: "tool", tool_call_id: "a", content: "a picture" },
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } }] },
    ]);
  });

  it("cannot say that it failed but in its text, nor where a cache may end", () => {
    const content = [{ type: "text", text: "no" }] as const;
    expect(
      gaps(saidBy("tool", { type: "tool-result", id: "a", content, failed: true, cache: "5m" })),
    ).toEqual([
      { field: "cache_control", harmless: true },
      { field: "is_error", harmless: true },
    ]);
  });
});
