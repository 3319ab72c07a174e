import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../../../src/core/chat.ts";
import { encodeAnswer } from "../../../src/dialects/anthropic/door-answer.ts";
import { encodeStreamFailure } from "../../../src/dialects/anthropic/door-failure.ts";
import { readSignature, writeSignature } from "../../../src/dialects/anthropic/door-proofs.ts";
import { dataOf, framing, IDENTITY, streamOf } from "./door-fixtures.ts";
import { decodeStream } from "./fixtures.ts";

const USAGE = { input: 10, cacheRead: 3, cacheWrite: 2, output: 7, reasoning: 4, estimated: false };
const END: ChatEvent = { type: "response-end", reason: "stop", usage: USAGE };
const WIRE_USAGE = {
  input_tokens: 10,
  cache_read_input_tokens: 3,
  cache_creation_input_tokens: 2,
  output_tokens: 11,
  output_tokens_details: { thinking_tokens: 4 },
};

const text = (said: string): ChatEvent => ({ type: "text-delta", text: said });
const thought = (said: string): ChatEvent => ({ type: "reasoning-delta", text: said });
const start = (index: number, id = `call_${index}`): ChatEvent => ({
  type: "tool-call-start",
  index,
  id,
  name: `tool${index}`,
});
const args = (index: number, json: string): ChatEvent => ({ type: "tool-call-delta", index, json });

function whole(events: readonly ChatEvent[], thinks = false) {
  const message: Record<string, unknown> = JSON.parse(encodeAnswer(events, IDENTITY, framing(thinks)));
  return message;
}

/** The blocks of a stream, put together as a client does, which throws where their order is wrong. */
function blocksOf(stream: string): readonly object[] {
  const blocks: { block: Record<string, unknown>; json: string }[] = [];
  let open = false;
  for (const { type, index, content_block, delta } of dataOf(stream)) {
    if (type === "content_block_start") {
      if (open || index !== blocks.length) throw new Error(`block ${index} begins`);
      open = true;
      blocks.push({ block: { ...Object(content_block) }, json: "" });
    } else if (type === "content_block_stop" || type === "content_block_delta") {
      if (!open || index !== blocks.length - 1) throw new Error(`block ${index} goes on`);
      open = type === "content_block_delta";
      const last = blocks.at(-1);
      const { type: _, partial_json = "", ...pieces } = Object(delta ?? {});
      if (last === undefined) continue;
      last.json += partial_json;
      for (const [name, piece] of Object.entries(pieces)) last.block[name] = `${last.block[name]}${piece}`;
    }
  }
  if (open) throw new Error("a block is open");
  return blocks.map(({ block, json }) =>
    block["type"] === "tool_use" ? { ...block, input: JSON.parse(json || "{}") } : block,
  );
}

test("a text, event by event", () => {
  expect(dataOf(streamOf([{ type: "response-start" }, text("He"), text("llo"), END]))).toEqual([
    {
      type: "message_start",
      message: {
        id: "msg_0a",
        type: "message",
        role: "assistant",
        model: "real",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: 0,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          output_tokens: 0,
        },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "He" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "llo" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: WIRE_USAGE },
    { type: "message_stop" },
  ]);
});

