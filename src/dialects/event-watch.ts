import { type ChatEvent, isContent, type StreamWatch } from "../core/chat.ts";
import type { StreamDecoder } from "./dialect.ts";
import { latin1Of, utf8Of } from "./latin1.ts";
import { malformedEnd } from "./malformed.ts";
import { createShapes, type Shapes } from "./shapes.ts";
import { createTally } from "./tally.ts";

/** Longest single event, in bytes. */
const MAX_EVENT = 8 * 1_048_576;

/** As Latin-1 shows it. */
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

const LF = 0x0a;
const CR = 0x0d;

/**
 * Watches a stream of server-sent events whose bytes pass untouched. It frames them and asks the decoder what each event means;
 * only events that are shaped like the one before are not parsed again. `holes` matches the strings that may differ between
 * such events, as `learnShape` wants it; without it every event is parsed.
 */
export function watchEvents(decoder: StreamDecoder, holes?: RegExp): StreamWatch {
  /** Bytes of the pushes before this one. All text is Latin-1, so that one character is one byte. */
  let before = 0;
  let pass = 0;
  /** The line that has not ended yet, and the event of which it is a part. */
  let line = "";
  let data: string | undefined;
  let event: string | undefined;
  let inEvent = false;
  /** The last push ended in a carriage return: a line feed after it ends no other line. */
  let afterCarriageReturn = false;
  let begun = false;
  const tally = createTally(decoder);
  let dispatched = 0;
  let strayLines = 0;
  const shapes = holes === undefined ? undefined : createShapes(holes);
  /** How the event is named from which the shape was learned. */
  let shapeEvent: string | undefined;
  /** The event matched last, of whose numbers the decoder has not heard. */
  let unheard: string | undefined;

  function take(text: string): void {
    let at = 0;
    if (text !== "" && afterCarriageReturn) {
      afterCarriageReturn = false;
      if (text.charCodeAt(0) === LF) {
        at = 1;
        if (line === "" && !inEvent && !tally.hasFailed()) pass = before + at;
      }
    }
    if (line !== "" && !inEvent && shapes !== undefined && !tally.isClosed()) at = takeRest(text, shapes);
    let nextBreak: ((from: number) => number) | undefined;
    /** Where the present event began; -1 when that was in an earlier push. */
    let began = inEvent || line !== "" ? -1 : at;
    while (at < text.length && !tally.isClosed()) {
      if (began === at && shapes !== undefined) {
        const end = shapes.match(text, at);
        if (end !== -1) {
          tally.count(shapes.characters());
          if (shapes.hasNumbers()) unheard = text.slice(at, end);
          began = at = end;
          pass = before + at;
          continue;
        }
      }
      nextBreak ??= createBreaks(text);
      const end = nextBreak(at);
      if (end === -1) {
        line += text.slice(at);
        break;
      }
      const whole = withoutMark(line + text.slice(at, end));
      line = "";
      at = end + 1;
      if (text.charCodeAt(end) === CR) {
        if (at === text.length) afterCarriageReturn = true;
        else if (text.charCodeAt(at) === LF) at += 1;
      }
      if (whole === "") dispatch(began === -1 ? "" : text.slice(began, at));
      else takeLine(whole);
      if (tally.hasFailed() || inEvent) continue;
      pass = before + at;
      began = at;
    }
    if (line.length + (data?.length ?? 0) > MAX_EVENT)
      tally.account(malformedEnd("an event is larger than 8 MiB"));
  }

  /** Takes the rest of an event whose one line began in an earlier push, if it has the present shape. Where that ends; else 0. */
  function takeRest(text: string, shapes: Shapes): number {
    const blank = text.indexOf("\n\n");
    if (blank === -1) return 0;
    const end = blank + "\n\n".length;
    const whole = line + text.slice(0, end);
    if (shapes.match(whole, 0) !== whole.length) return 0;
    tally.count(shapes.characters());
    if (shapes.hasNumbers()) unheard = whole;
    line = "";
    pass = before + end;
    return end;
  }

  /** A byte order mark may stand before the first line. */
  function withoutMark(whole: string): string {
    if (begun) return whole;
    begun = true;
    return whole.startsWith(BYTE_ORDER_MARK) ? whole.slice(BYTE_ORDER_MARK.length) : whole;
  }

  function takeLine(whole: string): void {
    if (whole.startsWith(":")) return;
    inEvent = true;
    const colon = whole.indexOf(":");
    const field = colon === -1 ? whole : whole.slice(0, colon);
    const value = colon === -1 ? "" : whole.slice(whole[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data = data === undefined ? value : `${data}\n${value}`;
    else if (field === "event") event = value === "" ? undefined : value;
    else if (field !== "id" && field !== "retry") strayLines += 1;
  }

  /** The event is whole; `raw` is its text, empty when it came in several pushes. */
  function dispatch(raw: string): void {
    if (data !== undefined) {
      dispatched += 1;
      catchUp();
      const events = hear(data, event);
      tally.account(events);
      const [only] = events;
      if (events.length === 1 && only !== undefined && isContent(only)) learn(raw);
    }
    data = event = undefined;
    inEvent = false;
  }

  function hear(text: string, named: string | undefined): readonly ChatEvent[] {
    return decoder.push(
      named === undefined ? { data: utf8Of(text) } : { event: utf8Of(named), data: utf8Of(text) },
    );
  }

  /** Numbers count up: those of the event before are the last there may be. */
  function catchUp(): void {
    if (unheard !== undefined) hear(dataOf(unheard), shapeEvent);
    unheard = undefined;
  }

  function learn(raw: string): void {
    // One data line, its event's name before it or not, and a blank one.
    if (!/^(?:event:[^\r\n]*(?:\r\n?|\n))?data:[^\r\n]*(?:\r\n?|\n){2}$/.test(raw)) return;
    if (shapes?.learn(raw, (text) => hear(dataOf(text), event))) shapeEvent = event;
  }

  return {
    push(bytes) {
      take(latin1Of(bytes));
      before += bytes.length;
      return tally.verdict(pass);
    },
    end() {
      // Some servers leave the last blank line out.
      take("\n");
      pass = Math.min(pass, before);
      const open = !tally.isClosed();
      if (open && dispatched === 0 && strayLines > 0)
        tally.account(malformedEnd("neither JSON nor an event stream"));
      else if (open) {
        catchUp();
        tally.account(decoder.end());
      }
      return tally.verdict(pass);
    },
  };
}

/** Finds the next line feed or carriage return, looking at no character twice. */
function createBreaks(text: string): (from: number) => number {
  let lf = -2;
  let cr = -2;
  return (from) => {
    if (lf !== -1 && lf < from) lf = text.indexOf("\n", from);
    if (cr !== -1 && cr < from) cr = text.indexOf("\r", from);
    return lf === -1 || cr === -1 ? Math.max(lf, cr) : Math.min(lf, cr);
  };
}

/** The data of an event that has one line of it. */
function dataOf(raw: string): string {
  return /^data:(.*)/m.exec(raw)?.[1] ?? "";
}
