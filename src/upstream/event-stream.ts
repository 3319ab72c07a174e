import type { Readable } from "node:stream";
import { createParser } from "eventsource-parser";
import type { ChatEvent } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import { FailureSignal } from "../core/failure.ts";
import type { StreamDecoder, WireEvent } from "../dialects/dialect.ts";

/** Longest single event, in characters. */
const MAX_EVENT = 8 * 1_048_576;

/** Milliseconds a finished answer is waited for its usage and terminator. */
const GRACE_MS = 5_000;

/**
 * Reads server-sent events until the dialect says that nothing may follow or the transport ends. `body` is where `chunks` come
 * from. Throws what the transport throws, unless the answer was complete by then.
 */
export async function* readEventStream(
  body: Readable,
  chunks: AsyncIterable<Uint8Array>,
  decoder: StreamDecoder,
  clock: Clock,
): AsyncGenerator<ChatEvent> {
  let endGrace: (() => void) | undefined;
  try {
    for await (const event of frame(chunks)) {
      yield* decoder.push(event);
      if (decoder.state() === "closed") return;
      if (decoder.state() === "finished") endGrace ??= clock.after(GRACE_MS, () => body.destroy());
    }
  } catch (error) {
    if (decoder.state() !== "finished") throw error;
  } finally {
    endGrace?.();
  }
  yield* decoder.end();
}

/** Frames bytes into events, wherever they are split. Throws a `FailureSignal` for what is no event stream. */
async function* frame(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<WireEvent> {
  const text = new TextDecoder();
  const ready: WireEvent[] = [];
  let events = 0;
  let strayLines = 0;
  let tooLong = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT,
    onEvent({ event, data }) {
      events += 1;
      ready.push(event === undefined ? { data } : { event, data });
    },
    onError({ type }) {
      if (type === "unknown-field") strayLines += 1;
      else if (type === "max-buffer-size-exceeded") tooLong = true;
    },
  });
  for await (const chunk of chunks) {
    parser.feed(text.decode(chunk, { stream: true }));
    if (tooLong) throw malformed("an event is larger than 8 MiB");
    yield* ready.splice(0);
  }
  // The parser waits after a carriage return, and for the blank line that some servers leave out at the end.
  parser.feed("\n");
  yield* ready.splice(0);
  if (events === 0 && strayLines > 0) throw malformed("neither JSON nor an event stream");
}

function malformed(message: string): FailureSignal {
  return new FailureSignal({ class: "malformed", message });
}
