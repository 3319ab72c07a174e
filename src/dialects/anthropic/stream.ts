import type { ChatEvent } from "../../core/chat.ts";
import { malformed } from "../../core/failure.ts";
import { isObject, parseJson } from "../../core/json.ts";
import type { StreamDecoder, WireEvent } from "../dialect.ts";
import { createReader } from "./reader.ts";

/** Reads a stream of events that ends with `message_stop`, or with a stop reason and the end of the transport. */
export function createDecoder(): StreamDecoder {
  const reader = createReader();
  let closed = false;

  function finish(): readonly ChatEvent[] {
    closed = true;
    return reader.finished() ? reader.complete() : reader.cut();
  }

  function read({ event, data }: WireEvent): readonly ChatEvent[] {
    const body = parseJson(data);
    if (event === "error") return reader.fail(body === undefined ? { message: data } : body);
    if (!isObject(body)) {
      return [{ type: "failure", failure: malformed("a piece of the stream is not a JSON object") }];
    }
    switch (body["type"]) {
      case "message_start":
        return reader.start(body["message"]);
      case "content_block_start":
        return reader.open(body["content_block"]);
      case "content_block_delta":
        return reader.delta(body["delta"]);
      case "content_block_stop":
        return reader.close();
      case "message_delta":
        return reader.stop(body["delta"], body["usage"]);
      case "message_stop":
        return finish();
      case "error":
        return reader.fail(body);
      default:
        // `ping`, and what may be added: https://docs.anthropic.com/en/docs/build-with-claude/streaming
        return isObject(body["error"]) ? reader.fail(body) : [];
    }
  }

  return {
    push(event) {
      if (closed) return [];
      const events = read(event);
      if (events.at(-1)?.type === "failure") closed = true;
      return events;
    },
    end: () => (closed ? [] : finish()),
    state() {
      if (closed) return "closed";
      return reader.finished() ? "finished" : "open";
    },
  };
}
