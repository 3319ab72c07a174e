import type { StateStore } from "../core/ports.ts";

/** The entries of these keys, or of all keys with a prefix, as far as there are any. */
export function pick(
  facts: ReadonlyMap<string, unknown>,
  keys: Parameters<StateStore["read"]>[0],
): Map<string, unknown> {
  const wanted = "prefix" in keys ? [...facts.keys()].filter((key) => key.startsWith(keys.prefix)) : keys;
  return new Map(wanted.flatMap((key) => (facts.has(key) ? [[key, facts.get(key)] as const] : [])));
}
