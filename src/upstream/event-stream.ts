import { createParser } from "eventsource-parser";
import type { ChatEvent } from "../core/chat.ts";
import { malformed } from "../core/failure.ts";
import type { StreamDecoder, WireEvent } from "../dialects/dialect.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { createRunawayGuard, RUNAWAY } from "./runaway.ts";

/** Longest single event, in characters. */
const MAX_EVENT = 8 * 1_048_576;

/** Reads server-sent events, wherever their bytes are split, until the dialect says that nothing may follow. */
export function readEvents(decoder: StreamDecoder): AnswerReader {
  const text = new TextDecoder();
  const isRunaway = createRunawayGuard();
  const ready: WireEvent[] = [];
  let framed = 0;
  let strayLines = 0;
  let tooLong = false;
  let failed = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT,
    onEvent({ event, data }) {
      framed += 1;
      ready.push(event === undefined ? { data } : { event, data });
    },
    onError({ type }) {
      if (type === "unknown-field") strayLines += 1;
      else if (type === "max-buffer-size-exceeded") tooLong = true;
    },
  });

  const feed = (piece: string): ChatEvent[] => {
    parser.feed(piece);
    const events: ChatEvent[] = [];
    for (const wire of ready.splice(0)) {
      if (decoder.state() === "closed") break;
      for (const event of decoder.push(wire)) {
        events.push(event);
        if (isRunaway(event)) return [...events.slice(0, -1), fail(RUNAWAY)];
      }
    }
    return tooLong ? [...events, fail("an event is larger than 8 MiB")] : events;
  };
  const fail = (message: string): ChatEvent => {
    failed = true;
    return { type: "failure", failure: malformed(message) };
  };
  const state = () => (failed ? "closed" : decoder.state());

  return {
    push: (bytes) => feed(text.decode(bytes, { stream: true })),
    end() {
      // The parser waits after a carriage return, and for the blank line that some servers leave out at the end.
      const events = feed("\n");
      if (state() === "closed") return events;
      if (framed === 0 && strayLines > 0) return [...events, fail("neither JSON nor an event stream")];
      return [...events, ...decoder.end()];
    },
    state,
  };
}
