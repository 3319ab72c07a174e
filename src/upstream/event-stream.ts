import { createParser } from "eventsource-parser";
import type { WireEvent } from "../dialects/dialect.ts";

/** Longest single framed message, in characters. */
const MAX_EVENT = 8 * 1_048_576;

/** Finds the framed messages in the text of a stream, wherever it is split. */
export interface Framer {
  feed(piece: string): readonly WireEvent[];
  /** Nothing more comes: what is left that may be a message. */
  end(): readonly WireEvent[];
  /** What is wrong with the framing; undefined while it may be right. */
  trouble(): string | undefined;
}

/** Server-sent events. */
export function frameEvents(): Framer {
  let ready: WireEvent[] = [];
  let framed = 0;
  let strayLines = 0;
  let tooLong = false;
  let ended = false;
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
  const feed = (piece: string): readonly WireEvent[] => {
    parser.feed(piece);
    const events = ready;
    ready = [];
    return events;
  };
  return {
    feed,
    end() {
      ended = true;
      // The parser waits after a carriage return, and for the blank line that some servers leave out at the end.
      return feed("\n");
    },
    trouble() {
      if (tooLong) return "an event is larger than 8 MiB";
      return ended && framed === 0 && strayLines > 0 ? "neither JSON nor an event stream" : undefined;
    },
  };
}

/** Lines of JSON. */
export function frameLines(): Framer {
  /** The line that has begun, in the pieces it came in. */
  let begun: string[] = [];
  let length = 0;
  const take = (text: string) =>
    text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [{ data: line.trim() }]));
  const hold = (piece: string) => {
    begun.push(piece);
    length += piece.length;
  };
  const all = () => {
    const text = begun.join("");
    begun = [];
    length = 0;
    return text;
  };
  return {
    feed(piece) {
      const end = piece.lastIndexOf("\n");
      if (end === -1) {
        hold(piece);
        return [];
      }
      hold(piece.slice(0, end));
      const lines = all();
      hold(piece.slice(end + 1));
      return take(lines);
    },
    end: () => take(all()),
    trouble: () => (length > MAX_EVENT ? "a line is larger than 8 MiB" : undefined),
  };
}
