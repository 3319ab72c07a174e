import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAnswer } from "../../../src/dialects/anthropic/answer.ts";
import { createDecoder } from "../../../src/dialects/anthropic/stream.ts";
import { decodeStream, recorded } from "./fixtures.ts";

const STREAMS = ["text-stream", "think-stream", "tool-stream"];
const message = (over: object) => ({
  id: "msg_1",
  model: "m",
  content: [{ type: "text", text: "Hi" }],
  ...over,
});

describe("an answer of Anthropic's", () => {
  it("A001-20 A001-24 is read from a recorded stream", () => {
    expect(decodeStream(recorded("text-stream"))).toEqual([
      { type: "response-start", id: "msg_Unpk97k9ZlVeM432", model: "gpt-4o" },
      { type: "text-delta", text: "pong from the mock: " },
      { type: "text-delta", text: "héllo 世界 😀" },
      { type: "response-end", reason: "stop" },
    ]);
  });

  it("tells thinking with its proof", () => {
    expect(decodeStream(recorded("think-stream")).slice(1, 5)).toEqual([
      { type: "reasoning-delta", text: "Two plus two is four" },
      { type: "reasoning-delta", text: "." },
      { type: "reasoning-proof", proof: { dialect: "anthropic", data: "aimock-placeholder-signature" } },
      { type: "text-delta", text: "The answer is 4." },
    ]);
  });

  it("tells tool calls, several and whole or in pieces", () => {
    expect(decodeStream(recorded("tool-stream")).slice(1)).toEqual([
      { type: "tool-call-start", index: 0, id: "call_oslo1", name: "get_weather" },
      { type: "tool-call-delta", index: 0, json: '{"city":"Oslo"}' },
      { type: "response-end", reason: "tool_calls" },
    ]);
    expect(
      decodeAnswer(JSON.parse(recorded("parallel"))).filter(({ type }) => type.startsWith("tool")),
    ).toEqual([
      { type: "tool-call-start", index: 0, id: "call_a", name: "get_weather" },
      { type: "tool-call-delta", index: 0, json: '{"city":"Oslo"}' },
      { type: "tool-call-start", index: 1, id: "call_b", name: "get_weather" },
      { type: "tool-call-delta", index: 1, json: '{"city":"Rome"}' },
    ]);
  });

  it("gives a call without arguments an empty object, and one without an id an id", () => {
    const body = message({ content: [{ type: "tool_use", name: "f", input: {} }], stop_reason: "tool_use" });
    expect(decodeAnswer(body).slice(1, 3)).toEqual([
      { type: "tool-call-start", index: 0, id: "call_0", name: "f" },
      { type: "tool-call-delta", index: 0, json: "{}" },
    ]);
  });

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["pause_turn", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["tool_use", "stop"],
    ["refusal", "content_filter"],
  ])("A001-20 stopped for %s, which is %s", (stop_reason, reason) => {
    expect(decodeAnswer(message({ stop_reason })).at(-1)).toEqual({ type: "response-end", reason });
  });

  it("tells which sequence stopped it, and usage in buckets of their own", () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 30,
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 4 },
    };
    expect(
      decodeAnswer(message({ stop_reason: "stop_sequence", stop_sequence: "END", usage })).at(-1),
    ).toEqual({
      type: "response-end",
      reason: "stop",
      stopSequence: "END",
      usage: { input: 10, cacheRead: 20, cacheWrite: 30, output: 5, reasoning: 4, estimated: false },
    });
  });

  it("counts what the last event says: counts grow, and are not added up", () => {
    const usage = (count: object) => `"usage":${JSON.stringify(count)}`;
    const events = decodeStream(
      `data: {"type":"message_start","message":{"id":"a",${usage({ input_tokens: 5, output_tokens: 1 })}}}\n\n`,
      'data: {"type":"content_block_start","content_block":{"type":"text","text":"x"}}\n\n',
      `data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},${usage({ output_tokens: 8 })}}\n\n`,
      'data: {"type":"message_stop"}\n\n',
    );
    expect(events.at(-1)).toMatchObject({ usage: { input: 5, output: 8 } });
  });

  it("is redacted reasoning where it says so", () => {
    const content = [
      { type: "redacted_thinking", data: "enc" },
      { type: "text", text: "Hi" },
    ];
    expect(decodeAnswer(message({ content }))[1]).toEqual({
      type: "reasoning-proof",
      proof: { dialect: "anthropic", data: "enc", redacted: true },
    });
  });

  it.each([
    ["no answer", { ok: true }, 'not an answer: no "content"'],
    ["nothing in it", message({ content: [], stop_reason: "end_turn" }), "empty response"],
    ["a call without a name", message({ content: [{ type: "tool_use" }] }), "a tool call without a name"],
  ])("is malformed with %s", (_what, body, text) => {
    expect(decodeAnswer(body)).toEqual([{ type: "failure", failure: { class: "malformed", message: text } }]);
  });

  it("cut before its stop reason is a failure, after it is whole", () => {
    const [before = ""] = recorded("text-stream").split("event: message_delta");
    const [whole = ""] = recorded("text-stream").split("event: message_stop");
    expect(decodeStream(before).at(-1)).toMatchObject({ failure: { class: "malformed" } });
    expect(decodeStream(whole).at(-1)).toEqual({ type: "response-end", reason: "stop" });
    expect(decodeStream("").at(-1)).toMatchObject({ failure: { message: "empty response" } });
    expect(decodeStream(`${before.split("event: content")[0]}`).at(-1)).toMatchObject({
      failure: { message: "the stream ended before the answer began" },
    });
  });

  it("that is an error is classified like its status, with what was counted", () => {
    const start = 'data: {"type":"message_start","message":{"usage":{"input_tokens":5}}}\n\n';
    const error =
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    expect(decodeStream(start, error).at(-1)).toMatchObject({
      failure: { class: "overloaded", status: 529, code: "overloaded_error" },
      usage: { input: 5 },
    });
    expect(
      decodeAnswer({ type: "error", error: { type: "rate_limit_error", message: "slow" } }),
    ).toMatchObject([{ failure: { class: "rate_limited", status: 429 } }]);
    expect(decodeStream("event: error\ndata: oops\n\n").at(-1)).toMatchObject({
      failure: { class: "server" },
    });
    expect(decodeStream("data: oops\n\n").at(-1)).toMatchObject({ failure: { class: "malformed" } });
  });

  it.each(STREAMS)("means the same wherever %s is split", (name) => {
    const text = recorded(name);
    const whole = decodeStream(text);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (places) => {
        const cuts = [0, ...places.sort((a, b) => a - b), text.length];
        const pieces = cuts.slice(1).map((end, at) => text.slice(cuts[at], end));
        expect(decodeStream(...pieces)).toEqual(whole);
      }),
    );
  });

  it("never throws, whatever comes", () => {
    const types = [
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
      "error",
      "ping",
    ];
    const event = fc.record(
      {
        type: fc.constantFrom(...types),
        delta: fc.jsonValue(),
        content_block: fc.jsonValue(),
        message: fc.jsonValue(),
        usage: fc.jsonValue(),
        error: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(event), (body, events) => {
        expect(decodeAnswer(body).length).toBeGreaterThan(0);
        const decoder = createDecoder();
        const all = [
          ...events.flatMap((one) => decoder.push({ data: JSON.stringify(one) })),
          ...decoder.end(),
        ];
        expect(all.filter(({ type }) => type === "failure" || type === "response-end")).toHaveLength(1);
        expect(decoder.state()).toBe("closed");
      }),
    );
  });
});
