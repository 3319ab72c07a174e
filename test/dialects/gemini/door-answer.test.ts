import { describe, expect, test } from "vitest";
import type { ChatEvent, StopReason } from "../../../src/core/chat.ts";
import { geminiDoor as door } from "../../../src/dialects/gemini/door.ts";
import { UNSIGNED } from "../../../src/dialects/gemini/signature.ts";
import { messagesOf } from "./door-fixtures.ts";

const identity = { id: "1", created: 1, model: "m" };
const usage = { input: 6, cacheRead: 4, cacheWrite: 1, output: 5, reasoning: 2, estimated: false };
const end = (reason: StopReason = "stop"): ChatEvent => ({ type: "response-end", reason });
const text = (said: string): ChatEvent => ({ type: "text-delta", text: said });
const thought = (said: string): ChatEvent => ({ type: "reasoning-delta", text: said });
const called = (index: number, name: string, json: string): ChatEvent[] => [
  { type: "tool-call-start", index, id: `id_${name}`, name },
  ...[...json].map((piece): ChatEvent => ({ type: "tool-call-delta", index, json: piece })),
];

const asked = (forAnswer = {}) => ({ includeUsage: true, forAnswer });

function whole(events: readonly ChatEvent[], forAnswer = {}) {
  const body = JSON.parse(door.answer.encode(events, identity, asked(forAnswer)));
  return { body, parts: body.candidates[0].content.parts };
}

/** The objects of a stream, and what they say together. */
function streamed(events: readonly ChatEvent[], forAnswer = {}) {
  const encoder = door.stream.encoder(identity, asked(forAnswer));
  const raw = events.map((event) => encoder.push(event)).join("");
  const objects = raw
    .split("\r\n\r\n")
    .filter((one) => one !== "")
    .map((one) => JSON.parse(one.replace(/^data: /, "")));
  return { raw, objects, parts: objects.flatMap((one) => one.candidates[0].content.parts) };
}

test("a whole answer has Google's shape", () => {
  const { body } = whole([
    { type: "response-start" },
    text("he"),
    text("llo"),
    { type: "response-end", reason: "stop", usage },
  ]);
  expect(body).toEqual({
    candidates: [{ content: { role: "model", parts: [{ text: "hello" }] }, finishReason: "STOP", index: 0 }],
    usageMetadata: {
      promptTokenCount: 11,
      candidatesTokenCount: 5,
      totalTokenCount: 18,
      cachedContentTokenCount: 4,
      thoughtsTokenCount: 2,
    },
    modelVersion: "m",
    responseId: "1",
  });
});

test("usage that nexus counted says so, and zeros are left out", () => {
  const counted = { input: 1, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: 0, estimated: true };
  const { body } = whole([text("x"), { type: "response-end", reason: "stop", usage: counted }]);
  expect(body.usageMetadata).toEqual({
    promptTokenCount: 1,
    candidatesTokenCount: 1,
    totalTokenCount: 2,
    estimated: true,
  });
});

test.each([
  ["stop", "STOP"],
  ["tool_calls", "STOP"],
  ["length", "MAX_TOKENS"],
  ["content_filter", "SAFETY"],
] as const)("A001-23 %s is %s", (reason, told) => {
  expect(whole([text("x"), end(reason)]).body.candidates[0].finishReason).toBe(told);
  expect(streamed([text("x"), end(reason)]).objects.at(-1).candidates[0].finishReason).toBe(told);
});

test("an empty answer has an empty text, and a refusal is said", () => {
  expect(whole([end()]).parts).toEqual([{ text: "" }]);
  expect(whole([{ type: "refusal-delta", text: "no" }, end()]).parts).toEqual([{ text: "no" }]);
});

describe("calls", () => {
  const events = [text("so"), ...called(0, "f", '{"a":1}'), ...called(1, "g", ""), end("tool_calls")];
  const expected = [
    { text: "so" },
    { functionCall: { id: "id_f", name: "f", args: { a: 1 } }, thoughtSignature: UNSIGNED },
    { functionCall: { id: "id_g", name: "g", args: {} } },
  ];

  test("X-05 come whole, and Gemini 3 would take them back", () => {
    expect(whole(events).parts).toEqual(expected);
    expect(streamed(events).parts).toEqual(expected);
    expect(streamed(events).objects).toHaveLength(2);
  });

  test("keep their own signature", () => {
    const proof = { dialect: "gemini", data: "c2ln" } as const;
    const start = { type: "tool-call-start", index: 0, id: "a", name: "f", proof } as const;
    expect(whole([start, end("tool_calls")]).parts).toEqual([
      { functionCall: { id: "a", name: "f", args: {} }, thoughtSignature: "c2ln" },
    ]);
  });

  test("U80 whose arguments are no object end the answer as Gemini ends it then", () => {
    for (const json of ['{"a":', "[1]", '"x"']) {
      const { objects } = streamed([...called(0, "f", json), end("tool_calls")]);
      expect(objects[0].candidates[0]).toMatchObject({
        finishReason: "MALFORMED_FUNCTION_CALL",
        finishMessage: "the arguments of f are no JSON object",
      });
    }
    expect(whole([...called(0, "f", "null"), end()]).parts[0].functionCall.args).toEqual({});
  });
});

