import type { Machine } from "../core/clock.ts";
import { isObject } from "../core/json.ts";

/** A moment all processes agreed on: shared time `at` was when the machine had been up for `uptimeMs`. */
export interface Anchor {
  readonly bootId: string;
  readonly uptimeMs: number;
  readonly at: number;
}

/** How far two processes may read the same clocks apart, in milliseconds. */
const SLACK_MS = 2_000;

/**
 * An anchor from a store, if it holds for this run of the machine. The name of its start does not always tell: a container
 * can count its own uptime, and some systems have no name for it. So the anchor must not lead back behind `latest`, the
 * last time that anything was written, nor without a name behind the clock on the wall.
 */
export function readAnchor(stored: unknown, machine: Machine, latest: number): Anchor | undefined {
  if (!isObject(stored)) return undefined;
  const { bootId, uptimeMs, at } = stored;
  if (typeof bootId !== "string" || typeof uptimeMs !== "number" || typeof at !== "number") return undefined;
  if (bootId !== machine.bootId || uptimeMs > machine.uptimeMs()) return undefined;
  const anchor = { bootId, uptimeMs, at };
  const least = bootId === "" ? Math.max(latest, machine.wallMs()) : latest;
  return sharedNow(anchor, machine) >= least - SLACK_MS ? anchor : undefined;
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
