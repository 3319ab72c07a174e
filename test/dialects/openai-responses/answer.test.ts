import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../../../src/core/chat.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { frameEvents } from "../../../src/upstream/event-stream.ts";

const dialect = DIALECTS["openai-responses"];

function recorded(name: string): string {
  return readFileSync(
    new URL(`../../fixtures/openai-responses/${name}.response.txt`, import.meta.url),
    "utf8",
  );
}

function decodeStream(pieces: readonly string[]): ChatEvent[] {
  const [decoder, framer] = [dialect.stream.decoder(), frameEvents()];
  const events = pieces.flatMap((piece) => framer.feed(piece).flatMap((wire) => decoder.push(wire)));
  return [...events, ...framer.end().flatMap((wire) => decoder.push(wire)), ...decoder.end()];
}

function ofEvents(...bodies: readonly object[]): ChatEvent[] {
  return decodeStream(bodies.map((body) => `data: ${JSON.stringify(body)}\n\n`));
}

/** The events with pieces of the same content joined. */
function joined(events: readonly ChatEvent[]): string {
  return events
    .map((event) =>
      "text" in event ? event.text : event.type === "tool-call-delta" ? event.json : event.type,
    )
    .join("");
}

describe("recorded answers", () => {
  test.each(["text", "think", "parallel"])("%s is the same streamed and whole", (name) => {
    const whole = dialect.answer.decode(JSON.parse(recorded(name)));
    expect(joined(decodeStream([recorded(`${name}-stream`)]))).toBe(joined(whole));
    expect(whole.at(-1)).toEqual({
      type: "response-end",
      reason: name === "parallel" ? "tool_calls" : "stop",
    });
  });

  test("parallel calls have the ids by which they are answered", () => {
    const starts = decodeStream([recorded("parallel-stream")]).filter(
      ({ type }) => type === "tool-call-start",
    );
    expect(starts).toEqual([
      { type: "tool-call-start", index: 0, id: "call_a", name: "get_weather" },
      { type: "tool-call-start", index: 1, id: "call_b", name: "get_weather" },
    ]);
  });

  test("a stream that ends without its last event was cut", () => {
    expect(decodeStream([recorded("cut-stream")]).at(-1)).toMatchObject({ failure: { class: "malformed" } });
  });

  test("any split of the bytes gives the same events", () => {
    const text = recorded("parallel-stream");
    const whole = decodeStream([text]);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(decodeStream(pieces)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});

const message = (part: object) => ({ type: "message", content: [part] });
const SAID = message({ type: "output_text", text: "x" });

describe("ends", () => {
  test.each([
    ["max_output_tokens", "length"],
    ["content_filter", "content_filter"],
  ])("incomplete by %s is %s", (reason, told) => {
    const events = dialect.answer.decode({
      status: "incomplete",
      incomplete_details: { reason },
      output: [SAID],
    });
    expect(events.at(-1)).toMatchObject({ type: "response-end", reason: told });
  });

  test("usage falls into buckets that do not overlap", () => {
    const usage = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 5 },
    };
    expect(dialect.answer.decode({ output: [SAID], usage }).at(-1)).toMatchObject({
      usage: { input: 5, cacheRead: 4, cacheWrite: 1, output: 2, reasoning: 5, estimated: false },
    });
  });

  test("a failed response is classified by its code, in a stream too", () => {
    const response = {
      status: "failed",
      output: [],
      error: { code: "rate_limit_exceeded", message: "slow down" },
    };
    const failure = { class: "rate_limited", status: 429, message: "slow down" };
    expect(dialect.answer.decode(response)).toMatchObject([{ failure }]);
    expect(ofEvents({ type: "response.failed", response })).toMatchObject([{ failure }]);
  });

  test("an error event is a failure, and the end", () => {
    const events = ofEvents(
      { type: "error", code: "server_error", message: "oh", param: null },
      { type: "x" },
    );
    expect(events).toMatchObject([{ type: "failure", failure: { class: "server", message: "oh" } }]);
  });

  test("an answer with nothing in it is empty", () => {
    expect(dialect.answer.decode({ output: [] })).toMatchObject([{ failure: { message: "empty response" } }]);
    expect(ofEvents()).toMatchObject([{ failure: { message: "empty response" } }]);
  });

  test.each(["queued", "in_progress", "cancelled"])("one that is %s is none", (status) => {
    expect(dialect.answer.decode({ status, output: [SAID] }).at(-1)?.type).toBe("failure");
  });
});

test("a refusal and reasoning under seal are told, the seal with its id", () => {
  const sealed = {
    type: "reasoning",
    id: "rs_1",
    summary: [{ text: "a" }, { text: "b" }],
    encrypted_content: "zz",
  };
  const events = dialect.answer.decode({ output: [sealed, message({ type: "refusal", refusal: "no" })] });
  expect(events).toEqual([
    { type: "reasoning-delta", text: "a\n\nb" },
    { type: "reasoning-proof", proof: { dialect: "openai-responses", data: "zz", id: "rs_1" } },
    { type: "refusal-delta", text: "no" },
    { type: "response-end", reason: "stop" },
  ]);
});

test("what no piece has told comes with the item, or at the latest with the response", () => {
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  const events = ofEvents(
    { type: "response.output_item.done", output_index: 0, item: SAID },
    { type: "response.completed", response: { output: [SAID, call] } },
  );
  expect(events).toEqual([
    { type: "text-delta", text: "x" },
    { type: "tool-call-start", index: 0, id: "c", name: "f" },
    { type: "tool-call-delta", index: 0, json: "{}" },
    { type: "response-end", reason: "tool_calls" },
  ]);
});

test("paragraphs of a summary stand apart, and what nobody knows is passed over", () => {
  const events = ofEvents(
    { type: "response.reasoning_summary_part.added", output_index: 0, summary_index: 0 },
    { type: "response.reasoning_summary_text.delta", output_index: 0, delta: "a" },
    { type: "response.reasoning_summary_part.added", output_index: 0, summary_index: 1 },
    { type: "response.brand_new", delta: "?" },
    { type: "response.reasoning_summary_text.delta", output_index: 0, delta: "b" },
  );
  expect(joined(events)).toBe("a\n\nbfailure");
});

const NAMES = [
  "type",
  "output",
  "item",
  "response",
  "content",
  "summary",
  "output_index",
  "delta",
  "error",
  "status",
  "usage",
  "name",
];
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      "",
      "message",
      "function_call",
      "reasoning",
      "response.completed",
      "error",
      "failed",
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, "__proto__"), tie("value"), { maxKeys: 5 }),
  ),
})).value;

test("U88 U89 whatever an answer or a stream holds, it ends exactly once", () => {
  const endsOnce = (events: readonly ChatEvent[]) =>
    expect(events.filter(({ type }) => type === "response-end" || type === "failure")).toEqual(
      events.slice(-1),
    );
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 4 }), (bodies) => {
      endsOnce(decodeStream(bodies.map((body) => `data: ${JSON.stringify(body)}\n\n`)));
      endsOnce(dialect.answer.decode({ output: bodies }));
      endsOnce(dialect.answer.decode(bodies[0]));
    }),
    { numRuns: 300 },
  );
});
