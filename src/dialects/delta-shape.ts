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
  /** Whether numbers may differ, too, of which the decoder has to hear the last. */
  readonly hasNumbers: boolean;
  /** Whether events of this shape are content here, whatever their strings: asks about one with strings that nobody writes. */
  isContent(decode: Decode): boolean;
}

/** Says what an event would mean. */
type Decode = (raw: string) => readonly ChatEvent[];

/** Longest event that is learned from, in bytes. */
const MAX_LEARNED = 65_536;

/** Longest id that may differ from stream to stream, in bytes. */
const MAX_ID = 128;

/**
 * The shape of an event, or undefined when it is no plain piece of content. `raw` is all of it, with what frames it, in Latin-1.
 * `holes` (flag `g`) finds what may differ, in groups that are named: from event to event a string (`text`) or a whole number
 * (`count`), from stream to stream a string (`id`) or a whole number (`time`), which stay as long as they are. A match ends with its
 * group, a string's with the quote behind it. `decode` says what such an event would mean; it is asked about the shape with other
 * strings and numbers in it, which proves that nothing but the strings matters.
 */
export function learnShape(raw: string, holes: RegExp, decode: Decode): DeltaShape | undefined {
  if (raw.length > MAX_LEARNED) return undefined;
  const found: Hole[] = [];
  let pattern = "";
  let probe = "";
  let from = 0;
  let before = 0;
  for (const { 0: match, index, groups } of raw.matchAll(holes)) {
    const { text, count, id, time } = groups ?? {};
    const value = text ?? count ?? id ?? time ?? "";
    const isNumber = text === undefined && id === undefined;
    const end = index + match.length - (isNumber ? 0 : CLOSING_QUOTE);
    const fixed = raw.slice(from, end - value.length);
    pattern += escapeForPattern(fixed);
    probe += fixed;
    before += fixed.length;
    from = end;
    if (text === undefined && count === undefined) {
      const isShort = value.length <= MAX_ID;
      pattern += isShort ? sameLength(value.length, isNumber) : escapeForPattern(value);
      probe += isShort ? (isNumber ? "1" : "x").repeat(value.length) : value;
      before += value.length;
    } else {
      pattern += isNumber ? NUMBER : BODY;
      probe += isNumber ? NO_COUNT : probeText(found.length);
      found.push({ before, isNumber });
      before = 0;
    }
  }
  if (found.length === 0) return undefined;
  const rest = raw.slice(from);
  const told = decode(probe + rest);
  const content = found.findIndex((_, at) => isOnly(told, probeText(at)));
  return content === -1 ? undefined : shapeOf(pattern + escapeForPattern(rest), probe + rest, found, content);
}

/** What differs from event to event, and how much stands between the one before and it. */
interface Hole {
  readonly before: number;
  readonly isNumber: boolean;
}

const CLOSING_QUOTE = 1;

/** A count that says nothing, so that no decoder keeps it. */
const NO_COUNT = "0";

function probeText(hole: number): string {
  return `nexus probe ${hole}`;
}

function isOnly([meant, ...more]: readonly ChatEvent[], text: string): boolean {
  return meant !== undefined && more.length === 0 && textOf(meant) === text;
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

function shapeOf(pattern: string, probe: string, holes: readonly Hole[], content: number): DeltaShape {
  // One sticky expression is the fastest comparison there is, by far: V8 makes machine code of it.
  const whole = new RegExp(pattern, "y");
  const upTo = holes.slice(0, content + 1);
  let counted = 0;

  /** Counts the string that begins at `start`: an escape is one, and of UTF-8 only the byte that begins a character. Tells its end. */
  function count(text: string, start: number): number {
    let characters = 0;
    let at = start;
    for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
      if ((code & 0xc0) !== 0x80) characters += 1;
      if (code === BACKSLASH) at += text.charAt(at + 1) === "u" ? 5 : 1;
      at += 1;
    }
    counted = characters;
    return at;
  }

  return {
    match(text, at) {
      whole.lastIndex = at;
      if (!whole.test(text)) return -1;
      let end = at;
      for (const { before, isNumber } of upTo) {
        end = isNumber ? endOfNumber(text, end + before) : count(text, end + before);
      }
      return whole.lastIndex;
    },
    characters: () => counted,
    hasNumbers: holes.some(({ isNumber }) => isNumber),
    isContent: (decode) => isOnly(decode(probe), probeText(content)),
  };
}

function endOfNumber(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at += 1;
  return at;
}

/** In bytes, anything above ASCII is a letter. */
const LETTER = String.raw`[ !#-[\]-\xff]`;

/** The inside of a JSON string, as strict as `JSON.parse`. */
const BODY = String.raw`${LETTER}*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})${LETTER}*)*`;

const NUMBER = String.raw`(?:0|[1-9]\d*)`;

/** A string of so many letters or a number of so many digits, each written out: V8 is slow at counting them. */
function sameLength(length: number, isNumber: boolean): string {
  if (!isNumber) return LETTER.repeat(length);
  return length === 1 ? String.raw`\d` : `[1-9]${String.raw`\d`.repeat(length - 1)}`;
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
