import type { ChatEvent } from "../../core/chat.ts";
import { isObject } from "../../core/json.ts";
import { createReader, malformed, messageIn } from "./reader.ts";

/** Reads a whole answer. Of one that turns out to be a failure nothing is told but that. */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  const reader = createReader();
  const isAnswer = isObject(body) && (messageIn(body) !== undefined || body["done"] === true);
  const all = [
    ...reader.take(body),
    ...(isAnswer ? reader.complete() : malformed('not an answer: no "message"')),
  ];
  const failure = all.find(({ type }) => type === "failure");
  return failure === undefined ? all : [failure];
}
