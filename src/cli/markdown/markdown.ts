import { inline, type Paint } from "./inline.ts";

/** Shows a text that arrives in pieces. */
export interface Rendering {
  /** What can be shown now. */
  push(text: string): string;
  /** What was still waited for. */
  end(): string;
}

/** Widest line that is drawn, in columns. */
const RULE_WIDTH = 40;

/** A line that more characters may make a heading, an item, a rule or a fence. */
const UNDECIDED = /^[ \t]*(?:#{1,6}[ \t]*|\+[ \t]*|>|(?:[*_-][ \t]*)+|`{1,2}|~{1,2}|`{3,}[^`]*|~{3,}.*)?$/;
const FENCE = /^[ \t]*(?<fence>`{3,}|~{3,})[^`]*$/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const HEADING = /^ {0,3}#{1,6}[ \t]+/;
const ITEM = /^(?<indent>[ \t]*)[*+-](?<space>[ \t]+)/;
const QUOTE = /^ {0,3}> ?/;

/**
 * Shows Markdown as it comes: words at once, a mark as soon as it is clear what it means. It takes away marks and puts styles
 * on; every other character stays, and lines are as long as they were. Tables stay as they are. What comes in has to be
 * neutralised already.
 */
export function markdown(paint: Paint, columns: number): Rendering {
  let waiting = "";
  let fence: string | undefined;
  let quoted = false;
  /** How the rest of the line is shown; undefined: its beginning has not come. */
  let line: ((text: string, whole: boolean) => { readonly text: string; readonly rest: string }) | undefined;

  const asItIs = (text: string) => ({ text, rest: "" });
  const inStyle = (shape: (text: string) => string) => {
    let before = "";
    return (text: string, whole: boolean) => {
      const shown = inline(text, whole, paint, before);
      before = text.charAt(text.length - shown.rest.length - 1) || before;
      return { text: shown.text === "" ? "" : shape(shown.text), rest: shown.rest };
    };
  };

  /** Takes the beginning of a line, when it is clear what it is. */
  const begin = (text: string, whole: boolean): { readonly text: string; readonly rest: string } => {
    if (fence !== undefined) return beginInCode(text, whole, fence);
    if (!whole && UNDECIDED.test(text)) return { text: "", rest: text };
    const opening = whole && !quoted ? FENCE.exec(text)?.groups?.["fence"] : undefined;
    if (opening !== undefined) {
      fence = opening;
      line = asItIs;
      return { text: paint("mark", text), rest: "" };
    }
    if (whole && RULE.test(text)) {
      line = asItIs;
      return { text: paint("mark", "─".repeat(Math.min(columns, RULE_WIDTH))), rest: "" };
    }
    const quote = QUOTE.exec(text)?.[0];
    if (quote !== undefined) {
      quoted = true;
      return { text: paint("mark", "│ "), rest: text.slice(quote.length) };
    }
    const heading = HEADING.exec(text)?.[0];
    if (heading !== undefined) {
      line = inStyle((shown) => paint("heading", shown));
      return { text: "", rest: text.slice(heading.length) };
    }
    line = /^\s*\|/.test(text) ? asItIs : inStyle((shown) => shown);
    const item = ITEM.exec(text);
    if (item === null) return { text: "", rest: text };
    const { indent = "", space = "" } = item.groups ?? {};
    return { text: `${indent}•${space}`, rest: text.slice(item[0].length) };
  };

  const beginInCode = (text: string, whole: boolean, open: string) => {
    const mark = open.charAt(0);
    const run = /^[ \t]*(?<run>[`~]*)[ \t]*$/.exec(text)?.groups?.["run"];
    if (run !== undefined && !whole) return { text: "", rest: text };
    line = (code) => ({ text: code === "" ? "" : paint("code", code), rest: "" });
    if (run === undefined || run.length < open.length || run !== mark.repeat(run.length)) {
      return { text: "", rest: text };
    }
    fence = undefined;
    return { text: paint("mark", text), rest: "" };
  };

  const show = (text: string, whole: boolean): string => {
    let shown = "";
    let rest = text;
    while (line === undefined) {
      const begun = begin(rest, whole);
      const stuck = begun.rest === rest && line === undefined;
      shown += begun.text;
      rest = begun.rest;
      if (stuck) break;
    }
    if (line !== undefined) {
      const more = line(rest, whole);
      shown += more.text;
      rest = more.rest;
    }
    waiting = rest;
    return shown;
  };

  const push = (text: string): string => {
    let shown = "";
    for (const [at, piece] of text.split("\n").entries()) {
      if (at > 0) {
        shown += `${show(waiting, true)}\n`;
        waiting = "";
        line = undefined;
        quoted = false;
      }
      shown += show(waiting + piece, false);
    }
    return shown;
  };
  return { push, end: () => show(waiting, true) };
}
