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
  /** A key that stands twice in the outermost object, escapes resolved. */
  readonly duplicate?: string;
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
  const seen = new Set<string>();
  let duplicate: string | undefined;
  let depth = 0;
  let tokens = 0;
  /** The string read last in the outermost object, which is a key if a colon follows. */
  let string: { start: number; end: number } | undefined;
  let key: string | undefined;
  let valueStart = 0;
  /** End of the last thing that was no white space. */
  let solid = 0;
  const found = (excess?: "depth" | "size"): JsonBody => ({
    members,
    ...(duplicate !== undefined && { duplicate }),
    ...(excess !== undefined && { excess }),
  });

  function closeMember(): void {
    if (key === undefined) return;
    if (seen.has(key)) duplicate ??= key;
    seen.add(key);
    members.push({ key, valueStart: skipSpace(text, valueStart), valueEnd: solid });
    key = undefined;
  }

  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) continue;
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (depth === 1 && key === undefined) string = { start: at, end };
      at = end - 1;
      solid = end;
      continue;
    }
    // `{` and `}` are `[` and `]` with one bit more.
    const bracket = code & ~0x20;
    if (bracket === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return found("depth");
    } else if (bracket === 0x5d) {
      if (depth === 1) closeMember();
      depth -= 1;
    } else if (code === COMMA) {
      if (depth === 1) closeMember();
    } else if (code === COLON) {
      if (depth === 1 && key === undefined && string !== undefined) {
        key = keyOf(text, string.start, string.end);
        string = undefined;
        valueStart = at + 1;
      }
    } else {
      solid = at + 1;
      continue;
    }
    tokens += 1;
    if (tokens > MAX_TOKENS) return found("size");
    solid = at + 1;
  }
  return found();
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
  try {
    const key: unknown = JSON.parse(literal);
    return typeof key === "string" ? key : literal;
  } catch {
    return literal;
  }
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
  { replace, add, prepend = {} }: Edits,
): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { key, valueStart, valueEnd } of members) {
    if (Object.hasOwn(replace, key)) {
      pieces.push(text.slice(from, valueStart), JSON.stringify(replace[key]));
      from = valueEnd;
    } else if (Object.hasOwn(prepend, key)) {
      const first = valueStart + "[".length;
      pieces.push(text.slice(from, first), JSON.stringify(prepend[key]), ",");
      from = first;
    }
  }
  const stated = new Set(members.map(({ key }) => key));
  const added = Object.entries(add)
    .filter(([key]) => !stated.has(key))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const end = members.at(-1)?.valueEnd ?? text.indexOf("{") + 1;
  if (added.length > 0) {
    pieces.push(text.slice(from, end), members.length > 0 ? "," : "", added.join(","));
    from = end;
  }
  return pieces.join("") + text.slice(from);
}
