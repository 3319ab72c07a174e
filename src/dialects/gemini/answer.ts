import { type ChatEvent, isContent } from "../../core/chat.ts";
import { isObject } from "../../core/json.ts";
import { createReader } from "./reader.ts";

/**
 * Reads a whole answer, or the list of pieces that a stream without `alt=sse` is. Of one that turns out to be a failure nothing is told
 * but that: it can still be asked of somebody else.
 */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  const reader = createReader();
  const events: ChatEvent[] = [];
  for (const piece of Array.isArray(body) && body.length > 0 ? body : [body]) {
    // A body that parsed is whole; some servers leave the reason out.
    events.push(...reader.take(piece));
    const last = events.at(-1);
    if (last?.type === "failure") return [last];
  }
  const end = isObject(body) && !reader.finished() && events.some(isContent) ? reader.take(STOPPED) : [];
  const all = [...events, ...end, ...reader.end()];
  const failure = all.find(({ type }) => type === "failure");
  return failure === undefined ? all : [failure];
}

const STOPPED = { candidates: [{ finishReason: "STOP" }] };
