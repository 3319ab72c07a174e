import type { Backend } from "../core/backend.ts";

/**
 * Backends of one bare model, best first: lower priority number first, then as they stand in the file. It is what the
 * `smart` strategy comes to where nothing is pending and no latency is known, as in a one-off run.
 */
export function orderBackends(backends: readonly Backend[]): readonly Backend[] {
  return backends.toSorted((a, b) => Math.min(a.priority, 100) - Math.min(b.priority, 100));
}
