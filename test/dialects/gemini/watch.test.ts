import fc from "fast-check";
import { expect, test } from "vitest";
import { geminiDoor as door } from "../../../src/dialects/gemini/door.ts";
import { createDecoder } from "../../../src/dialects/gemini/stream.ts";
import { readDecoded } from "../../../src/upstream/decoded.ts";
import { frameEvents } from "../../../src/upstream/event-stream.ts";
import { piece, recorded } from "./fixtures.ts";

function sse(...pieces: readonly unknown[]): string {
  return pieces.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join("");
}

const counted = (tokens: number) => ({
  usageMetadata: {
    promptTokenCount: 11,
    candidatesTokenCount: tokens,
    totalTokenCount: 11 + tokens,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: 11 }],
  },
});

/** A stream of words, each with the counts so far, that ends with or without them. */
const words = (last: object) =>
  sse(
    ...["one", "two é", "three 😀", 'fo"ur', "five"].map((text, at) =>
      piece([{ text }], undefined, counted(at + 1)),
    ),
    piece([], "STOP", last),
  );

/** What the watch says of bytes in pieces of these sizes, and what the decoder says of them all. */
function compare(text: string, sizes: readonly number[]): void {
  const bytes = new TextEncoder().encode(text);
  const watch = door.stream.watch();
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    watch.push(bytes.subarray(at, at + size));
    at = Math.min(bytes.length, at + size);
  }
  const verdict = watch.end();
  const reader = readDecoded(createDecoder(), frameEvents());
  const events = [...reader.push(bytes), ...reader.end()];
  const last = events.at(-1);
  expect(verdict.state).toBe("closed");
  expect(verdict.failure).toEqual(last?.type === "failure" ? last.failure : undefined);
  expect(verdict.reason).toBe(last?.type === "response-end" ? last.reason : undefined);
  expect(verdict.usage).toEqual(last !== undefined && "usage" in last ? last.usage : undefined);
  if (last?.type === "response-end") expect(verdict.pass).toBe(bytes.length);
}

test.each([
  ["counts in its last piece", words(counted(9))],
  ["counts in none but the pieces before", words({})],
  [
    "a failure in its midst",
    words({}).replace('"STOP"', '"X"') + sse({ error: { code: 503, message: "m" } }),
  ],
  [
    "a call",
    sse(piece([{ text: "a" }]), piece([{ functionCall: { name: "f", args: { text: "b" } } }], "STOP")),
  ],
  [
    "thoughts",
    sse(
      piece([{ text: "a", thought: true }]),
      piece([{ text: "b", thought: true }]),
      piece([{ text: "c" }], "STOP"),
    ),
  ],
  ...["text-stream", "think-stream", "parallel-stream", "cut-stream"].map((name) => [
    name,
    recorded(`${name}.response.txt`),
  ]),
])("any split of a stream with %s comes to the same end", (_, text) => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 40 }), (sizes) => compare(text, sizes)),
    { numRuns: 60 },
  );
});

test("pieces that differ in text and counts are not parsed again, and their characters are counted", () => {
  const one = (text: string, tokens: number) => sse(piece([{ text }], undefined, counted(tokens)));
  const watch = door.stream.watch();
  watch.push(new TextEncoder().encode(one("ab", 1)));
  const twice = watch.push(new TextEncoder().encode(one("cde", 20) + one("é", 300)));
  expect(twice).toMatchObject({ characters: 6, content: true, state: "open" });
  // A count that no JSON has is looked at.
  const broken = watch.push(new TextEncoder().encode(one("x", 4).replace("15", "015")));
  expect(broken.failure).toMatchObject({ class: "malformed" });
});
