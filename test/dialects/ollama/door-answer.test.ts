import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent, ContentEvent, StopReason } from "../../../src/core/chat.ts";
import type { RunError } from "../../../src/core/outcome.ts";
import { decodeAnswer } from "../../../src/dialects/ollama/answer.ts";
import { ollamaDoor as door } from "../../../src/dialects/ollama/door.ts";
import { createDecoder } from "../../../src/dialects/ollama/stream.ts";

const identity = { id: "1", created: 1_700_000_000, model: "m", elapsedMs: () => 1_500 };
const CHAT = { includeUsage: true };
const GENERATE = { includeUsage: true, forAnswer: { generates: true } };

const text = fc.string({ minLength: 1 });
const delta: fc.Arbitrary<ContentEvent> = fc.oneof(
  text.map((said) => ({ type: "text-delta" as const, text: said })),
  text.map((said) => ({ type: "reasoning-delta" as const, text: said })),
);
const calls: fc.Arbitrary<ContentEvent[]> = fc
  .array(fc.dictionary(fc.string(), fc.integer()), { maxLength: 3 })
  .map((list) =>
    list.flatMap((given, index) => [
      { type: "tool-call-start" as const, index, id: `call_${index}`, name: "f" },
      { type: "tool-call-delta" as const, index, json: JSON.stringify(given) },
    ]),
  );
const counts = fc.record({ input: fc.nat(1000), output: fc.integer({ min: 1, max: 1000 }) });
const answer = fc
  .tuple(fc.array(delta, { minLength: 1, maxLength: 6 }), calls, fc.option(counts), fc.boolean())
  .map(([deltas, toolCalls, counted, cut]) => {
    const reason: StopReason = cut ? "length" : toolCalls.length > 0 ? "tool_calls" : "stop";
    const usage = { cacheRead: 0, cacheWrite: 0, reasoning: 0, estimated: false };
    const events: ChatEvent[] = [
      { type: "response-start", model: identity.model },
      ...deltas,
      ...toolCalls,
      { type: "response-end", reason, ...(counted !== null && { usage: { ...counted, ...usage } }) },
    ];
    return events;
  });

function write(events: readonly ChatEvent[], request: object = CHAT): string {
  const encoder = door.stream.encoder(identity, { ...CHAT, ...request });
  return events.map((event) => encoder.push(event)).join("");
}

/** What a client makes of a stream. */
function read(stream: string): ChatEvent[] {
  const decoder = createDecoder();
  const lines = stream.split("\n").filter((line) => line !== "");
  return [...lines.flatMap((data) => decoder.push({ data })), ...decoder.end()];
}

/** All deltas of one kind as one. */
function whole(events: readonly ChatEvent[]) {
  const join = (type: ChatEvent["type"]) =>
    events.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
  return {
    text: join("text-delta"),
    reasoning: join("reasoning-delta"),
    calls: events.flatMap((event) => (event.type.startsWith("tool-call") ? [event] : [])),
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

test("a whole answer that was written is read as the same answer", () => {
  fc.assert(
    fc.property(answer, (events) => {
      const body = JSON.parse(door.answer.encode(events, identity, CHAT));
      expect(whole(decodeAnswer(body))).toEqual(whole(events));
      expect(body).toMatchObject({ model: "m", created_at: "2023-11-14T22:13:20.000Z", done: true });
    }),
  );
});

test("a watched stream that was written is whole, byte for byte, wherever it is split", () => {
  fc.assert(
    fc.property(answer, fc.nat(), fc.constantFrom(CHAT, GENERATE), (events, at, request) => {
      const spoken = events.filter(({ type }) => !type.startsWith("tool-call"));
      const bytes = new TextEncoder().encode(write(spoken, request));
      const watch = door.stream.watch();
      watch.push(bytes.subarray(0, at % bytes.length));
      watch.push(bytes.subarray(at % bytes.length));
      expect(watch.end()).toMatchObject({
        pass: bytes.length,
        content: true,
        state: "closed",
        failure: undefined,
      });
    }),
  );
});

test("what is generated stands among the rest, and not in a message", () => {
  const events: readonly ChatEvent[] = [
    { type: "reasoning-delta", text: "so" },
    { type: "text-delta", text: "yes" },
    { type: "refusal-delta", text: " no" },
    { type: "response-end", reason: "stop" },
  ];
  const body = JSON.parse(door.answer.encode(events, identity, GENERATE));
  expect(body).toMatchObject({ response: "yes no", thinking: "so", done: true, done_reason: "stop" });
  expect(body).not.toHaveProperty("message");
  expect(whole(read(write(events, GENERATE)))).toMatchObject({ text: "yes no", reasoning: "so" });
});

test("calls go whole, with what is no JSON kept as the text it is", () => {
  const stream = write([
    { type: "tool-call-start", index: 0, id: "a", name: "f" },
    { type: "tool-call-delta", index: 0, json: '{"a":' },
    { type: "tool-call-start", index: 1, id: "b", name: "g" },
    { type: "tool-call-delta", index: 0, json: "1}" },
    { type: "tool-call-delta", index: 1, json: "{" },
    { type: "tool-call-delta", index: 7, json: "{}" },
    { type: "response-end", reason: "tool_calls" },
  ]);
  const lines = stream
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ message }) => message.tool_calls?.[0])).toEqual([
    { id: "a", function: { index: 0, name: "f", arguments: { a: 1 } } },
    { id: "b", function: { index: 1, name: "g", arguments: { arguments: "{" } } },
    undefined,
  ]);
});

