import * as fc from "fast-check";
import { expect, it } from "vitest";
import { completeAnswer } from "../../src/mock/answer.ts";

const CALL = { model: "m", stream: true, includeUsage: false, prompt: "", number: 1, atMs: 0 };
const PACE = { latencyMs: 0, chunkDelayMs: 0 };

async function piecesOf(text: string): Promise<string[]> {
  const pieces = [];
  for await (const piece of completeAnswer({ text }, CALL, PACE).pieces) pieces.push(piece);
  return pieces;
}

it("the streamed pieces of a text are that text, and no character is torn apart", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(" ", "\n", "é", "🙂", "a") }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map((unit) => unit.repeat(20_000)),
  );
  await fc.assert(
    fc.asyncProperty(text, async (whole) => {
      const pieces = await piecesOf(whole);
      expect(pieces.join("") === whole).toBe(true);
      expect(pieces.every((piece) => Buffer.from(piece).toString() === piece)).toBe(true);
    }),
    { numRuns: 50 },
  );
});
