import { expect, test } from "vitest";
import { learnShape } from "../../src/dialects/delta-shape.ts";
import { createDecoder } from "../../src/dialects/openai-chat/stream.ts";
import { HOLES } from "../../src/dialects/openai-chat/watch.ts";
import { createShapes } from "../../src/dialects/shapes.ts";
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

/** An event of a stream with this id, which began at this time. */
function ofStream(id: string, created: number | string): string {
  return `data: {"id":"${id}","created":${created},"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n`;
}

test("streams of one server share a shape, which knows neither id nor time", () => {
  const shape = learn(ofStream("chatcmpl-1", 1763600000));
  const other = ofStream("chatcmpl-2", 1763600999);
  expect(shape?.match(other, 0)).toBe(other.length);
});

test.each([
  ["an id of another length", ofStream("chatcmpl-22", 1763600999)],
  ["an id that is no JSON string", ofStream('chatcmpl"2', 1763600999)],
  ["a time that is no JSON number", ofStream("chatcmpl-2", "0763600999")],
])("%s is not that shape", (_, raw) => {
  expect(learn(ofStream("chatcmpl-1", 1763600000))?.match(raw, 0)).toBe(-1);
});

test("an id too long to be one is a text like any other", () => {
  const shape = learn(ofStream("a".repeat(200), 1));
  expect(shape?.match(ofStream("a".repeat(200), 2), 0)).toBe(ofStream("a".repeat(200), 2).length);
  expect(shape?.match(ofStream("b".repeat(200), 2), 0)).toBe(-1);
});

test("a shape that another stream had is taken only where its events mean content, too", () => {
  const raw = ofStream("chatcmpl-1", 1);
  const content = (event: string) => {
    const text = /"content":"([^"]*)"/.exec(event)?.[1] ?? "";
    return [{ type: "text-delta", text } as const];
  };
  const [first, second, third] = [createShapes(HOLES), createShapes(HOLES), createShapes(HOLES)];
  first.learn(raw, content);
  second.learn(raw, content);
  third.learn(raw, () => []);
  const other = ofStream("chatcmpl-2", 2);
  expect([first, second, third].map((shapes) => shapes.match(other, 0))).toEqual([
    other.length,
    other.length,
    -1,
  ]);
});
