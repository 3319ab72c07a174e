import type { ChatEvent } from "../../core/chat.ts";
import { parseJson } from "../../core/json.ts";
import type { StreamDecoder, WireEvent } from "../dialect.ts";
import { malformedEnd } from "../malformed.ts";
import { decodeInBand } from "../openai/failure.ts";
import { createReader } from "./reader.ts";

/** Reads a stream of chunks that ends with `[DONE]`, or with a finish reason and the end of the transport. */
export function createDecoder(): StreamDecoder {
  const reader = createReader();
  let closed = false;

  function closeWith(events: ChatEvent[]): ChatEvent[] {
    closed = true;
    return reader.counted(events);
  }

  function finish(): ChatEvent[] {
    return closeWith(reader.finished() ? reader.complete() : reader.cut());
  }

  return {
    push(event) {
      if (closed) return [];
      if (event.data.trim() === "[DONE]") return finish();
      const events = readEvent(event, reader.take);
      return events.at(-1)?.type === "failure" ? closeWith(events) : events;
    },
    end: () => (closed ? [] : finish()),
    state() {
      if (closed) return "closed";
      return reader.finished() ? "finished" : "open";
    },
  };
}

function readEvent(event: WireEvent, take: (body: unknown) => ChatEvent[]): ChatEvent[] {
  const body = parseJson(event.data);
  if (event.event === "error") {
    return [{ type: "failure", failure: decodeInBand(body === undefined ? event.data : body) }];
  }
  return body === undefined ? malformedEnd("a piece of the stream is not JSON") : take(body);
}
