import { expect, test } from "vitest";
import { learnShape } from "../../src/dialects/delta-shape.ts";
import { createDecoder } from "../../src/dialects/openai-chat/stream.ts";
import { HOLES } from "../../src/dialects/openai-chat/watch.ts";
import { chunk } from "./openai-chat/fixtures.ts";

function wire(delta: object, more: object = {}): string {
  return `data: ${JSON.stringify(chunk(delta, null, more))}\n\n`;
}

/** A shape, learned in the middle of a stream. */
function learn(raw: string) {
  const decoder = createDecoder();
  decoder.push({ data: JSON.stringify(chunk({ role: "assistant" })) });
  return learnShape(raw, HOLES, (event) => decoder.push({ data: event.slice("data:".length).trim() }));
}

test("another text in the same shape is known without parsing, and its characters are counted", () => {
  const shape = learn(wire({ content: "a" }, { obfuscation: "xyz" }));
  const other = wire({ content: 'say "hi"\n' }, { obfuscation: "" });
  expect(shape?.match(`${other}${other}`, other.length)).toBe(2 * other.length);
  expect(shape?.characters()).toBe(9);
});

test.each([
  ["another field", wire({ content: "b" }, { usage: { prompt_tokens: 1 } })],
  ["a finish reason", wire({ content: "b" }).replace('"finish_reason":null', '"finish_reason":"stop"')],
  ["a text that is no JSON string", wire({ content: "b" }).replace('"b"', '"\\x"')],
  ["a line break inside the text", wire({ content: "b" }).replace('"b"', '"\n"')],
  ["a text that ends early", wire({ content: "b" }).replace('"b"', '"b","error":"b"')],
  ["a text that never ends", wire({ content: "b" }).slice(0, -40)],
])("%s is not that shape", (_, raw) => {
  expect(learn(wire({ content: "a" }))?.match(raw, 0)).toBe(-1);
});

test.each([
  ["no content", wire({ role: "assistant" }, { obfuscation: "abc" })],
  ["two kinds of content", wire({ content: "a", refusal: "b" })],
  [
    "content that stands in no string of its own",
    wire({ content: [{ type: "text", text: "0?" }] }, { p: "a" }),
  ],
  ["a content that is somewhere else", wire({}, { content: "a" })],
])("of an event with %s no shape is learned", (_, raw) => {
  expect(learn(raw)).toBeUndefined();
});
