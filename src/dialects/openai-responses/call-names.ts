import { isObject } from "../../core/json.ts";

/** How a tool is called on the wire. */
export interface CallName {
  readonly type: "function" | "custom";
  readonly name: string;
  readonly namespace?: string;
}

/** Longest name that providers take. */
const MAX_NAME = 64;

/** The one name under which other dialects know a tool. */
export function flatName(name: string, namespace?: string): string {
  if (namespace === undefined) return name;
  const joined = `${namespace}__${name}`;
  if (joined.length <= MAX_NAME) return joined;
  const mark = `_${hashOf(joined)}`;
  return joined.slice(0, MAX_NAME - mark.length) + mark;
}

/** The tools of a request by that name, to write calls of them. */
export function callNames(tools: unknown): ReadonlyMap<string, CallName> {
  const names = new Map<string, CallName>();
  const take = (list: unknown, namespace?: string): void => {
    for (const tool of Array.isArray(list) ? list.filter(isObject) : []) {
      const { type, name } = tool;
      if (typeof name !== "string") continue;
      if (type === "namespace") take(tool["tools"], name);
      else if (type === "function" || type === "custom")
        names.set(flatName(name, namespace), {
          type,
          name,
          ...(namespace !== undefined && { namespace }),
        });
    }
  };
  take(tools);
  return names;
}

/** FNV-1a: what is cut off has to make a difference still. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
