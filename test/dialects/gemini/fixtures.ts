import { readFileSync } from "node:fs";
import type { ChatEvent } from "../../../src/core/chat.ts";
import { createDecoder } from "../../../src/dialects/gemini/stream.ts";

/** Text of a recorded file, such as `text.response.txt`. */
export function recorded(file: string): string {
  return readFileSync(new URL(`../../fixtures/gemini/${file}`, import.meta.url), "utf8");
}

/** What a decoder makes of the data of events, after which the transport ends. */
export function decodeStream(...data: readonly unknown[]): ChatEvent[] {
  const decoder = createDecoder();
  const events = data.flatMap((piece) =>
    decoder.push({ data: typeof piece === "string" ? piece : JSON.stringify(piece) }),
  );
  return [...events, ...decoder.end()];
}

/** A piece of an answer with these parts. */
export function piece(parts: readonly object[], finishReason?: string, more: object = {}): object {
  return {
    candidates: [{ content: { role: "model", parts }, ...(finishReason && { finishReason }) }],
    ...more,
  };
}
