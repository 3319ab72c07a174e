import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDecoder } from "../../../src/dialects/openai-responses/stream.ts";
import { createWatch } from "../../../src/dialects/openai-responses/watch.ts";
import { bytesOf, watchAgreement } from "../../support/watch-agreement.ts";

const agree = watchAgreement(createDecoder, createWatch);

test.each(["text-stream", "parallel-stream", "think-stream", "usage-stream", "cut-stream"])(
  "%s: the watch agrees with the decoder wherever the bytes are split",
  (name) => {
    const bytes = readFileSync(
      new URL(`../../fixtures/openai-responses/${name}.response.txt`, import.meta.url),
    );
    agree(bytes, []);
    agree(bytes, Array<number>(bytes.length).fill(1));
    for (let at = 1; at < bytes.length; at += 11) agree(bytes, [at]);
  },
);

/** Texts that a careless watch would take for something else. */
const text = fc.oneof(
  fc.constantFrom("a", "世界 😀", '"delta":"x"', "event: response.completed\n\n", "\\", "\u0000\u2028", ""),
  fc.string({ maxLength: 8 }),
);

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

const KINDS = {
  message: "response.output_text.delta",
  reasoning: "response.reasoning_summary_text.delta",
  function_call: "response.function_call_arguments.delta",
} as const;

/** An item of one kind, its pieces all of one shape but for the count of events, and padded like OpenAI's. */
const item = fc.tuple(
  fc.constantFrom("message", "reasoning", "function_call"),
  fc.array(fc.tuple(text, fc.string({ maxLength: 4 }))),
);

const stream = fc
  .record({
    items: fc.array(item, { maxLength: 4 }),
    end: fc.constantFrom(
      event("response.completed", {
        response: { status: "completed", output: [], usage: { input_tokens: 3, output_tokens: 4 } },
      }),
      event("response.failed", {
        response: { status: "failed", error: { code: "server_error", message: "x" } },
      }),
      event("error", { message: "overloaded" }),
      "event: response.output_text.delta\ndata: {\n\n",
      "",
    ),
    lineEnd: fc.constantFrom("\n", "\r\n"),
  })
  .map(({ items, end, lineEnd }) => {
    let count = 0;
    const said = items.map(([type, pieces], output_index) => {
      const place = { item_id: `i${output_index}`, output_index };
      const begin = event("response.output_item.added", {
        ...{ sequence_number: count++, output_index },
        item: { type, id: place.item_id, name: "f", call_id: `c${output_index}` },
      });
      const deltas = pieces.map(([delta, obfuscation]) =>
        event(KINDS[type], { sequence_number: count++, ...place, content_index: 0, delta, obfuscation }),
      );
      return begin + deltas.join("");
    });
    return bytesOf((said.join("") + end).replaceAll("\n", lineEnd));
  });

test("U44 U45 U47 whatever a stream holds, and however it is split, the watch agrees with the decoder", () => {
  fc.assert(fc.property(stream, fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 10 }), agree), {
    numRuns: 400,
  });
});

test("pieces of one shape are not parsed again, though their numbers count up", () => {
  const parse = JSON.parse;
  const watch = createWatch();
  const pieces = Array.from({ length: 500 }, (_, at) =>
    event(KINDS.message, { sequence_number: at + 3, item_id: "i", output_index: 0, delta: `word ${at} ` }),
  );
  let parsed = 0;
  JSON.parse = (json: string) => {
    parsed += 1;
    return parse(json);
  };
  try {
    expect(watch.push(bytesOf(pieces.join("")))).toMatchObject({ state: "open", content: true });
  } finally {
    JSON.parse = parse;
  }
  expect(parsed).toBeLessThan(10);
});
