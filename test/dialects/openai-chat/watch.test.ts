import fc from "fast-check";
import { expect, test } from "vitest";
import { createDecoder } from "../../../src/dialects/openai-chat/stream.ts";
import { createWatch } from "../../../src/dialects/openai-chat/watch.ts";
import { bytesOf, watchAgreement } from "../../support/watch-agreement.ts";
import { chunk, recorded } from "./fixtures.ts";

const agree = watchAgreement(createDecoder, createWatch);

const STREAMS = [
  "text-stream",
  "tool-stream",
  "parallel-stream",
  "think-stream",
  "usage-stream",
  "usage-stream-include",
  "json-stream",
  "cut-stream",
];

test.each(STREAMS)("%s: the watch agrees with the decoder wherever the bytes are split", (name) => {
  const bytes = bytesOf(recorded(`${name}.response.txt`));
  agree(bytes, []);
  agree(bytes, Array<number>(bytes.length).fill(1));
  for (let at = 1; at < bytes.length; at += 3) agree(bytes, [at]);
});

/** Texts that a careless watch would take for something else. */
const TRAPS = [
  'he said "finish_reason":"stop" and left',
  '{"error":{"message":"x","code":"rate_limit_exceeded"}}',
  "data: [DONE]\n\ndata: x",
  '\\"content":"x"',
  "\\",
  "0?",
  "1?",
  "世界 😀",
  "\u0000\u2028",
];
const text = fc.oneof(fc.constantFrom(...TRAPS), fc.string({ maxLength: 8 }), fc.constant("a"));
const call = fc
  .record(
    {
      index: fc.constantFrom(0, 1),
      id: fc.constantFrom("x", "y"),
      function: fc.record(
        { name: fc.constant("f"), arguments: fc.oneof(text, fc.constant({ a: 1 })) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map((piece) => ({ tool_calls: [piece] }));
const delta = fc.oneof(
  { weight: 6, arbitrary: fc.record({ content: text }) },
  { weight: 3, arbitrary: fc.record({ content: fc.constantFrom("", null), reasoning: text }) },
  {
    weight: 2,
    arbitrary: fc.record({ content: text, refusal: text, reasoning_content: text }, { requiredKeys: [] }),
  },
  { weight: 3, arbitrary: call },
  { weight: 1, arbitrary: fc.constant({ role: "assistant", content: "" }) },
);
const more = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: text.map((obfuscation) => ({ obfuscation })) },
  { weight: 1, arbitrary: fc.constant({ usage: { prompt_tokens: 3, completion_tokens: 2 } }) },
  { weight: 1, arbitrary: fc.constant({ usage: null, p: "abc", content: "not an answer" }) },
);
const finish = fc.oneof(
  { weight: 12, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom("stop", "length", "error") },
);
const body = fc
  .tuple(fc.array(delta, { minLength: 1, maxLength: 2 }), more, finish, fc.integer({ min: 1, max: 3 }))
  .chain(([deltas, rest, stop, times]) =>
    // The same shape again, as servers write it, with other texts.
    fc.array(text, { minLength: times, maxLength: times }).map((texts) =>
      texts.flatMap((other) =>
        deltas.map((said) => {
          const wire = "content" in said && said.content ? { ...said, content: other } : said;
          return chunk(wire, stop, rest);
        }),
      ),
    ),
  );
const oneEvent = (wire: object) =>
  fc.constantFrom(
    `data: ${JSON.stringify(wire)}`,
    `data:${JSON.stringify(wire)}`,
    `: ping\ndata: ${JSON.stringify(wire)}`,
    `event: message\nid: 7\ndata: ${JSON.stringify(wire)}`,
    JSON.stringify(wire, null, 1)
      .split("\n")
      .map((part) => `data: ${part}`)
      .join("\n"),
  );
/** Insides of strings as they might come, right and wrong: all in events of one shape. */
const inside = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", " 世", "", "\\n", "\\u00e9", "\\\\", '\\"') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'b","refusal":"c',
      'b"},"finish_reason":"stop"}],"x":[{"y":{"z":"',
      'a","error":{"message":"no"},"x":"',
      "\\x",
      "\\u12",
      "\\",
      "\t",
    ),
  },
);
const alike = fc
  .array(fc.tuple(inside, inside), { minLength: 2, maxLength: 6 })
  .map((list) =>
    list
      .map(
        ([said, padding]) =>
          `data: {"choices":[{"index":0,"delta":{"content":"${said}"},"finish_reason":null}],"obfuscation":"${padding}"}`,
      )
      .join("\n\n"),
  );
