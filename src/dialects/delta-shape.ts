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
}

const CLOSING_QUOTE = 1;

/** Longest event that is learned from, in bytes. */
const MAX_LEARNED = 65_536;

/**
 * The shape of an event, or undefined when it is no plain piece of content. `raw` is all of it, with
 * what frames it, in Latin-1. `holes` (flag `g`) finds what differs from event to event: a string in its first group, with its
 * quote behind it, or a whole number in its second, with nothing behind it. `decode` says what such an event would mean; it is
 * asked about the shape with other strings and numbers in it, which proves that nothing but the strings matters.
 */
export function learnShape(
  raw: string,
  holes: RegExp,
  decode: (raw: string) => readonly ChatEvent[],
): DeltaShape | undefined {
  if (raw.length > MAX_LEARNED) return undefined;
  const before: Lead[] = [];
  let from = 0;
  for (const { 0: found, 1: string, 2: number = "", index } of raw.matchAll(holes)) {
    const isNumber = string === undefined;
    const end = index + found.length - (isNumber ? 0 : CLOSING_QUOTE);
    before.push({ text: raw.slice(from, end - (string ?? number).length), isNumber });
    from = end;
  }
  if (before.length === 0) return undefined;
  const rest = raw.slice(from);
  const probe = before.map(({ text, isNumber }, at) => text + (isNumber ? NO_COUNT : probeText(at)));
  const [meant, ...more] = decode(probe.join("") + rest);
  if (meant === undefined || more.length > 0) return undefined;
  const hole = before.findIndex((_, at) => textOf(meant) === probeText(at));
  return hole === -1 ? undefined : shapeOf(before, rest, hole);
}

/** A hole, and the text that stands before it. */
interface Lead {
  readonly text: string;
  readonly isNumber: boolean;
}

/** A count that says nothing, so that no decoder keeps it. */
const NO_COUNT = "0";

function probeText(hole: number): string {
  return `nexus probe ${hole}`;
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

function shapeOf(before: readonly Lead[], rest: string, content: number): DeltaShape {
  const leads = before.map(({ text, isNumber }) => escapeForPattern(text) + (isNumber ? NUMBER : BODY));
  // One sticky expression is the fastest comparison there is, by far: V8 makes machine code of it.
  const whole = new RegExp(leads.join("") + escapeForPattern(rest), "y");
  const lead = before.slice(0, content + 1);
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
      for (const one of lead) {
        end += one.text.length;
        end = one.isNumber ? endOfNumber(text, end) : count(text, end);
      }
      return whole.lastIndex;
    },
    characters: () => counted,
    hasNumbers: before.some(({ isNumber }) => isNumber),
  };
}

function endOfNumber(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at += 1;
  return at;
}

/** The inside of a JSON string, as strict as `JSON.parse`. In bytes, anything above ASCII is a letter. */
const BODY = String.raw`[ !#-[\]-\xff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\xff]*)*`;

const NUMBER = String.raw`(?:0|[1-9]\d*)`;

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
