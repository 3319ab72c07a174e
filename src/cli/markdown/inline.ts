/** How a part of an answer is shown. `mark`: what is there for its form only, as a line before code. */
export type Style = "bold" | "italic" | "strike" | "code" | "link" | "mark" | "heading";

/** Puts a style on a text. */
export type Paint = (style: Style, text: string) => string;

/** A mark that nothing closes within so many characters is an ordinary character: nobody waits longer for it. */
const PATIENCE = 500;

/** Where something may begin that is more than text. */
const SPECIAL = /[\\`*_~[!]/;

/** What begins at a place: the length of its source and how it is shown. `open`: more is needed to tell. */
type Found = { readonly length: number; readonly text: string } | "open" | undefined;

/**
 * Shows what stands within a line: code, bold, italic, struck out, links. What cannot be told yet is left as `rest`, unless
 * the line is `whole`. `before` is the character of the line that stands before it.
 */
export function inline(
  line: string,
  whole: boolean,
  paint: Paint,
  before = "",
): { readonly text: string; readonly rest: string } {
  let text = "";
  let at = 0;
  while (at < line.length) {
    const part = line.slice(at, at + PATIENCE);
    const plain = part.search(SPECIAL);
    if (plain !== 0) {
      text += plain === -1 ? part : part.slice(0, plain);
      at += plain === -1 ? part.length : plain;
      continue;
    }
    const found = find(part, whole && part.length < PATIENCE, paint, line[at - 1] ?? before);
    if (found === "open" && !whole && part.length < PATIENCE) return { text, rest: part };
    const literal = runOf(part);
    const { length, text: shown } =
      found === undefined || found === "open" ? { length: literal.length, text: literal } : found;
    text += shown;
    at += length;
  }
  return { text, rest: "" };
}

/** `ends`: nothing can follow the part. */
function find(part: string, ends: boolean, paint: Paint, before: string): Found {
  switch (part[0]) {
    case "\\":
      return escaped(part);
    case "`":
      return code(part, ends, paint);
    case "[":
    case "!":
      return link(part, paint);
    default:
      return emphasis(part, ends, paint, before);
  }
}

/** Of a mark only: a backslash in a path or a formula is one. */
function escaped(part: string): Found {
  const next = part[1];
  if (next === undefined) return "open";
  return "\\`*_~#|".includes(next) ? { length: 2, text: next } : undefined;
}

const CODE = /^(?<mark>`+)(?!`)(?<code>.*?[^`])\k<mark>(?!`)/;

function code(part: string, ends: boolean, paint: Paint): Found {
  const match = CODE.exec(part);
  if (match === null) return "open";
  const [{ length }] = match;
  if (!ends && length === part.length) return "open";
  const { code: held = "" } = match.groups ?? {};
  return { length, text: paint("code", held.replace(/^ (.*\S.*) $/, "$1")) };
}

const LINK =
  /^!?\[(?<text>[^\]]*)\]\(\s*<?(?<url>(?:[^\s()<>]|\([^\s()<>]*\))*)>?(?:\s+"[^"]*"|\s+'[^']*')?\s*\)/;
const MAY_BE_LINK = /^!?(?:\[[^\]]*(?:\](?:\([^\n]*)?)?)?$/;

/** The address always shows: a text may say something else than where it leads. */
function link(part: string, paint: Paint): Found {
  const match = LINK.exec(part);
  if (match === null) return MAY_BE_LINK.test(part) ? "open" : undefined;
  const { text = "", url = "" } = match.groups ?? {};
  const named = text === "" || text === url ? "" : `${inline(text, true, paint).text} `;
  const address = paint("link", url);
  return { length: match[0].length, text: named === "" ? address : `${named}(${address})` };
}

const STYLES: Readonly<Record<string, readonly Style[]>> = {
  "*": ["italic"],
  _: ["italic"],
  "**": ["bold"],
  __: ["bold"],
  "***": ["bold", "italic"],
  ___: ["bold", "italic"],
  "~~": ["strike"],
};

function emphasis(part: string, ends: boolean, paint: Paint, before: string): Found {
  const mark = runOf(part);
  const styles = STYLES[mark];
  const next = part[mark.length];
  if (next === undefined) return "open";
  // Within a word it is a name or a sum: snake_case, 2*3*4.
  const alone = mark.length === 1 || mark.startsWith("_");
  if (styles === undefined || /\s/.test(next) || (alone && WORD.test(before))) return undefined;
  const found = runs(part, mark.charAt(0));
  const close = found.find(
    (run) =>
      !run.unclosed &&
      run.at > 0 &&
      !/\s/.test(part.charAt(run.at - 1)) &&
      (mark.length === 1 ? run.length % 2 === 1 : run.length >= mark.length) &&
      !(alone && WORD.test(part.charAt(run.at + run.length))),
  );
  if (close === undefined) return "open";
  const length = close.at + close.length;
  // The next character may make it a longer one, and what follows may make code of it.
  const isCode = part.length < PATIENCE && found.some(({ at, unclosed }) => unclosed && at < close.at);
  if (!ends && (length === part.length || isCode)) return "open";
  const held = inline(part.slice(mark.length, length - mark.length), true, paint).text;
  return { length, text: styles.reduceRight((text, style) => paint(style, text), held) };
}

const WORD = /[\p{L}\p{N}]/u;

interface Run {
  readonly at: number;
  readonly length: number;
  /** It is one of backticks that nothing has closed so far. */
  readonly unclosed: boolean;
}

/** Runs of a mark in a text, and of backticks that nothing closes; those in code, and escaped ones, are none. */
function runs(part: string, mark: string): readonly Run[] {
  const found: Run[] = [];
  for (let at = 0; at < part.length; ) {
    const character = part.charAt(at);
    if (character === mark) {
      const { length } = runOf(part.slice(at));
      found.push({ at, length, unclosed: false });
      at += length;
    } else if (character === "\\") at += 2;
    else if (character === "`") {
      const rest = part.slice(at);
      const held = CODE.exec(rest)?.[0];
      const { length } = held ?? runOf(rest);
      if (held === undefined) found.push({ at, length, unclosed: true });
      at += length;
    } else at += 1;
  }
  return found;
}

/** The same mark again and again; any other character stands alone. */
function runOf(part: string): string {
  return /^(?:`+|\*+|_+|~+)/.exec(part)?.[0] ?? part.charAt(0);
}
