// As node-dispatch, and watches each stream as nexus has to: framing, the data of each event opening and closing as a whole
// object, the terminal event, an error inside the stream, and the two clocks (until first content, and of silence).
import { passThrough } from "./pass-through.mjs";

const FIRST_CONTENT_MS = 120_000;
const IDLE_MS = 60_000;

passThrough((giveUp) => {
  /** The part of a line that came without its end. */
  let rest = "";
  let content = false;
  let terminal = false;
  const first = setTimeout(giveUp, FIRST_CONTENT_MS);
  let idle;

  /** Whether the line is one that a sound stream has. */
  function takeLine(line) {
    if (!line.startsWith("data:")) return true;
    const data = line.slice(line[5] === " " ? 6 : 5).trimEnd();
    if (data === "[DONE]") {
      terminal = true;
      return true;
    }
    if (!data.startsWith("{") || !data.endsWith("}")) return false;
    if (data.includes('"error":')) return false;
    if (data.includes('"finish_reason":"')) terminal = true;
    if (!content && /"content":"[^"]/.test(data)) {
      content = true;
      clearTimeout(first);
    }
    return true;
  }

  return {
    push(bytes) {
      if (idle === undefined) idle = setTimeout(giveUp, IDLE_MS);
      else idle.refresh();
      const text = rest + bytes.latin1Slice();
      let at = 0;
      for (;;) {
        const end = text.indexOf("\n", at);
        if (end === -1) break;
        if (end > at && !takeLine(text.slice(at, end))) return false;
        at = end + 1;
      }
      rest = text.slice(at);
      return true;
    },
    complete: () => terminal,
    stop() {
      clearTimeout(first);
      clearTimeout(idle);
    },
  };
});
