import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../../../src/core/chat.ts";
import { decodeRequest } from "../../../src/dialects/gemini/door-request.ts";
import { DIALECTS } from "../../../src/dialects/index.ts";
import { readDecoded } from "../../../src/upstream/decoded.ts";
import { frameEvents } from "../../../src/upstream/event-stream.ts";
import { piece, recorded } from "./fixtures.ts";

const dialect = DIALECTS["gemini"];
const NAMES = [
  "candidates",
  "content",
  "parts",
  "text",
  "thought",
  "functionCall",
  "name",
  "args",
  "index",
  "error",
];
const MORE = [
  "finishReason",
  "usageMetadata",
  "promptFeedback",
  "blockReason",
  "models",
  "details",
  "__proto__",
];

const anyBody = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "STOP", "x"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, ...MORE), tie("value"), { maxKeys: 5 }),
  ),
})).value;

const anyData = fc.oneof(
  anyBody.map((body) => JSON.stringify(body)),
  anyBody.map((part) => JSON.stringify({ candidates: [{ content: { parts: [part] } }] })),
  fc.constantFrom(JSON.stringify(piece([{ text: "x" }], "STOP")), "{", ""),
);

function endsOnce(events: readonly ChatEvent[]): void {
  const ends = events.filter(({ type }) => type === "response-end" || type === "failure");
  expect(ends).toEqual(events.slice(-1));
}

test("U88 U89 whatever a stream or an answer holds, it ends exactly once", () => {
  fc.assert(
    fc.property(fc.array(anyData), anyBody, (all, body) => {
      const decoder = dialect.stream.decoder();
      endsOnce([...all.flatMap((data) => decoder.push({ data })), ...decoder.end()]);
      expect(decoder.state()).toBe("closed");
      endsOnce(dialect.answer.decode(body));
    }),
    { numRuns: 300 },
  );
});

test("U91 whatever an error says, it is a failure with a message on one line", () => {
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), anyData, (status, body) => {
      const failure = dialect.failure.decode({ status, headers: {}, body });
      expect(failure.status).toBe(status);
      expect(failure.message).toMatch(/^[^\p{Cc}]+$/u);
    }),
  );
});

const REQUEST = [
  "contents",
  "parts",
  "role",
  "text",
  "functionCall",
  "functionResponse",
  "name",
  "args",
  "response",
  "thoughtSignature",
  "thought",
  "inlineData",
];
const CONFIG = [
  "generationConfig",
  "generation_config",
  "systemInstruction",
  "tools",
  "functionDeclarations",
  "toolConfig",
  "functionCallingConfig",
  "thinkingConfig",
  "responseSchema",
  "safetySettings",
  "generateContentRequest",
  "__proto__",
];
const anyRequest = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "user", "model", "bmV4dXM6e30="),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...REQUEST, ...CONFIG), tie("value"), { maxKeys: 5 }),
  ),
})).value;

test("C36 whatever a request holds, it is read or refused in words", () => {
  const bodies = fc.oneof(
    anyRequest,
    anyRequest.map((part) => ({ contents: [{ role: "model", parts: [part] }, { parts: [part] }] })),
    anyRequest.map((more) => ({ contents: [{ parts: [{ text: "hi" }] }], generationConfig: more })),
  );
  fc.assert(
    fc.property(bodies, fc.constantFrom("generateContent", "countTokens"), (body, verb) => {
      const bytes = new TextEncoder().encode(JSON.stringify(body));
      const read = decodeRequest(bytes, { rest: `m:${verb}`, query: {}, headers: {} });
      if (!read.ok) expect(read).toMatchObject({ status: 400, message: expect.stringMatching(/./) });
    }),
    { numRuns: 1000 },
  );
});

test.each(["text-stream", "think-stream", "parallel-stream"])(
  "any split of %s gives the same events, with CRLF too",
  (name) => {
    const lines = recorded(`${name}.response.txt`);
    const read = (pieces: readonly Uint8Array[]) => {
      const reader = readDecoded(dialect.stream.decoder(), frameEvents());
      return [...pieces.flatMap((bytes) => reader.push(bytes)), ...reader.end()];
    };
    const whole = read([Buffer.from(lines)]);
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.nat(lines.length)), (crlf, cuts) => {
        const bytes = Buffer.from(crlf ? lines.replaceAll("\n", "\r\n") : lines);
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        expect(read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  },
);
