import type { ChatEvent } from "../../core/chat.ts";
import { isObject } from "../../core/json.ts";
import { malformedEnd } from "../malformed.ts";
import { createReader } from "./reader.ts";

/**
 * Reads a whole answer. A body that parsed is complete, so that a missing finish reason is no cut. Of one that turns out to be
 * a failure nothing is told but that: it can still be asked of somebody else.
 */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  const reader = createReader();
  const hasChoices = isObject(body) && Array.isArray(body["choices"]);
  const events = reader.take(body);
  events.push(...(hasChoices ? reader.complete() : malformedEnd('not an answer: no "choices"')));
  const failure = events.find(({ type }) => type === "failure");
  return failure === undefined ? events : reader.counted([failure]);
}
