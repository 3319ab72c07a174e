import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../../../src/core/chat.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { chunk } from "./fixtures.ts";

const dialect = DIALECTS["openai-chat"];

/** Names the format knows, so that random objects reach more than the first check. */
const NAMES = [
  "choices",
  "delta",
  "message",
  "content",
  "tool_calls",
  "function",
  "arguments",
  "index",
  "id",
  "name",
];
const MORE_NAMES = [
  "error",
  "code",
  "type",
  "usage",
  "finish_reason",
  "prompt_tokens",
  "details",
  "data",
  "__proto__",
  "toString",
  "valueOf",
];
const anyBody = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "stop", "x", "[DONE]"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, ...MORE_NAMES), tie("value"), { maxKeys: 5 }),
  ),
})).value;
const anyChunk = fc.oneof(
  anyBody.map((body) => JSON.stringify(body)),
  anyBody.map((delta) => JSON.stringify({ choices: [{ delta }] })),
  anyBody.map((call) => JSON.stringify(chunk({ tool_calls: [call] }))),
  fc.constantFrom(JSON.stringify(chunk({ content: "x" }, "stop")), "[DONE]", "{", ""),
);

function endsOnce(events: readonly ChatEvent[]): void {
  const ends = events.filter(({ type }) => type === "response-end" || type === "failure");
  expect(ends).toEqual(events.slice(-1));
  expect(events.filter(({ type }) => type === "response-start").length).toBeLessThanOrEqual(1);
  const started = new Set(events.flatMap((event) => (event.type === "tool-call-start" ? [event.index] : [])));
  expect(events.every((event) => event.type !== "tool-call-delta" || started.has(event.index))).toBe(true);
}

test("U88 U89 whatever a stream holds, it ends exactly once, and every call begins before it goes on", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ data: anyChunk })), (wire) => {
      const decoder = dialect.stream.decoder();
      endsOnce([...wire.flatMap((event) => decoder.push(event)), ...decoder.end()]);
      expect(decoder.state()).toBe("closed");
    }),
    { numRuns: 500 },
  );
});

test("U88 U89 whatever an answer holds, it ends exactly once", () => {
  fc.assert(
    fc.property(anyBody, (body) => endsOnce(dialect.answer.decode(body))),
    { numRuns: 500 },
  );
});

test("U91 whatever an error says, it is a failure with a message on one line", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 400, max: 599 }),
      fc.oneof(
        fc.string(),
        anyBody.map((body) => JSON.stringify(body)),
      ),
      (status, body) => {
        const failure = dialect.failure.decode({ status, headers: {}, body });
        expect(failure.status).toBe(status);
        expect(failure.message).toMatch(/^[^\p{Cc}]+$/u);
      },
    ),
    { numRuns: 500 },
  );
});

test("whatever a list of models holds, every model has an id", () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      for (const model of dialect.models.decode(body) ?? []) expect(model.id).not.toBe("");
    }),
  );
});
