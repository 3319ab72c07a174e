import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import type { Machine } from "../core/clock.ts";

/** The system counts in hundredths of a second, and with time that the machine slept. */
const COARSE_MS = 1_000;

/** Time of the real machine. */
export function realMachine(): Machine {
  let atStart = uptime() * 1_000 - performance.now();
  return {
    bootId: readBootId(),
    uptimeMs() {
      // The process's own clock is finer, but stands still while the machine sleeps.
      const coarse = uptime() * 1_000;
      if (coarse - (atStart + performance.now()) > COARSE_MS) atStart = coarse - performance.now();
      return atStart + performance.now();
    },
    wallMs: () => Date.now(),
  };
}

/** Linux only. Elsewhere a new start is told by an uptime that became less, or by a clock on the wall that is ahead. */
function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
