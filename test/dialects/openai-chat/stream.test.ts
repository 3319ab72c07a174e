import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../../../src/core/chat.ts";
import { createDecoder } from "../../../src/dialects/openai-chat/stream.ts";
import { chunk, decodeStream, endOf, failureOf, recordedEvents, textOf } from "./fixtures.ts";

function replay(name: string): ChatEvent[] {
  return decodeStream(...recordedEvents(name).map((event) => event.data));
}

describe("recorded streams", () => {
  test("text comes as text, and ends with a reason", () => {
    const events = replay("text-stream");
    expect(textOf(events)).toBe("pong from the mock: héllo 世界 😀");
    expect(endOf(events).reason).toBe("stop");
  });

  test("reasoning is told apart from text", () => {
    const events = replay("think-stream");
    expect(events.filter(({ type }) => type === "reasoning-delta")).toHaveLength(2);
    expect(textOf(events)).toBe("The answer is 4.");
  });

  test("parallel tool calls keep their ids, names and arguments apart", () => {
    expect(replay("parallel-stream").slice(2, 6)).toEqual([
      { type: "tool-call-start", index: 0, id: "call_a", name: "get_weather" },
      { type: "tool-call-delta", index: 0, json: '{"city":"Oslo"}' },
      { type: "tool-call-start", index: 1, id: "call_b", name: "get_weather" },
      { type: "tool-call-delta", index: 1, json: '{"city":"Rome"}' },
    ]);
  });

  test("usage of the last chunk is kept", () => {
    expect(endOf(replay("usage-stream-include")).usage).toMatchObject({
      input: 11,
      output: 7,
      estimated: false,
    });
  });

  test("a stream without usage has none", () => {
    expect(endOf(replay("usage-stream")).usage).toBeUndefined();
  });

  test("U9 a stream cut before its finish reason is truncated", () => {
    expect(failureOf(replay("cut-stream"))).toMatchObject({ class: "malformed", message: /broke off/ });
  });
});

describe("the end of a stream", () => {
  test("U42 a finish reason without [DONE] is a complete answer", () => {
    expect(endOf(decodeStream(chunk({ content: "hi" }, "stop"))).reason).toBe("stop");
  });

  test("U43 [DONE] without a finish reason after content is a truncated answer", () => {
    expect(failureOf(decodeStream(chunk({ content: "hi" }), "[DONE]")).message).toMatch(/broke off/);
  });

  test("U38 a stream of nothing but [DONE] is empty", () => {
    expect(failureOf(decodeStream("[DONE]"))).toEqual({ class: "malformed", message: "empty response" });
  });

  test("U38 a stream of nothing at all is empty", () => {
    expect(failureOf(decodeStream()).message).toBe("empty response");
  });

  test("U39 a finish reason without any content is an empty answer", () => {
    expect(
      failureOf(decodeStream(chunk({ role: "assistant", content: "" }), chunk({}, "stop"))).message,
    ).toBe("empty response");
  });

  test("U39 U84 a content filter without content is an answer, not an empty one", () => {
    expect(endOf(decodeStream(chunk({}, "content_filter"), "[DONE]")).reason).toBe("content_filter");
  });

  test("U84 a content filter in the middle ends the answer with that reason", () => {
    const events = decodeStream(chunk({ content: "The" }), chunk({}, "content_filter"), "[DONE]");
    expect(textOf(events)).toBe("The");
    expect(endOf(events).reason).toBe("content_filter");
  });

  test("U86 reasoning alone is an answer", () => {
    expect(endOf(decodeStream(chunk({ reasoning: "hmm" }), chunk({}, "length"))).reason).toBe("length");
  });

  test("a stream of roles only, cut off, never began", () => {
    expect(failureOf(decodeStream(chunk({ role: "assistant" }))).message).toMatch(/before the answer began/);
  });

  test("nothing follows the end", () => {
    const decoder = createDecoder();
    decoder.push({ data: JSON.stringify(chunk({ content: "a" }, "stop")) });
    expect(decoder.state()).toBe("finished");
    expect(decoder.push({ data: "[DONE]" })).toHaveLength(1);
    expect(decoder.state()).toBe("closed");
    expect(decoder.push({ data: JSON.stringify(chunk({ content: "b" })) })).toEqual([]);
    expect(decoder.end()).toEqual([]);
  });

  test.each([
    ["max_tokens", "length"],
    ["model_length", "length"],
    ["eos_token", "stop"],
  ])("finish reason %s means %s", (wire, reason) => {
    expect(endOf(decodeStream(chunk({ content: "x" }, wire))).reason).toBe(reason);
  });

  test.each(["error", "abort", "insufficient_system_resource"])("finish reason %s is a failure", (wire) => {
    expect(failureOf(decodeStream(chunk({ content: "x" }, wire))).class).toMatch(/server|overloaded/);
  });

  test("an empty finish reason is none", () => {
    expect(textOf(decodeStream(chunk({ content: "a" }, ""), chunk({ content: "b" }, "stop")))).toBe("ab");
  });
});

