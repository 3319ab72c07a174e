import type { ChatEvent, StreamWatch, Verdict } from "../core/chat.ts";
import type { AnswerReader } from "./answer-reader.ts";

/** Passes a stream on as it is, whole events at a time, until the watch says that nothing may follow. */
export function readWatched(watch: StreamWatch): AnswerReader {
  /** What came but may not pass yet, and what has passed of the stream. */
  let held = NOTHING;
  let passed = 0;
  let characters = 0;
  let state: Verdict["state"] = "open";

  const tell = (verdict: Verdict, ended: boolean): readonly ChatEvent[] => {
    state = verdict.state;
    const events: ChatEvent[] = [];
    if (verdict.pass > passed) {
      const length = verdict.pass - passed;
      const isAll = length === held.length;
      const more = verdict.characters - characters;
      events.push({
        type: "bytes",
        bytes: isAll ? held : held.subarray(0, length),
        content: verdict.content && more > 0,
        characters: more,
      });
      held = isAll ? NOTHING : held.subarray(length);
      passed = verdict.pass;
      characters = verdict.characters;
    }
    if (ended || state === "closed") events.push(endOf(verdict));
    return events;
  };
  return {
    push(bytes) {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      return tell(watch.push(bytes), false);
    },
    end: () => tell(watch.end(), true),
    state: () => state,
  };
}

const NOTHING: Uint8Array = new Uint8Array(0);

function endOf({ failure, reason, usage }: Verdict): ChatEvent {
  const counted = usage === undefined ? {} : { usage };
  if (failure !== undefined) return { type: "failure", failure, ...counted };
  return { type: "response-end", reason: reason ?? "stop", ...counted };
}
