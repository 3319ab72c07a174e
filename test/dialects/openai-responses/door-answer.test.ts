import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent, ContentEvent, Proof, StopReason } from "../../../src/core/chat.ts";
import type { Usage } from "../../../src/core/usage.ts";
import { decodeAnswer } from "../../../src/dialects/openai-responses/answer.ts";
import { openaiResponsesDoor as door } from "../../../src/dialects/openai-responses/door.ts";
import { createDecoder } from "../../../src/dialects/openai-responses/stream.ts";
import { messagesOf } from "./door-fixtures.ts";

const identity = { id: "1", created: 1_700_000_000, model: "m" };
const PLAIN = { includeUsage: true };

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
      { type: "response-start", id: "resp_1", model: identity.model },
      ...deltas,
      ...toolCalls,
      { type: "response-end", reason, ...(counted !== null && { usage: counted }) },
    ];
    return events;
  });

interface Told {
  readonly type: string;
  readonly [key: string]: unknown;
}

function write(events: readonly ChatEvent[], tools: readonly object[] = []): string {
  const encoder = door.stream.encoder(identity, {
    ...PLAIN,
    forAnswer: JSON.parse(JSON.stringify({ tools })),
  });
  return events.map((event) => encoder.push(event)).join("");
}

function told(stream: string): Told[] {
  return stream
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => JSON.parse(block.slice(block.indexOf("data: ") + 6)));
}

/** What a client makes of a stream. */
function read(stream: string): ChatEvent[] {
  const decoder = createDecoder();
  const events = told(stream).flatMap((event) => decoder.push({ data: JSON.stringify(event) }));
  return [...events, ...decoder.end()];
}

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

test("a stream that was written is read as the same events", () => {
  fc.assert(
    fc.property(answer, (events) => {
      expect(read(write(events))).toEqual(events);
    }),
  );
});

test("a whole answer that was written is read as the same answer, and is what the stream's last event carries", () => {
  fc.assert(
    fc.property(answer, (events) => {
      const body = JSON.parse(door.answer.encode(events, identity, PLAIN));
      expect(whole(decodeAnswer(body))).toEqual(whole(events));
      expect(told(write(events)).at(-1)?.["response"]).toEqual(body);
    }),
  );
});

test("a watched stream that was written is whole, byte for byte", () => {
  fc.assert(
    fc.property(answer, (events) => {
      const bytes = new TextEncoder().encode(write(events));
      const watch = door.stream.watch();
      watch.push(bytes);
      expect(watch.end()).toMatchObject({ pass: bytes.length, content: true, failure: undefined });
    }),
  );
});

test("every event is numbered, and every item and part that begins ends", () => {
  fc.assert(
    fc.property(answer, (events) => {
      const all = told(write(events));
      expect(all.map((event) => event["sequence_number"])).toEqual(all.map((_, at) => at));
      const count = (type: string) => all.filter((event) => event.type === type).length;
      expect(count("response.output_item.added")).toBe(count("response.output_item.done"));
      expect(count("response.content_part.added")).toBe(count("response.content_part.done"));
    }),
  );
});

describe("the end of an answer", () => {
  const end = (reason: StopReason) =>
    JSON.parse(
      door.answer.encode(
        [
          { type: "text-delta", text: "a" },
          { type: "response-end", reason },
        ],
        identity,
        PLAIN,
      ),
    );

  test.each([
    ["stop", "completed", null, "completed"],
    ["tool_calls", "completed", null, "completed"],
    ["length", "incomplete", { reason: "max_output_tokens" }, "incomplete"],
    ["content_filter", "incomplete", { reason: "content_filter" }, "completed"],
  ] as const)("%s is told as %s", (reason, status, incomplete_details, ofItem) => {
    expect(end(reason)).toMatchObject({ status, incomplete_details, usage: null });
    expect(end(reason).output[0].status).toBe(ofItem);
  });

  test("an answer repeats what was asked, and says what it does not know as nothing", () => {
    const forAnswer = { tools: [{ type: "function", name: "f" }], metadata: { a: "b" } };
    const body = JSON.parse(door.answer.encode([], identity, { ...PLAIN, forAnswer }));
    expect(body).toMatchObject({
      id: "resp_1",
      object: "response",
      created_at: identity.created,
      model: "m",
      ...forAnswer,
      tool_choice: "auto",
      store: false,
      previous_response_id: null,
      output: [],
    });
  });
});

