import type { ChatEvent } from "../../core/chat.ts";
import { isObject } from "../../core/json.ts";
import { malformedEnd } from "../malformed.ts";
import { decodeInBand, errorIn } from "../openai/failure.ts";
import { createReader } from "./reader.ts";

/** Reads a whole answer. Of one that turns out to be a failure nothing is told but that. */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  if (!isObject(body) || !Array.isArray(body["output"])) {
    const error = errorIn(body);
    if (error !== undefined) return [{ type: "failure", failure: decodeInBand(error) }];
    return malformedEnd('not an answer: no "output"');
  }
  const reader = createReader();
  const events = [
    ...reader.start(body),
    ...body["output"].flatMap((item: unknown, place) => reader.item(place, item)),
  ];
  const end = reader.end(body);
  return end.at(-1)?.type === "failure" ? end : [...events, ...end];
}
