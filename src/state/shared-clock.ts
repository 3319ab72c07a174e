import type { Machine } from "../core/clock.ts";
import { isObject } from "../core/json.ts";

/** A moment all processes agreed on: shared time `at` was when the machine had been up for `uptimeMs`. */
export interface Anchor {
  readonly bootId: string;
  readonly uptimeMs: number;
  readonly at: number;
}

/** An anchor from a store, if it holds for this run of the machine. */
export function readAnchor(stored: unknown, machine: Machine): Anchor | undefined {
  if (!isObject(stored)) return undefined;
  const { bootId, uptimeMs, at } = stored;
  if (typeof bootId !== "string" || typeof uptimeMs !== "number" || typeof at !== "number") return undefined;
  return bootId === machine.bootId && uptimeMs <= machine.uptimeMs() ? { bootId, uptimeMs, at } : undefined;
}

/**
 * Anchors shared time anew, after a start of the machine. Time goes on from the clock on the wall, but never back behind
 * `latest`, the last time that anything was written.
 */
export function newAnchor(machine: Machine, latest: number): Anchor {
  return { bootId: machine.bootId, uptimeMs: machine.uptimeMs(), at: Math.max(machine.wallMs(), latest) };
}

/** Shared time at this moment, in milliseconds: only differences mean something, and a wall clock that jumps changes none. */
export function sharedNow(anchor: Anchor, machine: Machine): number {
  return anchor.at + Math.max(0, machine.uptimeMs() - anchor.uptimeMs);
}