describe("the end of an answer", () => {
  const usage = { input: 1, cacheRead: 2, cacheWrite: 3, output: 4, reasoning: 5, estimated: true };
  const end = (reason: StopReason, who = identity) =>
    JSON.parse(door.answer.encode([{ type: "response-end", reason, usage }], who, CHAT));

  test("counts all tokens and says where nexus did, and how long it took by our clock", () => {
    expect(end("length")).toMatchObject({
      done_reason: "length",
      total_duration: 1_500_000_000,
      prompt_eval_count: 6,
      eval_count: 9,
      estimated: true,
    });
    expect(end("content_filter").done_reason).toBe("stop");
  });

  test("a model that is only to be there, or to leave, says no more", () => {
    const load = (request: object) => JSON.parse(door.load?.encode(identity, { ...CHAT, ...request }) ?? "");
    expect(load({})).toMatchObject({ message: { content: "" }, done: true, done_reason: "load" });
    expect(load({ forAnswer: { generates: true, leaves: true } })).toMatchObject({
      response: "",
      done_reason: "unload",
    });
  });
});

describe("errors", () => {
  const context = { required_tier: null, available_backends: [], eta_seconds: 7 };
  const error: RunError = {
    name: "FallbackChainExhausted",
    code: "fallback_chain_exhausted",
    message: "All models in chain failed: …",
    retryable: true,
    failures: [],
    cause: "passes",
    retryAfterMs: 6_500,
  };

  test("are a text, with what can be acted on beside it", () => {
    const { status, headers, body } = door.failure.encode(error, context, "req_1");
    expect([status, headers["retry-after"], JSON.parse(body)]).toEqual([
      503,
      "7",
      { error: error.message, code: error.code, context },
    ]);
    const limited = door.failure.encode({ ...error, code: "rate_limited" }, context, "req_1");
    expect([limited.status, JSON.parse(limited.body)]).toEqual([
      429,
      { error: error.message, code: "rate_limit_exceeded" },
    ]);
  });

  test("a request that is sent back says why", () => {
    const { status, body } = door.failure.encodeBad(
      { ok: false, status: 400, message: "no", code: "x" },
      "req_1",
    );
    expect([status, JSON.parse(body)]).toEqual([400, { error: "no", code: "x" }]);
  });

  test("in a stream are a line", () => {
    expect(door.stream.encodeFailure("gone", "why")).toBe('{"error":"gone"}\n');
  });
});

describe("pages", () => {
  const names = [
    { id: "a", owner: "nexus" },
    {
      id: "b",
      owner: "box",
      info: { id: "b", contextLength: 4096, capabilities: ["tools", "json"] as const },
    },
  ];
  const ask = (path: string, body = "") => {
    const page = door.pages.find((one) => one.path === path);
    const asked = { rest: "", query: {}, headers: {}, body: new TextEncoder().encode(body) };
    const told = page?.answer(names, asked);
    return { status: told?.status, body: JSON.parse(told?.body ?? "null") };
  };

  test("list and show every name, with what is known of it", () => {
    const { models } = ask("/api/tags").body;
    expect(models).toMatchObject([
      { name: "a", model: "a", capabilities: ["completion", "tools", "vision"] },
      { name: "b", capabilities: ["completion", "tools"] },
    ]);
    expect(ask("/api/show", '{"model":"b"}').body.model_info).toEqual({
      "general.architecture": "nexus",
      "nexus.context_length": 4096,
    });
    expect(ask("/api/show", '{"name":"a"}').body.model_info).toEqual({ "general.architecture": "nexus" });
  });

  test.each([
    ['{"model":"x"}', 404],
    ['{"model":7}', 400],
    ["{", 400],
  ])("showing %s is %s", (body, status) => {
    expect(ask("/api/show", body)).toMatchObject({ status, body: { error: expect.any(String) } });
  });

  test("nothing is loaded, and the API has a version", () => {
    expect(ask("/api/ps").body).toEqual({ models: [] });
    expect(ask("/api/version").body.version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

test("the door speaks below /api alone", () => {
  expect(["/api/chat", "/api/x", "/", "/v1/models"].map((path) => door.speaksAt(path, {}))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
