import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent, ContentEvent, StopReason } from "../../../src/core/chat.ts";
import type { Usage } from "../../../src/core/usage.ts";
import { decodeAnswer } from "../../../src/dialects/openai-chat/answer.ts";
import { openaiChatDoor as door } from "../../../src/dialects/openai-chat/door.ts";
import { createDecoder } from "../../../src/dialects/openai-chat/stream.ts";

const identity = { id: "1", created: 1_700_000_000, model: "m" };
const told = { ...identity, id: "chatcmpl-1" };

const text = fc.string({ minLength: 1 });
const delta: fc.Arbitrary<ContentEvent> = fc.oneof(
  text.map((said) => ({ type: "text-delta" as const, text: said })),
  text.map((said) => ({ type: "reasoning-delta" as const, text: said })),
  text.map((said) => ({ type: "refusal-delta" as const, text: said })),
);
const calls: fc.Arbitrary<ContentEvent[]> = fc
  .array(fc.array(text, { maxLength: 3 }), { maxLength: 3 })
  .map((list) =>
    list.flatMap((pieces, index) => [
      { type: "tool-call-start" as const, index, id: `call_${index}`, name: "f" },
      ...pieces.map((json) => ({ type: "tool-call-delta" as const, index, json })),
    ]),
  );
const usage: fc.Arbitrary<Usage> = fc.record({
  input: fc.nat(1000),
  cacheRead: fc.nat(1000),
  cacheWrite: fc.nat(1000),
  output: fc.integer({ min: 1, max: 1000 }),
  reasoning: fc.nat(1000),
  estimated: fc.constant(false),
});
const answer = fc
  .tuple(fc.array(delta, { minLength: 1, maxLength: 6 }), calls, fc.option(usage), fc.boolean())
  .map(([deltas, toolCalls, counted, cut]) => {
    const reason: StopReason = cut ? "length" : toolCalls.length > 0 ? "tool_calls" : "stop";
    const events: ChatEvent[] = [
      { type: "response-start", id: told.id, model: identity.model },
      ...deltas,
      ...toolCalls,
      { type: "response-end", reason, ...(counted !== null && { usage: counted }) },
    ];
    return events;
  });

/** What a client makes of a stream. */
function read(stream: string): ChatEvent[] {
  const decoder = createDecoder();
  const events = stream
    .split("\n\n")
    .filter((block) => block !== "")
    .flatMap((block) => decoder.push({ data: block.slice("data: ".length) }));
  return [...events, ...decoder.end()];
}

function write(events: readonly ChatEvent[], includeUsage: boolean): string {
  const encoder = door.stream.encoder(identity, { includeUsage });
  return events.map((event) => encoder.push(event)).join("");
}

test("a stream that was written is read as the same events", () => {
  fc.assert(
    fc.property(answer, (events) => {
      expect(read(write(events, true))).toEqual(events);
    }),
  );
});

test("a watched stream that was written is whole, byte for byte", () => {
  fc.assert(
    fc.property(answer, (events) => {
      const bytes = new TextEncoder().encode(write(events, true));
      const watch = door.stream.watch();
      watch.push(bytes);
      expect(watch.end()).toMatchObject({ pass: bytes.length, content: true, failure: undefined });
    }),
  );
});

/** All deltas of one kind as one. */
function whole(events: readonly ChatEvent[]) {
  const join = (type: ChatEvent["type"]) =>
    events.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
  return {
    text: join("text-delta"),
    reasoning: join("reasoning-delta"),
    refusal: join("refusal-delta"),
    calls: events.flatMap((event) => (event.type === "tool-call-start" ? [event] : [])),
    json: events.map((event) => (event.type === "tool-call-delta" ? event.json : "")).join(""),
    end: events.at(-1),
  };
}

test("a whole answer that was written is read as the same answer", () => {
  fc.assert(
    fc.property(answer, (events) => {
      const body = JSON.parse(door.answer.encode(events, identity, { includeUsage: false }));
      expect(whole(decodeAnswer(body))).toEqual(whole(events));
      expect(body).toMatchObject({ ...told, object: "chat.completion" });
    }),
  );
});

test("a stream opens with the role, keeps id and time, and ends with [DONE]; usage stands there only when asked for", () => {
  const events: ChatEvent[] = [
    { type: "text-delta", text: "hi" },
    {
      type: "response-end",
      reason: "stop",
      usage: { input: 3, cacheRead: 1, cacheWrite: 0, output: 2, reasoning: 1, estimated: true },
    },
  ];
  const stream = write(events, false);
  const chunks = stream.split("\n\n").slice(0, -2);
  expect(stream.endsWith("\n\ndata: [DONE]\n\n")).toBe(true);
  expect(chunks.map((chunk) => JSON.parse(chunk.slice(6)))).toEqual([
    piece({ role: "assistant", content: "" }, null),
    piece({ content: "hi" }, null),
    piece({}, "stop"),
  ]);
  const asked = write(events, true).split("\n\n").slice(0, -2);
  expect(asked.slice(0, 3).every((chunk) => JSON.parse(chunk.slice(6)).usage === null)).toBe(true);
  expect(JSON.parse(asked.at(-1)?.slice(6) ?? "")).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7, estimated: true },
  });
});

function piece(said: object, finish: string | null): object {
  const choices = [{ index: 0, delta: said, logprobs: null, finish_reason: finish }];
  return { ...told, object: "chat.completion.chunk", choices };
}

test("U41 behind a failure in a stream there is no finish reason and no [DONE]", () => {
  const stream = write(
    [
      { type: "text-delta", text: "hi" },
      { type: "failure", failure: { class: "server", message: "it broke" } },
    ],
    true,
  );
  expect(stream.slice(stream.lastIndexOf("data: "))).toBe(
    'data: {"error":{"message":"it broke","type":"upstream_error","param":null,"code":"stream_truncated"}}\n\n',
  );
  expect(read(stream).at(-1)).toMatchObject({ type: "failure", failure: { class: "server" } });
});
