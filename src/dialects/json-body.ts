import type { JsonObject } from "../core/json.ts";

/** One member of the outermost object, by its place in the text (in UTF-16 units, ends exclusive). */
export interface Member {
  readonly key: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** What a look over the text of a JSON object finds, without parsing it. */
export interface JsonBody {
  /** Members of the outermost object, in order, as far as the text is JSON. */
  readonly members: readonly Member[];
  /** Why the text must not be parsed: it nests deeper than 200, or has more than 500,000 brackets, commas and colons. */
  readonly excess?: "depth" | "size";
}

/** Deepest nesting that is parsed; V8 takes seconds for absurd depths, and `JSON.stringify` throws. */
export const MAX_DEPTH = 200;

/** Most brackets, commas and colons that are parsed: what blocks the event loop is their number, not the bytes. */
export const MAX_TOKENS = 500_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * Looks over a JSON text once, in linear time, jumping over strings. Never throws: of a text that is no JSON it says
 * something, and `JSON.parse` decides.
 */
export function scanBody(text: string): JsonBody {
  const members: Member[] = [];
  let depth = 0;
  let tokens = 0;
  /** Where the string read last in the outermost object begins and ends, which is a key if a colon follows; -1: there is none. */
  let stringStart = -1;
  let stringEnd = -1;
  let key: string | undefined;
  let valueStart = 0;
  /** End of the last thing that was no white space. */
  let solid = 0;

  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) continue;
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (depth === 1 && key === undefined) {
        stringStart = at;
        stringEnd = end;
      }
      at = end - 1;
      solid = end;
      continue;
    }
    // `{` and `}` are `[` and `]` with one bit more.
    const bracket = code & ~0x20;
    if (bracket === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return { members, excess: "depth" };
    } else if (bracket === 0x5d || code === COMMA) {
      if (depth === 1 && key !== undefined) {
        members.push({ key, valueStart: skipSpace(text, valueStart), valueEnd: solid });
        key = undefined;
      }
      if (code !== COMMA) depth -= 1;
    } else if (code === COLON) {
      if (depth === 1 && key === undefined && stringStart !== -1) {
        key = keyOf(text, stringStart, stringEnd);
        stringStart = -1;
        valueStart = at + 1;
      }
    } else {
      solid = at + 1;
      continue;
    }
    tokens += 1;
    if (tokens > MAX_TOKENS) return { members, excess: "size" };
    solid = at + 1;
  }
  return { members };
}

/** Most characters of a string that are looked at one by one before a jump to its next quote is cheaper. */
const STEPS = 64;

/** Where the string that opens at `start` ends, behind its closing quote; the end of the text when it has none. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    for (const far = at + STEPS; at < far; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code === BACKSLASH) at += 1;
    }
    const end = text.indexOf('"', at);
    if (end === -1) return text.length;
    let before = end - 1;
    while (before >= at && text.charCodeAt(before) === BACKSLASH) before -= 1;
    // An even number of backslashes are characters themselves, and the quote closes.
    if ((end - before) % 2 === 1) return end + 1;
    at = end + 1;
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** `"mod\u0065l"` is `model` too. */
function keyOf(text: string, start: number, end: number): string {
  const literal = text.slice(start, end);
  if (!literal.includes("\\")) return literal.slice(1, -1);
  try {
    const key: unknown = JSON.parse(literal);
    return typeof key === "string" ? key : literal;
  } catch {
    return literal;
  }
}

/** A key that stands twice, escapes resolved. */
export function duplicateIn(members: readonly Member[]): string | undefined {
  const seen = new Set<string>();
  return members.find(({ key }) => seen.size === seen.add(key).size)?.key;
}

/** Changes to the outermost object: values put in place of stated ones, and members added behind the last. */
export interface Edits {
  /** Keys the text does not state are left alone. */
  readonly replace: JsonObject;
  /** Keys the text states are left alone. */
  readonly add: JsonObject;
  /** First items of lists that the text states and that are not empty. */
  readonly prepend?: JsonObject;
}

/** The text of a valid JSON object with some values changed and every other character as it was. */
export function splice(
  text: string,
  members: readonly Member[],
  { replace, add, prepend = NOTHING }: Edits,
): string {
  let spliced = "";
  let from = 0;
  for (const { key, valueStart, valueEnd } of members) {
    if (Object.hasOwn(replace, key)) {
      spliced += text.slice(from, valueStart) + JSON.stringify(replace[key]);
      from = valueEnd;
    } else if (Object.hasOwn(prepend, key)) {
      const first = valueStart + "[".length;
      spliced += `${text.slice(from, first)}${JSON.stringify(prepend[key])},`;
      from = first;
    }
  }
  const names = Object.keys(add);
  if (names.length > 0) {
    const stated = new Set(members.map(({ key }) => key));
    const end = members.at(-1)?.valueEnd ?? text.indexOf("{") + 1;
    let comma = members.length > 0 ? "," : "";
    for (const name of names) {
      if (stated.has(name)) continue;
      spliced += `${text.slice(from, end)}${comma}${JSON.stringify(name)}:${JSON.stringify(add[name])}`;
      comma = ",";
      from = end;
    }
  }
  return spliced + text.slice(from);
}

const NOTHING: JsonObject = {};
