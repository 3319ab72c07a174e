import type { ChatEvent } from "../../core/chat.ts";
import { malformed } from "../../core/failure.ts";
import { parseJson } from "../../core/json.ts";
import type { StreamDecoder } from "../dialect.ts";
import { createReader } from "./reader.ts";

/** Reads a stream of pieces. There is no terminator: it ends with the transport, after a reason was given. */
export function createDecoder(): StreamDecoder {
  const reader = createReader();
  let closed = false;

  return {
    push({ data }) {
      if (closed) return [];
      const body = parseJson(data);
      const events: readonly ChatEvent[] =
        body === undefined
          ? [{ type: "failure", failure: malformed("a piece of the stream is not JSON") }]
          : reader.take(body);
      if (events.at(-1)?.type === "failure") closed = true;
      return events;
    },
    end() {
      if (closed) return [];
      closed = true;
      return reader.end();
    },
    state() {
      if (closed) return "closed";
      return reader.finished() ? "finished" : "open";
    },
  };
}
