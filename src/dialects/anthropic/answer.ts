import type { ChatEvent } from "../../core/chat.ts";
import { malformed } from "../../core/failure.ts";
import { isObject } from "../../core/json.ts";
import { createReader } from "./reader.ts";

/** Reads a whole message. Of one that turns out to be a failure nothing is told but that. */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  const reader = createReader();
  if (isObject(body) && (body["type"] === "error" || isError(body["error"]))) return reader.fail(body);
  const content = isObject(body) ? body["content"] : undefined;
  if (!isObject(body) || !Array.isArray(content)) {
    return [{ type: "failure", failure: malformed('not an answer: no "content"') }];
  }
  const events = [
    ...reader.start(body),
    ...content.flatMap((block) => [...reader.open(block), ...reader.close()]),
    ...reader.stop(body, undefined),
    ...reader.complete(),
  ];
  const failure = events.find(({ type }) => type === "failure");
  return failure === undefined ? events : [failure];
}

function isError(error: unknown): boolean {
  return isObject(error) || (typeof error === "string" && error !== "");
}