describe("proofs", () => {
  const own: Proof = { dialect: "openai-responses", data: "sealed" };
  const signed: Proof = { dialect: "anthropic", data: "c2ln" };
  const redacted: Proof = { dialect: "anthropic", data: "ZW5j", redacted: true };
  const ofCall: Proof = { dialect: "gemini", data: "Z2Vt" };

  test("come back from a client as they were, each where it stood", () => {
    const events: readonly ChatEvent[] = [
      { type: "reasoning-delta", text: "so" },
      { type: "reasoning-proof", proof: signed },
      { type: "reasoning-proof", proof: redacted },
      { type: "text-delta", text: "yes" },
      { type: "reasoning-proof", proof: own },
      { type: "tool-call-start", index: 0, id: "a", name: "f", proof: ofCall },
      { type: "tool-call-delta", index: 0, json: "{}" },
      { type: "response-end", reason: "tool_calls" },
    ];
    const { output } = JSON.parse(door.answer.encode(events, identity, PLAIN));
    expect(messagesOf(output)).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "so", proof: signed },
          { type: "reasoning", text: "", proof: redacted },
          { type: "text", text: "yes" },
          { type: "reasoning", text: "", proof: { ...own, id: "rs_1_3" } },
          { type: "tool-call", id: "a", name: "f", arguments: "{}", proof: ofCall },
        ],
      },
    ]);
    expect(output[4].encrypted_content).toMatch(/^nexus:/);
  });

  test.each(["nexus:{", "nexus:{}", 'nexus:{"dialect":"klingon","data":"x"}', 'nexus:{"dialect":"gemini"}'])(
    "%s is nobody's seal, and goes as it is",
    (encrypted_content) => {
      const [message] = messagesOf([{ type: "reasoning", summary: [], encrypted_content }]);
      expect(message?.parts[0]).toMatchObject({
        proof: { dialect: "openai-responses", data: encrypted_content },
      });
    },
  );
});

describe("calls", () => {
  const TOOLS = [
    { type: "custom", name: "patch" },
    {
      type: "namespace",
      name: "mcp",
      tools: [
        { type: "function", name: "f" },
        { type: "custom", name: "c" },
      ],
    },
    { type: "web_search" },
  ];
  const calling = (name: string, json: string): ChatEvent[] => [
    { type: "tool-call-start", index: 0, id: "a", name },
    { type: "tool-call-delta", index: 0, json },
    { type: "response-end", reason: "tool_calls" },
  ];
  const items = (name: string, json: string) => told(write(calling(name, json), TOOLS)).at(-1)?.["response"];

  test.each([
    ["patch", '{"input":"*** x"}', { type: "custom_tool_call", name: "patch", input: "*** x", call_id: "a" }],
    ["patch", "no JSON", { type: "custom_tool_call", input: "no JSON" }],
    ["mcp__f", "{}", { type: "function_call", name: "f", namespace: "mcp", arguments: "{}" }],
    [
      "mcp__c",
      '{"input":1}',
      { type: "custom_tool_call", name: "c", namespace: "mcp", input: '{"input":1}' },
    ],
    ["other", "{}", { type: "function_call", name: "other", arguments: "{}" }],
  ])("of %s with %s are written as the tool was declared", (name, json, item) => {
    expect(items(name, json)).toMatchObject({ output: [item] });
  });

  test("of custom tools tell their text in a stream", () => {
    const types = told(write(calling("patch", '{"input":"x"}'), TOOLS)).map(({ type }) => type);
    expect(types).toContain("response.custom_tool_call_input.delta");
    expect(types).toContain("response.custom_tool_call_input.done");
  });
});

describe("a stream that breaks off", () => {
  test("says so twice, with the numbers that follow", () => {
    const encoder = door.stream.encoder(identity, PLAIN);
    encoder.push({ type: "text-delta", text: "a" });
    const [failed, error] = told(encoder.breakOff?.("gone", "why") ?? "");
    expect(failed).toMatchObject({
      type: "response.failed",
      sequence_number: 5,
      response: { id: "resp_1", status: "failed", error: { code: "why", message: "gone" } },
    });
    expect(error).toMatchObject({
      type: "error",
      sequence_number: 6,
      code: "why",
      error: { message: "gone" },
    });
  });

  test("says so without numbers where its bytes have passed untouched", () => {
    const [failed, error] = told(door.stream.encodeFailure("gone"));
    expect(failed).not.toHaveProperty("sequence_number");
    expect(error).toMatchObject({ code: "stream_truncated", message: "gone" });
  });
});

test("the door speaks at its own path alone", () => {
  const speaks = (path: string) => door.speaksAt(path, {});
  expect(
    ["/v1/responses", "/v1/responses?a=b", "/v1/responses/1", "/v1/responsesx", "/v1/chat"].map(speaks),
  ).toEqual([true, true, true, false, false]);
});
