import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { ChatEvent } from "../../../src/core/chat.ts";
import { ollama } from "../../../src/dialects/ollama/index.ts";

const line = (message: object, more: object = {}) => ({
  model: "m",
  message: { role: "assistant", content: "", ...message },
  done: false,
  ...more,
});
const end = (more: object = {}) => line({}, { done: true, done_reason: "stop", ...more });

function stream(...lines: readonly unknown[]): ChatEvent[] {
  const decoder = ollama.stream.decoder();
  const events = lines.flatMap((one) =>
    decoder.push({ data: typeof one === "string" ? one : JSON.stringify(one) }),
  );
  return [...events, ...decoder.end()];
}

const start = { type: "response-start", model: "m" };
const call = (city: string, more: object = {}) => ({
  ...more,
  function: { name: "weather", arguments: { city } },
});
const failed = (failure: object) => ({ type: "failure", failure: expect.objectContaining(failure) });

describe("a stream", () => {
  it("thinks, speaks, and ends with what was counted", () => {
    const events = stream(
      line({ thinking: "hm" }),
      line({ content: "4" }),
      end({ prompt_eval_count: 7, eval_count: 3 }),
    );
    const usage = { input: 7, cacheRead: 0, cacheWrite: 0, output: 3, reasoning: 0, estimated: false };
    expect(events).toEqual([
      start,
      { type: "reasoning-delta", text: "hm" },
      { type: "text-delta", text: "4" },
      { type: "response-end", reason: "stop", usage },
    ]);
  });

  it("a prompt that was not counted, as from a cache, leaves the usage unknown", () => {
    expect(stream(line({ content: "4" }), end({ eval_count: 3 })).at(-1)).toEqual({
      type: "response-end",
      reason: "stop",
    });
  });

  it("parallel calls without ids, or with the same, get ids of their own", () => {
    const calls = [call("Oslo"), call("Rome", { id: "x" }), call("Bern", { id: "x" })];
    const events = stream(line({ tool_calls: calls }), end());
    const starts = events.filter(({ type }) => type === "tool-call-start");
    expect(starts).toMatchObject([
      { index: 0, id: "call_0" },
      { index: 1, id: "x" },
      { index: 2, id: "call_2" },
    ]);
    expect(events).toContainEqual({ type: "tool-call-delta", index: 1, json: '{"city":"Rome"}' });
    expect(events.at(-1)).toEqual({ type: "response-end", reason: "tool_calls" });
  });

  it("the end of the length is told", () => {
    expect(stream(line({ content: "4" }), end({ done_reason: "length" })).at(-1)).toMatchObject({
      reason: "length",
    });
  });

  it.each([
    ["was cut", [line({ content: "4" })], "broke off"],
    ["never began", [line({})], "before the answer began"],
    ["is empty", [], "empty response"],
    ["says nothing", [end()], "empty response"],
    ["only loaded the model", [end({ done_reason: "load" })], "only loaded"],
    ["is no JSON", ["{"], "not JSON"],
    ["has a nameless call", [line({ tool_calls: [{ function: {} }] })], "without a name"],
    ["is no object", ["3"], "no JSON object"],
  ])("one that %s is malformed", (_, lines, message) => {
    expect(stream(...lines).at(-1)).toEqual(
      failed({ class: "malformed", message: expect.stringContaining(message) }),
    );
  });

  it("an error in the middle ends it", () => {
    const events = stream(line({ content: "4" }), { error: "an error was encountered" }, end());
    expect(events.slice(2)).toEqual([failed({ class: "server", message: "an error was encountered" })]);
  });

  it("is closed once it said that it is done", () => {
    const decoder = ollama.stream.decoder();
    decoder.push({ data: JSON.stringify(line({ content: "a" })) });
    expect(decoder.state()).toBe("open");
    decoder.push({ data: JSON.stringify(end()) });
    expect(decoder.state()).toBe("closed");
    expect(decoder.push({ data: "{}" })).toEqual([]);
  });
});

describe("a whole answer", () => {
  it("is read like a stream", () => {
    expect(ollama.answer.decode(line({ content: "4" }, { done: true }))).toEqual([
      start,
      { type: "text-delta", text: "4" },
      { type: "response-end", reason: "stop" },
    ]);
  });

  it.each([[{ models: [] }], [null], [{ error: "no" }], [end()]])("%j is none", (body) => {
    expect(ollama.answer.decode(body)).toEqual([failed({})]);
  });
});

it.each([
  [404, 'model "x" not found, try pulling it first', "model_missing"],
  [400, "registry.ollama.ai/library/x does not support tools", "invalid"],
  [400, '"x" does not support thinking', "invalid"],
  [400, "the input length exceeds the context length", "context"],
  [503, "server busy, please try again.  maximum pending requests exceeded", "overloaded"],
  [500, "model requires more system memory (5.6 GiB) than is available (2.1 GiB)", "server"],
  [401, "unauthorized", "auth"],
])("%i %s is %s", (status, error, kind) => {
  const failure = ollama.failure.decode({ status, headers: {}, body: JSON.stringify({ error }) });
  expect(failure).toMatchObject({ class: kind, status });
  expect(failure.message).toContain(error.slice(0, 20));
});

const NAMES = [
  "model",
  "message",
  "content",
  "thinking",
  "tool_calls",
  "function",
  "name",
  "arguments",
  "id",
];
const MORE = ["done", "done_reason", "error", "eval_count", "prompt_eval_count", "__proto__"];
const anyBody = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "stop", "x"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, ...MORE), tie("value"), { maxKeys: 5 }),
  ),
})).value;

test("U88 U89 whatever is said, it ends exactly once and never throws", () => {
  const endsOnce = (events: readonly ChatEvent[]) => {
    const ends = events.filter(({ type }) => type === "response-end" || type === "failure");
    expect(ends).toEqual(events.slice(-1));
    expect(ends).toHaveLength(1);
  };
  fc.assert(
    fc.property(fc.array(anyBody), (lines) => endsOnce(stream(...lines.map((one) => JSON.stringify(one))))),
  );
  fc.assert(fc.property(anyBody, (body) => endsOnce(ollama.answer.decode(body))));
});
