import type { StateStore } from "../core/ports.ts";

/** Shared facts of one process, gone when it ends. */
export function memoryStore(): StateStore {
  const facts = new Map<string, unknown>();
  return {
    async read(keys) {
      return new Map(keys.filter((key) => facts.has(key)).map((key) => [key, facts.get(key)]));
    },
    async update(key, fn) {
      const next = fn(facts.get(key));
      if (next === undefined) facts.delete(key);
      else facts.set(key, next);
      return next;
    },
    async close() {
      facts.clear();
    },
  };
}
