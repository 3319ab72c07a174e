import { jsonOrText } from "./json-or-text.ts";

/** How deep objects and lists may stand in one another. Nothing of ours comes near it, and recursion survives it. */
const MAX_DEPTH = 100;

/** What is wrong with a JSON text that a parser would accept in silence, and where. */
export interface ShapeFault {
  /** In UTF-16 units from the beginning. */
  readonly offset: number;
  readonly what: string;
}

/**
 * The first name that stands twice in one object, or the first place that is nested too deep; undefined when there is
 * neither. The text need not be valid JSON.
 */
export function shapeFault(json: string): ShapeFault | undefined {
  const names: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const letter = json[at];
    if (letter === "{" || letter === "[") {
      if (names.length === MAX_DEPTH) return { offset: at, what: `is nested more than ${MAX_DEPTH} deep` };
      names.push(new Set());
    } else if (letter === "}" || letter === "]") {
      names.pop();
    } else if (letter === '"') {
      const end = endOfString(json, at);
      if (isName(json, end)) {
        const name = String(jsonOrText(json.slice(at, end)));
        if (names.at(-1)?.has(name)) {
          return { offset: at, what: `the key ${JSON.stringify(name)} stands twice in one object` };
        }
        names.at(-1)?.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Just behind the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Whether a colon follows. */
function isName(json: string, from: number): boolean {
  let at = from;
  while (at < json.length && " \t\r\n".includes(json.charAt(at))) at++;
  return json[at] === ":";
}
