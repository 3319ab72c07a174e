import fc from "fast-check";
import { test } from "vitest";
import { createDecoder } from "../../../src/dialects/ollama/stream.ts";
import { createWatch } from "../../../src/dialects/ollama/watch.ts";
import { bytesOf, watchAgreement } from "../../support/watch-agreement.ts";

const agree = watchAgreement(createDecoder, createWatch, true);

/** Texts that a careless watch would take for something else. */
const text = fc.oneof(
  fc.constantFrom(
    "a",
    "世界 😀",
    '"done":true',
    '{"error":"x"}\n',
    "\\",
    '\\"content":"x"',
    "\u0000\u2028",
    "",
  ),
  fc.string({ maxLength: 8 }),
);
const at = fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123456Z", '"');
const line = (said: object) => `${JSON.stringify(said)}\n`;
const said = fc.oneof(
  { weight: 6, arbitrary: fc.record({ content: text }) },
  { weight: 3, arbitrary: fc.record({ content: fc.constant(""), thinking: text }) },
  { weight: 1, arbitrary: fc.record({ content: text, thinking: text }, { requiredKeys: [] }) },
  {
    weight: 1,
    arbitrary: text.map((name) => ({
      content: "",
      tool_calls: [{ function: { name, arguments: { content: "x" } } }],
    })),
  },
);
const chat = fc
  .tuple(said, at, fc.constantFrom({ done: false }, { done: false, extra: 1 }, {}))
  .map(([message, created_at, more]) => line({ model: "m", created_at, message, ...more }));
const generated = fc
  .tuple(text, at)
  .map(([response, created_at]) => line({ model: "m", created_at, response, done: false }));
const noise = fc.constantFrom(
  "\n",
  "\r\n",
  "{bro\n",
  line({ error: "out of memory" }),
  line({ model: "m", done: true, done_reason: "stop", prompt_eval_count: 1, eval_count: 1 }),
  line({ model: "m", message: { content: "last" }, done: true, done_reason: "length" }),
);
const stream = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: chat },
      { weight: 2, arbitrary: generated },
      { weight: 1, arbitrary: noise },
    ),
    {
      maxLength: 12,
    },
  )
  .map((lines) => lines.join(""));

test("the watch agrees with the decoder, whatever the lines hold and wherever they are split", () => {
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 40 })), (lines, sizes) => {
      agree(bytesOf(lines), sizes);
    }),
    { numRuns: 500 },
  );
});
