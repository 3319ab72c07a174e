import type { Clock } from "../core/clock.ts";
import type { StateStore } from "../core/ports.ts";
import { pick } from "./pick.ts";

/** Shared facts of one process, `known` from the start, gone when it ends. */
export function memoryStore(
  clock: Pick<Clock, "now">,
  known: ReadonlyMap<string, unknown> = new Map(),
): StateStore {
  const facts = new Map(known);
  return {
    async read(keys) {
      return { now: clock.now(), entries: pick(facts, keys) };
    },
    async update(key, fn) {
      const next = fn(facts.get(key), clock.now());
      if (next === undefined) facts.delete(key);
      else facts.set(key, next);
      return next;
    },
    async close() {
      facts.clear();
    },
  };
}
