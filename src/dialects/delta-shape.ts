import type { ChatEvent } from "../core/chat.ts";

/**
 * What the content events of one stream have in common. Servers write them all alike but for the text, so that one that was
 * understood tells what the next ones mean, without parsing them.
 */
export interface DeltaShape {
  /** Where the event that begins at `at` ends, if it has this shape and its strings are valid JSON; else -1. */
  match(text: string, at: number): number;
  /** Characters of content in the event matched last. */
  characters(): number;
}

/** Longest event that is learned from, in bytes. */
const MAX_LEARNED = 65_536;

/**
 * The shape of an event, or undefined when it is no plain piece of content. `raw` is one `data:` line with the blank line behind
 * it, in Latin-1. `holes` (flags `dg`) finds the strings that
 * differ from event to event, each in its first group. `decode` says what such a line's data would mean; it is asked about the shape with other strings in it,
 * which proves that nothing but the strings matters.
 */
export function learnShape(
  raw: string,
  holes: RegExp,
  decode: (data: string) => readonly ChatEvent[],
): DeltaShape | undefined {
  if (raw.length > MAX_LEARNED) return undefined;
  const pieces: string[] = [];
  let from = 0;
  for (const match of raw.matchAll(holes)) {
    const [start, end] = match.indices?.[1] ?? [0, 0];
    pieces.push(raw.slice(from, start));
    from = end;
  }
  if (pieces.length === 0) return undefined;
  pieces.push(raw.slice(from));
  const probe = pieces.map((piece, at) => (at === 0 ? piece : `${probeText(at - 1)}${piece}`)).join("");
  const [meant, ...more] = decode(dataOf(probe));
  if (meant === undefined || more.length > 0) return undefined;
  const hole = pieces.findIndex((_, at) => textOf(meant) === probeText(at));
  return hole === -1 ? undefined : shapeOf(pieces, hole);
}

function probeText(hole: number): string {
  return `nexus probe ${hole}`;
}

function dataOf(raw: string): string {
  return raw.slice("data:".length, raw.search(/[\r\n]/));
}

function textOf(event: ChatEvent): string {
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta":
    case "refusal-delta":
      return event.text;
    case "tool-call-delta":
      return event.json;
    default:
      return "";
  }
}

function shapeOf(pieces: readonly string[], content: number): DeltaShape {
  // One sticky expression is the fastest comparison there is, by far: V8 makes machine code of it.
  const whole = new RegExp(pieces.map(escapeForPattern).join(BODY), "y");
  const lead = pieces.slice(0, content + 1);
  let counted = 0;

  /** Counts the string that begins at `start`: an escape is one, and of UTF-8 only the byte that begins a character. Tells its end. */
  function count(text: string, start: number): number {
    counted = 0;
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return at;
      if ((code & 0xc0) !== 0x80) counted += 1;
      if (code === BACKSLASH) at += text.charAt(at + 1) === "u" ? 5 : 1;
    }
  }

  return {
    match(text, at) {
      whole.lastIndex = at;
      if (!whole.test(text)) return -1;
      let end = at;
      for (const piece of lead) end = count(text, end + piece.length);
      return whole.lastIndex;
    },
    characters: () => counted,
  };
}

/** The inside of a JSON string, as strict as `JSON.parse`. In bytes, anything above ASCII is a letter. */
const BODY = String.raw`[ !#-[\]-\xff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\xff]*)*`;

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
