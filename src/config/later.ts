import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";

/** Keys that a later release reads. Ignoring them would promise what is not kept. `*` stands for any name. */
const LATER_KEYS: readonly (readonly string[])[] = [
  ["health"],
  ["discovery"],
  ["server"],
  ["backends", "*", "probe"],
];

/** The paths of keys in a configuration that are not supported yet. */
export function laterKeys(document: JsonObject): readonly (readonly string[])[] {
  return LATER_KEYS.flatMap((pattern) => matches(document, pattern));
}

function matches(value: Json | undefined, pattern: readonly string[]): readonly (readonly string[])[] {
  const [head, ...rest] = pattern;
  if (head === undefined) return [[]];
  if (!isJsonObject(value)) return [];
  const names = head === "*" ? Object.keys(value) : Object.hasOwn(value, head) ? [head] : [];
  return names.flatMap((name) => matches(value[name], rest).map((path) => [name, ...path]));
}
