import { describe, expect, test } from "vitest";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { decodeStream, piece, recorded } from "./fixtures.ts";

const dialect = DIALECTS["gemini"];

function streamed(name: string) {
  return decodeStream(
    ...recorded(`${name}.response.txt`)
      .split("\n\n")
      .filter((block) => block.startsWith("data: "))
      .map((block) => block.slice("data: ".length)),
  );
}

describe("recorded answers", () => {
  test("A001-23 a text, whole and streamed", () => {
    const events = streamed("text-stream");
    expect(events.map((event) => (event.type === "text-delta" ? event.text : "")).join("")).toBe(
      "pong from the mock: héllo 世界 😀",
    );
    expect(events.at(-1)).toEqual({ type: "response-end", reason: "stop" });
    const whole = dialect.answer.decode(JSON.parse(recorded("text.response.txt")));
    expect(whole.at(-1)).toEqual({ type: "response-end", reason: "stop" });
  });

  test("usage", () => {
    const usage = { input: 11, cacheRead: 0, cacheWrite: 0, output: 7, reasoning: 0, estimated: false };
    expect(dialect.answer.decode(JSON.parse(recorded("usage.response.txt"))).at(-1)).toMatchObject({ usage });
  });

  test("thoughts are reasoning", () => {
    expect(streamed("think-stream")).toMatchObject([
      { type: "reasoning-delta", text: "Two plus two is four" },
      { type: "reasoning-delta", text: "." },
      { type: "text-delta", text: "The answer is 4." },
      { type: "response-end", reason: "stop" },
    ]);
  });

  test("parallel calls", () => {
    expect(streamed("parallel-stream").filter(({ type }) => type !== "text-delta")).toEqual([
      { type: "tool-call-start", index: 0, id: "call_a", name: "get_weather" },
      { type: "tool-call-delta", index: 0, json: '{"city":"Oslo"}' },
      { type: "tool-call-start", index: 1, id: "call_b", name: "get_weather" },
      { type: "tool-call-delta", index: 1, json: '{"city":"Rome"}' },
      { type: "response-end", reason: "tool_calls" },
    ]);
  });

  test("a stream that breaks off is no answer", () => {
    expect(streamed("cut-stream").at(-1)).toMatchObject({ type: "failure", failure: { class: "malformed" } });
  });
});

test("calls end in STOP, may have no ids or the same, and are signed", () => {
  const call = (more: object = {}) => ({ functionCall: { name: "f", args: {}, ...more } });
  const events = decodeStream(
    piece([{ ...call(), thoughtSignature: "sig" }, call({ id: "a" }), call({ id: "a" })], "STOP", {
      responseId: "r",
      modelVersion: "gemini-x",
    }),
  );
  expect(events.filter(({ type }) => type !== "tool-call-delta")).toEqual([
    { type: "response-start", id: "r", model: "gemini-x" },
    {
      type: "tool-call-start",
      index: 0,
      id: "call_r_0",
      name: "f",
      proof: { dialect: "gemini", data: "sig" },
    },
    { type: "tool-call-start", index: 1, id: "a", name: "f" },
    { type: "tool-call-start", index: 2, id: "call_r_2", name: "f" },
    { type: "response-end", reason: "tool_calls" },
  ]);
});

test("the signature of a text follows it, also one on an empty text at the end", () => {
  const events = decodeStream(piece([{ text: "a" }]), piece([{ text: "", thoughtSignature: "s" }], "STOP"));
  expect(events).toEqual([
    { type: "text-delta", text: "a" },
    { type: "reasoning-proof", proof: { dialect: "gemini", data: "s" } },
    { type: "response-end", reason: "stop" },
  ]);
});

test.each([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["SAFETY", "content_filter"],
  ["RECITATION", "content_filter"],
  ["PROHIBITED_CONTENT", "content_filter"],
  ["SOMETHING_NEW", "stop"],
])("A001-23 %s is %s", (wire, reason) => {
  expect(decodeStream(piece([{ text: "a" }], wire)).at(-1)).toMatchObject({ type: "response-end", reason });
});

test("a call that nobody can use is a failure that can be asked of others", () => {
  const broken = { candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "bad call" }] };
  expect(dialect.answer.decode(broken)).toMatchObject([
    {
      type: "failure",
      failure: { class: "malformed", message: "the backend stopped with MALFORMED_FUNCTION_CALL: bad call" },
    },
  ]);
});

test("a blocked prompt is refused", () => {
  expect(decodeStream({ promptFeedback: { blockReason: "SAFETY" } })).toMatchObject([
    { type: "failure", failure: { class: "refused", status: 400, code: "SAFETY" } },
  ]);
});

test("usage in buckets that do not overlap; the last counts", () => {
  const usage = (thoughts: number) => ({
    usageMetadata: {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 7,
      thoughtsTokenCount: thoughts,
    },
  });
  expect(
    decodeStream(piece([{ text: "a" }], undefined, usage(1)), piece([], "STOP", usage(5))).at(-1),
  ).toMatchObject({
    usage: { input: 40, cacheRead: 60, cacheWrite: 0, output: 7, reasoning: 5, estimated: false },
  });
});

test("U88 errors inside a stream, as an object and in a list", () => {
  const error = { error: { code: 503, status: "UNAVAILABLE", message: "overloaded" } };
  for (const body of [error, [error]]) {
    expect(decodeStream(piece([{ text: "a" }]), body).at(-1)).toMatchObject({
      failure: { class: "overloaded", status: 503 },
    });
  }
});

test("an answer as the list of its pieces, without alt=sse", () => {
  expect(dialect.answer.decode([piece([{ text: "a" }]), piece([{ text: "b" }], "STOP")])).toEqual([
    { type: "text-delta", text: "a" },
    { type: "text-delta", text: "b" },
    { type: "response-end", reason: "stop" },
  ]);
});

test.each([
  ["nothing", undefined],
  ["no candidates", {}],
  ["an empty list", []],
  ["a stop without content", piece([], "STOP")],
])("%s is no answer", (_name, body) => {
  expect(dialect.answer.decode(body)).toMatchObject([{ type: "failure", failure: { class: "malformed" } }]);
});

test("a whole answer without a reason is whole", () => {
  expect(dialect.answer.decode(piece([{ text: "a" }])).at(-1)).toEqual({
    type: "response-end",
    reason: "stop",
  });
});

test("a list of models: names as users write them, windows, and only what is of use", () => {
  const { models } = dialect;
  expect(models.request("k")).toMatchObject({
    path: "/models?pageSize=1000",
    headers: { "x-goog-api-key": "k" },
  });
  expect(
    models.decode({
      models: [
        {
          name: "models/gemini-x",
          inputTokenLimit: 1000,
          outputTokenLimit: 10,
          supportedGenerationMethods: ["generateContent", "countTokens"],
        },
        { name: "models/embed", supportedGenerationMethods: ["embedContent"] },
        { name: "models/aqa", supportedGenerationMethods: ["generateAnswer"] },
        { name: "models/bare" },
        null,
      ],
    }),
  ).toEqual([{ id: "gemini-x", contextLength: 1000, maxOutputTokens: 10 }, { id: "embed" }, { id: "bare" }]);
  expect(models.decode({ data: [] })).toBeUndefined();
});