describe("thoughts", () => {
  const theirs = { dialect: "anthropic", data: "dGhlaXJz" } as const;
  const proven: ChatEvent[] = [thought("h"), thought("m"), { type: "reasoning-proof", proof: theirs }];

  test("are shown to who asked for them", () => {
    const events = [thought("hm"), text("yes"), end()];
    const shown = [{ text: "hm", thought: true }, { text: "yes" }];
    expect(whole(events, { thoughts: true }).parts).toEqual(shown);
    expect(streamed(events, { thoughts: true }).parts).toEqual([...shown, { text: "" }]);
    expect(whole(events).parts).toEqual([{ text: "yes" }]);
    expect(streamed(events).parts).toEqual([{ text: "yes" }, { text: "" }]);
  });

  test.each([
    ["a text", [text("yes"), end()]],
    ["a call", [...called(0, "f", "{}"), end("tool_calls")]],
    ["nothing", [end()]],
  ])("come back with their proof, which stands on %s", (_, rest) => {
    for (const { parts } of [whole([...proven, ...rest]), streamed([...proven, ...rest])]) {
      const [back] = messagesOf({ role: "model", parts })[0]?.parts ?? [];
      expect(back).toEqual({ type: "reasoning", text: "hm", proof: theirs });
    }
  });

  test("that are proven twice come back twice", () => {
    const { parts } = streamed([...proven, { type: "reasoning-proof", proof: theirs }, text("yes"), end()]);
    expect(messagesOf({ role: "model", parts })[0]?.parts).toMatchObject([
      { text: "hm", proof: theirs },
      { text: "", proof: theirs },
      { text: "yes" },
    ]);
  });
});

describe("a stream as one JSON array", () => {
  const array = { array: true };

  test("is valid JSON when it is whole", () => {
    const encoder = door.stream.encoder(identity, asked(array));
    const raw = [text("a"), text("b"), end()].map((event) => encoder.push(event)).join("");
    expect(JSON.parse(raw)).toHaveLength(3);
    expect(door.stream.contentType(asked(array))).toBe("application/json");
    expect(door.stream.contentType(asked())).toBe("text/event-stream");
  });

  test("holds the objects of a backend's events as they are", () => {
    const encoder = door.stream.encoder(identity, asked(array));
    const bytes = (said: string): ChatEvent => ({
      type: "bytes",
      bytes: Buffer.from(said),
      content: true,
      characters: 1,
    });
    const raw = [
      bytes('data: {"a": 1}\r\n\r\n: ping\r\n\r\ndata:{"b":\r\ndata: 12345678901234567890}\r\n\r\n'),
      bytes('data: {"c":3}'),
      end(),
    ].map((event) => encoder.push(event));
    expect(raw.join("")).toBe('[{"a": 1},\r\n{"b":\n12345678901234567890},\r\n{"c":3}]\n');
  });

  test("is never closed when it breaks off", () => {
    const encoder = door.stream.encoder(identity, asked(array));
    const raw = encoder.push(text("a")) + encoder.breakOff?.("gone");
    expect(() => JSON.parse(raw)).toThrow();
    expect(JSON.parse(`${raw}]`)[1].error).toMatchObject({ code: 503, status: "UNAVAILABLE" });
  });
});

test("bytes of a stream of events leave the encoder alone, which has nothing to end there", () => {
  const encoder = door.stream.encoder(identity, asked());
  const bytes = Buffer.from("data: {}\r\n\r\n");
  expect(encoder.push({ type: "bytes", bytes, content: false, characters: 0 })).toBe("data: {}\r\n\r\n");
  expect(encoder.push(text("x")) + encoder.push(end())).toBe("");
});

test("2.1 a stream that breaks off ends in an error, without a reason to finish", () => {
  const raw = door.stream.encodeFailure("gone");
  expect(JSON.parse(raw.replace(/^data: /, ""))).toEqual({
    error: {
      code: 503,
      message: "gone",
      status: "UNAVAILABLE",
      details: [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "stream_truncated", domain: "nexus" },
      ],
    },
  });
  expect(door.stream.encodeFailure("gone", "draining")).toContain('"reason":"draining"');
});
