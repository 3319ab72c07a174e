import type { StateStore } from "../core/ports.ts";

/** The entries of these keys, or of all keys with a prefix, as far as there are any. */
export function pick(
  facts: ReadonlyMap<string, unknown>,
  keys: Parameters<StateStore["read"]>[0],
): Map<string, unknown> {
  const picked = new Map<string, unknown>();
  for (const key of "prefix" in keys ? facts.keys() : keys) {
    if ("prefix" in keys ? key.startsWith(keys.prefix) : facts.has(key)) picked.set(key, facts.get(key));
  }
  return picked;
}