describe("errors inside a stream", () => {
  test("U40 an error object first is classified like its status", () => {
    const error = {
      error: { message: "Rate limit reached", type: "rate_limit_error", code: "rate_limit_exceeded" },
    };
    expect(failureOf(decodeStream(error))).toEqual({
      class: "rate_limited",
      message: "Rate limit reached",
      status: 429,
      code: "rate_limit_exceeded",
    });
  });

  test("U40 an event named error is a failure whatever it holds", () => {
    const decoder = createDecoder();
    const events = decoder.push({ event: "error", data: "upstream went away" });
    expect(failureOf([...events]).message).toBe("upstream went away");
  });

  test("U41 an error after content ends the answer, [DONE] or not", () => {
    const events = decodeStream(
      chunk({ content: "half" }),
      { error: { message: "boom", code: 502 } },
      "[DONE]",
    );
    expect(textOf(events)).toBe("half");
    expect(failureOf(events)).toMatchObject({ class: "server", status: 502, message: "boom" });
  });

  test("U41 an error after the finish reason still counts", () => {
    expect(failureOf(decodeStream(chunk({ content: "x" }, "stop"), { error: "boom" })).class).toBe("server");
  });

  test("an error member that is null is no error", () => {
    expect(endOf(decodeStream(chunk({ content: "x" }, "stop", { error: null }))).reason).toBe("stop");
  });

  test.each(["{not json", "", "null", "[]", '"text"'])("U44 the piece %j is malformed", (data) => {
    expect(failureOf(decodeStream(chunk({ content: "x" }), data)).class).toBe("malformed");
  });
});

describe("odd chunks", () => {
  test("U85 a first chunk without choices, a choice without index, and other choices", () => {
    const events = decodeStream(
      { id: "", model: "", choices: [], prompt_filter_results: [] },
      { id: "c", choices: [{ index: 1, delta: { content: "other" } }, { delta: { content: "a" } }] },
      { choices: [{ index: 0, delta: { content: "b" }, finish_reason: "stop" }] },
    );
    expect(textOf(events)).toBe("ab");
    expect(events.filter(({ type }) => type === "response-start")).toEqual([
      { type: "response-start", id: "c" },
    ]);
  });

  test("U88 missing ids, null content and unknown fields are tolerated", () => {
    const events = decodeStream(
      { choices: [{ delta: { role: "assistant", content: null, refusal: null, tool_calls: null, x: 1 } }] },
      { choices: [{ delta: { content: "a" }, finish_reason: null }], usage: null },
      { choices: [{ finish_reason: "stop" }] },
    );
    expect(textOf(events)).toBe("a");
    expect(endOf(events).reason).toBe("stop");
  });

  test("a refusal is content of its own kind", () => {
    expect(decodeStream(chunk({ refusal: "I can't" }), chunk({}, "stop"))).toContainEqual({
      type: "refusal-delta",
      text: "I can't",
    });
  });

  test("a message where a delta should be is read", () => {
    expect(textOf(decodeStream({ choices: [{ message: { content: "x" }, finish_reason: "stop" }] }))).toBe(
      "x",
    );
  });

  test("content in parts gives text and reasoning", () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
      { type: "text", text: "hi" },
      { type: "reference", ids: [1] },
    ];
    expect(decodeStream(chunk({ content }, "stop")).slice(1, 3)).toEqual([
      { type: "reasoning-delta", text: "hm" },
      { type: "text-delta", text: "hi" },
    ]);
  });

  test("U83 the last usage that says anything counts, and nothing is added up", () => {
    const usage = (output: number) => ({ usage: { prompt_tokens: 3, completion_tokens: output } });
    const events = decodeStream(
      chunk({ content: "a" }, null, usage(1)),
      chunk({ content: "b" }, "stop", usage(2)),
      { choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } },
      { choices: [], usage: null },
    );
    expect(endOf(events).usage).toMatchObject({ input: 3, output: 5 });
  });

  test.each([
    ["in one piece with the error", [{ error: { message: "boom" }, usage: { prompt_tokens: 3 } }]],
    ["before the error", [{ choices: [], usage: { prompt_tokens: 3 } }, { error: { message: "boom" } }]],
    ["before the stream is cut", [chunk({ content: "a" }, null, { usage: { prompt_tokens: 3 } })]],
  ])("A001-36 what was counted %s is told with the failure", (_when, events) => {
    expect(decodeStream(...events).at(-1)).toMatchObject({ type: "failure", usage: { input: 3 } });
  });
});