test("the same, whole", () => {
  expect(whole([{ type: "response-start" }, text("He"), text("llo"), END])).toEqual({
    id: "msg_0a",
    type: "message",
    role: "assistant",
    model: "real",
    content: [{ type: "text", text: "Hello" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: WIRE_USAGE,
  });
});

const ANTHROPIC = { dialect: "anthropic", data: "U2ln" } as const;
const RESPONSES = { dialect: "openai-responses", id: "rs_1", data: "enc" } as const;

const ANSWERS: readonly [string, readonly ChatEvent[], readonly object[]][] = [
  [
    "thoughts that nobody signed",
    [thought("h"), thought("m"), text("so")],
    [
      { type: "thinking", thinking: "hm", signature: writeSignature(undefined) },
      { type: "text", text: "so" },
    ],
  ],
  [
    "thoughts that are signed, piece by piece",
    [thought("a"), { type: "reasoning-proof", proof: ANTHROPIC }, thought("b"), text("so")],
    [
      { type: "thinking", thinking: "a", signature: "U2ln" },
      { type: "thinking", thinking: "b", signature: writeSignature(undefined) },
      { type: "text", text: "so" },
    ],
  ],
  [
    "thoughts that stay hidden",
    [{ type: "reasoning-proof", proof: { ...ANTHROPIC, redacted: true } }, text("so")],
    [
      { type: "redacted_thinking", data: "U2ln" },
      { type: "text", text: "so" },
    ],
  ],
  ["a refusal", [{ type: "refusal-delta", text: "No." }], [{ type: "text", text: "No." }]],
  [
    "text around a call",
    [text("a"), start(0), args(0, '{"x":1}'), text("b")],
    [
      { type: "text", text: "a" },
      { type: "tool_use", id: "call_0", name: "tool0", input: { x: 1 } },
      { type: "text", text: "b" },
    ],
  ],
  [
    "parallel calls whose pieces come interleaved",
    [
      start(0),
      start(1),
      args(0, '{"x"'),
      args(1, '{"y":'),
      args(0, ":1}"),
      start(2),
      args(1, "2}"),
      args(2, ""),
    ],
    [
      { type: "tool_use", id: "call_0", name: "tool0", input: { x: 1 } },
      { type: "tool_use", id: "call_1", name: "tool1", input: { y: 2 } },
      { type: "tool_use", id: "call_2", name: "tool2", input: {} },
    ],
  ],
  ["empty pieces", [text(""), thought(""), text("a"), text("")], [{ type: "text", text: "a" }]],
];

test.each(ANSWERS)("%s is the same, streamed and whole", (_, events, blocks) => {
  expect(blocksOf(streamOf([...events, END]))).toEqual(blocks);
  expect(whole([...events, END])["content"]).toEqual(blocks);
});

test("calls are passed on while they come: nothing waits for the end but what has to", () => {
  const parts: string[] = [];
  const events = [start(0), args(0, '{"x":1}'), start(1), args(1, '{"y":')];
  for (let at = 1; at <= events.length; at++) parts.push(streamOf(events.slice(0, at)));
  expect(dataOf(parts.at(-1) ?? "").map(({ type, index }) => `${type} ${index ?? ""}`.trim())).toEqual([
    "message_start",
    "content_block_start 0",
    "content_block_delta 0",
    "content_block_stop 0",
    "content_block_start 1",
    "content_block_delta 1",
  ]);
  expect(parts.every((part, at) => at === 0 || part.length > (parts[at - 1] ?? "").length)).toBe(true);
});

test("what proves no text is shown to those who want to see thinking, and kept for its own endpoint", () => {
  const events: ChatEvent[] = [{ type: "reasoning-proof", proof: RESPONSES }, text("so"), END];
  expect(whole(events)["content"]).toEqual([{ type: "text", text: "so" }]);
  expect(blocksOf(streamOf(events))).toEqual([{ type: "text", text: "so" }]);
  const data = writeSignature(RESPONSES);
  expect(readSignature(data)).toEqual(RESPONSES);
  const shown = [
    { type: "redacted_thinking", data },
    { type: "text", text: "so" },
  ];
  expect(whole(events, true)["content"]).toEqual(shown);
  expect(blocksOf(streamOf(events, true))).toEqual(shown);
});

test.each<[Partial<Extract<ChatEvent, { type: "response-end" }>>, string, string | null]>([
  [{ reason: "stop" }, "end_turn", null],
  [{ reason: "stop", stopSequence: "END" }, "stop_sequence", "END"],
  [{ reason: "length" }, "max_tokens", null],
  [{ reason: "tool_calls" }, "tool_use", null],
  [{ reason: "content_filter" }, "refusal", null],
])("%j stops as %s", (over, stop_reason, stop_sequence) => {
  const events: ChatEvent[] = [text("x"), { type: "response-end", reason: "stop", ...over }];
  expect(whole(events)).toMatchObject({ stop_reason, stop_sequence });
  expect(dataOf(streamOf(events)).at(-2)).toMatchObject({ delta: { stop_reason, stop_sequence } });
});

test("a refusal is told as one, whatever the backend calls its end", () => {
  const events: ChatEvent[] = [{ type: "refusal-delta", text: "No." }, END];
  expect(whole(events)).toMatchObject({ stop_reason: "refusal" });
  expect(dataOf(streamOf(events)).at(-2)).toMatchObject({ delta: { stop_reason: "refusal" } });
});

test("an answer of which nothing was counted says so in numbers, and one that nexus counted is marked", () => {
  expect(whole([text("x"), { type: "response-end", reason: "stop" }])).toMatchObject({
    usage: { input_tokens: 0, output_tokens: 0 },
  });
  expect(whole([text("x"), { ...END, usage: { ...USAGE, estimated: true } }])).toMatchObject({
    usage: { estimated: true },
  });
});

test.each(["not json", '{"cut":', "[]", '"text"', "null"])(
  "U80 arguments that are no object (%s) break nothing",
  (json) => {
    const events: ChatEvent[] = [start(0), args(0, json), END];
    expect(whole(events)["content"]).toMatchObject([{ type: "tool_use", input: { invalid_json: json } }]);
    expect(streamOf(events)).toContain(JSON.stringify(json));
  },
);

test("an empty answer has no blocks", () => {
  expect(dataOf(streamOf([END])).map(({ type }) => type)).toEqual([
    "message_start",
    "message_delta",
    "message_stop",
  ]);
  expect(whole([END])["content"]).toEqual([]);
});

test("a stream that breaks off ends with an error event, and without a stop", () => {
  const failure: ChatEvent = { type: "failure", failure: { class: "network", message: "reset" } };
  const events = dataOf(streamOf([text("a"), failure]));
  expect(events.at(-1)).toEqual({
    type: "error",
    error: { type: "api_error", message: "reset", code: "stream_truncated" },
  });
  expect(encodeStreamFailure("bye", "server_shutdown")).toContain('"overloaded_error"');
});

test("bytes of others say nothing here", () => {
  expect(streamOf([{ type: "bytes", bytes: new Uint8Array(1), content: true, characters: 1 }])).toBe("");
});

/** Any answer, as a backend may tell it: calls begin in order, and their pieces come in any. */
const answer = fc
  .array(
    fc.oneof(
      fc.record({ type: fc.constant("text-delta" as const), text: fc.string() }),
      fc.record({ type: fc.constant("reasoning-delta" as const), text: fc.string() }),
      fc.constant({ type: "reasoning-proof", proof: ANTHROPIC } as const),
      fc.constant("call" as const),
      fc.nat({ max: 3 }),
    ),
  )
  .map((steps) => {
    const calls: number[] = [];
    return steps.flatMap((step): ChatEvent[] => {
      if (step === "call") return [start(calls.push(0) - 1)];
      if (typeof step !== "number") return [step];
      const sent = calls[step];
      const piece = ['{"a":', "1", "}"][sent ?? 3];
      if (sent === undefined || piece === undefined) return [];
      calls[step] = sent + 1;
      return [args(step, piece)];
    });
  });

test("whatever comes is a valid stream, and read again it says the same", () => {
  const said = (events: readonly ChatEvent[], type: string) =>
    events.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
  const argued = (events: readonly ChatEvent[]) => {
    const texts = new Map<number, string>();
    for (const event of events) {
      if (event.type === "tool-call-start") texts.set(event.index, "");
      if (event.type === "tool-call-delta")
        texts.set(event.index, (texts.get(event.index) ?? "") + event.json);
    }
    return [...texts.values()].map((one) => one || "{}");
  };
  fc.assert(
    fc.property(answer, (events) => {
      const stream = streamOf([...events, END]);
      const again = decodeStream(stream);
      expect(said(again, "text-delta")).toBe(said(events, "text-delta"));
      expect(said(again, "reasoning-delta")).toBe(said(events, "reasoning-delta"));
      expect(argued(again)).toEqual(argued(events));
      const whole = argued(events).every((one) => one.endsWith("}"));
      if (whole) blocksOf(stream);
    }),
  );
});
