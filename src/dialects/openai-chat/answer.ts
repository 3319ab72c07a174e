import type { ChatEvent } from "../../core/chat.ts";
import { isObject } from "../../core/json.ts";
import { createReader, malformed } from "./reader.ts";

/** Reads a whole answer. A body that parsed is complete, so that a missing finish reason is no cut. */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  const reader = createReader();
  const events = reader.take(body);
  if (events.at(-1)?.type === "failure") return events;
  if (!isObject(body) || !Array.isArray(body["choices"])) return malformed('not an answer: no "choices"');
  return [...events, ...reader.complete()];
}
