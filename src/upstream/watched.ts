import type { Readable } from "node:stream";
import type { ChatEvent, StreamWatch, Verdict } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";

/** Milliseconds a finished answer is waited for its usage and terminator. */
const GRACE_MS = 5_000;

/**
 * Passes a stream on as it is, whole events at a time, until the watch says that nothing may follow or the transport ends. Throws
 * what the transport throws, unless the answer was complete by then.
 */
export async function* readWatched(
  body: Readable,
  chunks: AsyncIterable<Uint8Array>,
  watch: StreamWatch,
  clock: Clock,
): AsyncGenerator<ChatEvent> {
  /** What came but may not pass yet, and what has passed of the stream. */
  let held: Uint8Array = new Uint8Array(0);
  let passed = 0;
  let characters = 0;
  let finished = false;
  let endGrace: (() => void) | undefined;

  const part = (verdict: Verdict): ChatEvent => {
    const length = verdict.pass - passed;
    const more = verdict.characters - characters;
    const bytes = held.subarray(0, length);
    held = held.subarray(length);
    passed = verdict.pass;
    characters = verdict.characters;
    return { type: "bytes", bytes, content: verdict.content && more > 0, characters: more };
  };

  try {
    for await (const chunk of chunks) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const verdict = watch.push(chunk);
      if (verdict.pass > passed) yield part(verdict);
      if (verdict.state === "closed") {
        yield endOf(verdict);
        return;
      }
      finished = verdict.state === "finished";
      if (finished) endGrace ??= clock.after(GRACE_MS, () => body.destroy());
    }
  } catch (error) {
    if (!finished) throw error;
  } finally {
    endGrace?.();
  }
  const verdict = watch.end();
  if (verdict.pass > passed) yield part(verdict);
  yield endOf(verdict);
}

function endOf({ failure, reason, usage }: Verdict): ChatEvent {
  const counted = usage === undefined ? {} : { usage };
  if (failure !== undefined) return { type: "failure", failure, ...counted };
  return { type: "response-end", reason: reason ?? "stop", ...counted };
}
