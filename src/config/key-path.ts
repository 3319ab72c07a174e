import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { Problem } from "../core/problem.ts";

/** A place in a JSON document: the names on the way to it. */
export type KeyPath = readonly string[];

/** A path as people write it: names with a dot or a quote stand in quotes. */
export function formatPath(path: KeyPath): string {
  return path.map((name) => (/^[^".\s]+$/.test(name) ? name : JSON.stringify(name))).join(".");
}

/**
 * The place a dotted key stands for in a document. `"my.box"` in quotes is one name; without quotes the longest name
 * that exists at its place wins, so that `backends.my.box.url` works too. Throws a usage `Problem` for a malformed key.
 */
export function parsePath(key: string, document: JsonObject): KeyPath {
  const path: string[] = [];
  let rest = segments(key);
  let at: Json | undefined = document;
  while (rest.length > 0) {
    const length = longestKnown(rest, at);
    const name = rest
      .slice(0, length)
      .map(({ text }) => text)
      .join(".");
    path.push(name);
    rest = rest.slice(length);
    at = valueAt(at, [name]);
  }
  return path;
}

/** What stands at a place, undefined when nothing does. The members of a list are found by their index. */
export function valueAt(document: Json | undefined, path: KeyPath): Json | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return document;
  if (Array.isArray(document)) return valueAt(document[Number(name)], rest);
  return isJsonObject(document) && Object.hasOwn(document, name) ? valueAt(document[name], rest) : undefined;
}

/** The document with a value at a place; objects on the way are made, anything else on the way is a usage `Problem`. */
export function withValue(document: JsonObject, path: KeyPath, value: Json): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) throw malformed("");
  if (rest.length === 0) return { ...document, [name]: value };
  const inner = valueAt(document, [name]) ?? {};
  if (!isJsonObject(inner)) {
    throw new Problem("usage", "key_not_an_object", `${name} is a value and has no key ${formatPath(rest)}`);
  }
  return { ...document, [name]: withValue(inner, rest, value) };
}

/** The document without what stands at a place; an object that becomes empty by it goes too. */
export function withoutValue(document: JsonObject, path: KeyPath): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return document;
  const inner = valueAt(document, [name]);
  const left = rest.length > 0 && isJsonObject(inner) ? withoutValue(inner, rest) : {};
  const others = Object.entries(document).filter(([other]) => other !== name);
  if (Object.keys(left).length === 0) return Object.fromEntries(others);
  return { ...document, [name]: left };
}

interface Segment {
  readonly text: string;
  readonly quoted: boolean;
}

function segments(key: string): readonly Segment[] {
  const found: Segment[] = [];
  const pattern = /(?:"((?:[^"\\]|\\.)*)"|([^".]+))(\.|$)/y;
  let ended = true;
  for (let match = pattern.exec(key); match !== null; match = pattern.exec(key)) {
    const [, quoted, bare, dot] = match;
    const text = quoted === undefined ? (bare ?? "") : unquoted(quoted);
    found.push({ text, quoted: quoted !== undefined });
    ended = dot === "";
    if (ended) break;
  }
  if (found.length === 0 || !ended) throw malformed(key);
  return found;
}

/** What stands in quotes is spelled as in JSON; an escape that JSON does not know is the character itself. */
function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    return quoted.replace(/\\(.)/g, "$1");
  }
}

function longestKnown(rest: readonly Segment[], at: Json | undefined): number {
  if (!isJsonObject(at)) return 1;
  const quoted = rest.findIndex((segment) => segment.quoted);
  if (quoted === 0) return 1;
  for (let length = quoted < 0 ? rest.length : quoted; length > 1; length--) {
    const name = rest
      .slice(0, length)
      .map(({ text }) => text)
      .join(".");
    if (Object.hasOwn(at, name)) return length;
  }
  return 1;
}

function malformed(key: string): Problem {
  return new Problem(
    "usage",
    "key_malformed",
    `${JSON.stringify(key)} is not a key`,
    'for example default_profile, backends.box.url or backends."my.box".url',
  );
}
