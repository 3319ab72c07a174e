import { type ChatEvent, isContent, type StopReason, type StreamWatch, type Verdict } from "../core/chat.ts";
import type { Failure } from "../core/failure.ts";
import type { Usage } from "../core/usage.ts";
import type { StreamDecoder } from "./dialect.ts";
import { malformedEnd } from "./malformed.ts";
import { createShapes } from "./shapes.ts";

/** Longest line, in bytes. */
const MAX_LINE = 8 * 1_048_576;

/**
 * Watches a stream of JSON lines whose bytes pass untouched, a whole line at a time. The decoder says what each means; only lines that
 * are shaped like the one before are not parsed again. `holes` matches the strings that may differ between them, as `learnShape` wants it.
 */
export function watchLines(decoder: StreamDecoder, holes: RegExp): StreamWatch {
  const shapes = createShapes(holes);
  /** Bytes before the present push; all text is Latin-1, so that one character is one byte. */
  let before = 0;
  let pass = 0;
  /** The line that has not ended yet. */
  let line = "";
  let content = false;
  let characters = 0;
  let failure: Failure | undefined;
  let reason: StopReason | undefined;
  let usage: Usage | undefined;

  const isClosed = () => failure !== undefined || decoder.state() === "closed";

  function take(text: string): void {
    for (let at = 0; at < text.length && !isClosed(); ) {
      const known = line === "" ? shapes.match(text, at) : -1;
      if (known !== -1) {
        characters += shapes.characters();
        at = known;
        pass = before + at;
        continue;
      }
      const end = text.indexOf("\n", at);
      const wholly = line === "" && end !== -1;
      line += text.slice(at, end === -1 ? undefined : end);
      if (line.length > MAX_LINE) account(malformedEnd("a line is larger than 8 MiB"));
      if (end === -1) return;
      const events = takeLine(before + end + 1);
      const [only] = events;
      if (wholly && events.length === 1 && only !== undefined && isContent(only)) {
        shapes.learn(text.slice(at, end + 1), hear);
      }
      at = end + 1;
    }
  }

  function takeLine(end: number): readonly ChatEvent[] {
    const events = hear(line);
    line = "";
    account(events);
    if (failure === undefined) pass = end;
    return events;
  }

  function hear(latin1: string): readonly ChatEvent[] {
    const data = Buffer.from(latin1, "latin1").toString("utf8").trim();
    return data === "" ? [] : decoder.push({ data });
  }

  /** Content counts only where it may pass: not beside a failure in one line. */
  function account(events: readonly ChatEvent[]): void {
    const last = events.at(-1);
    if (last?.type === "failure") {
      ({ failure, usage } = last);
      return;
    }
    if (last?.type === "response-end") ({ reason, usage } = last);
    for (const event of events) {
      if (!isContent(event)) continue;
      content = true;
      characters +=
        "text" in event ? event.text.length : "json" in event ? event.json.length : event.name.length;
    }
  }

  function verdict(): Verdict {
    const state = failure === undefined ? decoder.state() : "closed";
    return { pass, content, characters, state, failure, reason, usage };
  }

  return {
    push(bytes) {
      take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"));
      before += bytes.length;
      return verdict();
    },
    end() {
      // The last line may lack its end.
      if (line !== "" && !isClosed()) takeLine(before);
      if (!isClosed()) account(decoder.end());
      return verdict();
    },
  };
}
