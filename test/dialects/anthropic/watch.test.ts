import fc from "fast-check";
import { expect, test } from "vitest";
import { createDecoder } from "../../../src/dialects/anthropic/stream.ts";
import { createWatch } from "../../../src/dialects/anthropic/watch.ts";
import { bytesOf, watchAgreement } from "../../support/watch-agreement.ts";
import { recorded } from "./fixtures.ts";

const agree = watchAgreement(createDecoder, createWatch);

test.each(["text-stream", "tool-stream", "parallel", "think-stream"])(
  "%s: the watch agrees with the decoder wherever the bytes are split",
  (name) => {
    const bytes = bytesOf(recorded(name));
    agree(bytes, []);
    agree(bytes, Array<number>(bytes.length).fill(1));
    for (let at = 1; at < bytes.length; at += 7) agree(bytes, [at]);
  },
);

/** Texts that a careless watch would take for something else. */
const text = fc.oneof(
  fc.constantFrom(
    "a",
    "世界 😀",
    '"stop_reason":"end_turn"',
    "event: message_stop\n\n",
    "\\",
    '\\"text":"x"',
    "\u0000\u2028",
    "",
  ),
  fc.string({ maxLength: 8 }),
);

function event(data: { readonly type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const piece = (index: number, delta: object) => event({ type: "content_block_delta", ...{ index, delta } });
const noise = fc.constantFrom(
  "",
  'event: ping\ndata: {"type": "ping"}\n\n',
  ": comment\n\n",
  'data: {"type":"of_the_future"}\n\n',
);

/** A block of one kind, its pieces all of one shape. */
const block = fc.tuple(
  fc.constantFrom("text", "thinking", "tool_use", "server_tool_use"),
  fc.array(fc.tuple(text, noise)),
);

const stream = fc
  .record({
    blocks: fc.array(block, { maxLength: 4 }),
    end: fc.constantFrom(
      event({
        type: "message_delta",
        ...{ delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } },
      }) + event({ type: "message_stop" }),
      event({ type: "message_delta", ...{ delta: { stop_reason: "refusal" } } }),
      event({ type: "error", ...{ error: { type: "overloaded_error", message: "Overloaded" } } }),
      "event: content_block_delta\ndata: {\n\n",
      "<html>",
      "",
    ),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
  })
  .map(({ blocks, end, lineEnd }) => {
    const said = blocks.map(([type, pieces], index) => {
      const content_block = type.endsWith("tool_use")
        ? { type, id: `t${index}`, name: "f", input: {} }
        : { type };
      const deltas = pieces.map(([one, between]) => {
        if (type === "text") return piece(index, { type: "text_delta", text: one }) + between;
        if (type === "thinking") return piece(index, { type: "thinking_delta", thinking: one }) + between;
        return piece(index, { type: "input_json_delta", partial_json: one }) + between;
      });
      const begin = event({ type: "content_block_start", ...{ index, content_block } });
      return begin + deltas.join("") + event({ type: "content_block_stop", ...{ index } });
    });
    const start = event({
      type: "message_start",
      ...{ message: { id: "m", model: "c", usage: { input_tokens: 5 } } },
    });
    return bytesOf((start + said.join("") + end).replaceAll("\n", lineEnd));
  });

test("U44 U45 U47 U48 whatever a stream holds, and however it is split, the watch agrees with the decoder", () => {
  fc.assert(fc.property(stream, fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 10 }), agree), {
    numRuns: 700,
  });
});

test("pieces of one shape are not parsed again", () => {
  const parse = JSON.parse;
  const watch = createWatch();
  watch.push(
    bytesOf(
      event({ type: "content_block_start", ...{ index: 0, content_block: { type: "text", text: "" } } }),
    ),
  );
  const pieces = (count: number) =>
    bytesOf(
      Array.from({ length: count }, (_, at) => piece(0, { type: "text_delta", text: `word ${at} ` })).join(
        "",
      ),
    );
  let parsed = 0;
  JSON.parse = (json: string) => {
    parsed += 1;
    return parse(json);
  };
  try {
    expect(watch.push(pieces(500))).toMatchObject({ state: "open", content: true });
  } finally {
    JSON.parse = parse;
  }
  expect(parsed).toBeLessThan(10);
});

test("U16 the beginning of a message is no content, and may pass all the same", () => {
  const watch = createWatch();
  const opening = bytesOf(event({ type: "message_start", ...{ message: {} } }) + event({ type: "ping" }));
  expect(watch.push(opening)).toMatchObject({ content: false, state: "open", pass: opening.length });
  expect(watch.end()).toMatchObject({ state: "closed", failure: { class: "malformed" } });
});
