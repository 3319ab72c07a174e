import type { ChatEvent } from "../core/chat.ts";
import { malformed } from "../core/failure.ts";
import type { StreamDecoder, WireEvent } from "../dialects/dialect.ts";
import type { AnswerReader } from "./answer-reader.ts";
import type { Framer } from "./event-stream.ts";
import { createRunawayGuard, RUNAWAY } from "./runaway.ts";

/** Reads a stream of framed messages, wherever their bytes are split, until the dialect says that nothing may follow. */
export function readDecoded(decoder: StreamDecoder, framer: Framer): AnswerReader {
  const text = new TextDecoder();
  const isRunaway = createRunawayGuard();
  let failed = false;

  const decode = (framed: readonly WireEvent[]): ChatEvent[] => {
    const events: ChatEvent[] = [];
    for (const wire of framed) {
      if (decoder.state() === "closed") break;
      for (const event of decoder.push(wire)) {
        events.push(event);
        if (isRunaway(event)) return [...events.slice(0, -1), fail(RUNAWAY)];
      }
    }
    const trouble = framer.trouble();
    return trouble === undefined || state() === "closed" ? events : [...events, fail(trouble)];
  };
  const fail = (message: string): ChatEvent => {
    failed = true;
    return { type: "failure", failure: malformed(message) };
  };
  const state = () => (failed ? "closed" : decoder.state());

  return {
    push: (bytes) => decode(framer.feed(text.decode(bytes, { stream: true }))),
    end() {
      const events = decode(framer.end());
      return state() === "closed" ? events : [...events, ...decoder.end()];
    },
    state,
  };
}
