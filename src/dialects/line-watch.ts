import { type ChatEvent, isContent, type StreamWatch } from "../core/chat.ts";
import type { StreamDecoder } from "./dialect.ts";
import { latin1Of, utf8Of } from "./latin1.ts";
import { malformedEnd } from "./malformed.ts";
import { createShapes } from "./shapes.ts";
import { createTally } from "./tally.ts";

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
  const tally = createTally(decoder);

  function take(text: string): void {
    for (let at = 0; at < text.length && !tally.isClosed(); ) {
      const known = line === "" ? shapes.match(text, at) : -1;
      if (known !== -1) {
        tally.count(shapes.characters());
        at = known;
        pass = before + at;
        continue;
      }
      const end = text.indexOf("\n", at);
      const wholly = line === "" && end !== -1;
      line += text.slice(at, end === -1 ? undefined : end);
      if (line.length > MAX_LINE) tally.account(malformedEnd("a line is larger than 8 MiB"));
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
    tally.account(events);
    if (!tally.hasFailed()) pass = end;
    return events;
  }

  function hear(latin1: string): readonly ChatEvent[] {
    const data = utf8Of(latin1).trim();
    return data === "" ? [] : decoder.push({ data });
  }

  return {
    push(bytes) {
      take(latin1Of(bytes));
      before += bytes.length;
      return tally.verdict(pass);
    },
    end() {
      // The last line may lack its end.
      if (line !== "" && !tally.isClosed()) takeLine(before);
      if (!tally.isClosed()) tally.account(decoder.end());
      return tally.verdict(pass);
    },
  };
}