const block = fc.oneof(
  { weight: 8, arbitrary: alike },
  {
    weight: 12,
    arbitrary: body.chain((wires) => fc.tuple(...wires.map(oneEvent)).map((parts) => parts.join("\n\n"))),
  },
  {
    weight: 3,
    arbitrary: body.map((wires) => wires.map((wire) => `data: ${JSON.stringify(wire)}`).join("\n\n")),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ": keep-alive",
      "data: [DONE]",
      'data: {"error":{"message":"no","code":"rate_limit_exceeded"}}',
      'event: error\ndata: {"message":"overloaded","type":"overloaded_error"}',
      'data: {"choices":[',
      'data: {"choices":[{"index":0,"delta":{"content":"\\x"},"finish_reason":null}]}',
      "data",
      "event: nothing",
      "<html>",
      "",
    ),
  },
);
const stream = fc
  .tuple(
    fc.constantFrom("", "\uFEFF"),
    fc.array(block, { maxLength: 6 }),
    fc.constantFrom("\n", "\r\n", "\r"),
    fc.constantFrom("\n\n", "\n", ""),
  )
  .map(([mark, blocks, lineEnd, end]) =>
    bytesOf((mark + blocks.join("\n\n") + end).replaceAll("\n", lineEnd)),
  );

test("U44 U45 U47 U48 whatever a stream holds, and however it is split, the watch agrees with the decoder", () => {
  fc.assert(fc.property(stream, fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 10 }), agree), {
    numRuns: 1_500,
  });
});

test("U45 whatever a stream holds, the watch agrees with the decoder at every split", () => {
  fc.assert(
    fc.property(stream, (bytes) => {
      agree(bytes, Array<number>(bytes.length).fill(1));
      for (let at = 1; at < bytes.length; at += 11) agree(bytes, [at]);
    }),
    { numRuns: 25 },
  );
});

test("U50 an event that never ends is given up at 8 MiB", () => {
  const watch = createWatch();
  const piece = bytesOf("x".repeat(1_048_576));
  watch.push(bytesOf('data: {"choices":[{"index":0,"delta":{"content":"'));
  const verdicts = Array.from({ length: 8 }, () => watch.push(piece));
  expect(verdicts.map(({ state }) => state)).toEqual([...Array<string>(7).fill("open"), "closed"]);
  expect(verdicts.at(-1)).toMatchObject({
    pass: 0,
    failure: { class: "malformed", message: "an event is larger than 8 MiB" },
  });
});

test("U16 role-only and empty deltas are no content, and may pass all the same", () => {
  const watch = createWatch();
  const opening = bytesOf(`: ping\n\ndata: ${JSON.stringify(chunk({ role: "assistant", content: "" }))}\n\n`);
  expect(watch.push(opening)).toMatchObject({ content: false, state: "open", pass: opening.length });
  expect(watch.end()).toMatchObject({ state: "closed", failure: { class: "malformed" } });
});

test("U45 millions of escapes in an event of the shape known already are read like any other", () => {
  const raw = (said: string) => `data: ${JSON.stringify(chunk({ content: said }))}\n\n`;
  const watch = createWatch();
  watch.push(bytesOf(raw("a") + raw("a")));
  const verdict = watch.push(bytesOf(raw("\n".repeat(4_000_000))));
  expect(verdict).toMatchObject({ state: "open", characters: 4_000_002 });
});
