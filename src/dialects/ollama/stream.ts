import type { ChatEvent } from "../../core/chat.ts";
import { parseJson } from "../../core/json.ts";
import type { StreamDecoder } from "../dialect.ts";
import { createReader, malformed } from "./reader.ts";

/** Reads a stream of lines, of which the last says `done` and how much was counted. */
export function createDecoder(): StreamDecoder {
  const reader = createReader();
  let closed = false;

  return {
    push({ data }) {
      if (closed) return [];
      const body = parseJson(data);
      const events: ChatEvent[] =
        body === undefined ? malformed("a line of the stream is not JSON") : reader.take(body);
      if (events.at(-1)?.type === "failure") closed = true;
      else if (reader.finished()) {
        closed = true;
        events.push(...reader.complete());
      }
      return events;
    },
    end() {
      if (closed) return [];
      closed = true;
      return reader.cut();
    },
    state: () => (closed ? "closed" : "open"),
  };
}
