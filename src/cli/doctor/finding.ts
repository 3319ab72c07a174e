/** What a check looks at, in the order of the report. */
export const CHECKS = [
  "configuration",
  "profiles",
  "permissions",
  "keys",
  "backends",
  "models",
  "clock",
  "server",
  "proxies",
  "state",
  "terminal",
] as const;

/** One of them. */
export type Check = (typeof CHECKS)[number];

/**
 * How it stands: `broken` keeps something from working, `warning` may, or is unwise, and `ok` is what was found to be in
 * order.
 */
export type Level = "ok" | "warning" | "broken";

/** One thing that a check found. */
export interface Finding {
  readonly check: Check;
  readonly level: Level;
  /** What it is about: a file, backend or profile. */
  readonly text: string;
  /** The command, or the step, that mends it. */
  readonly fix?: string;
}

/** Makes the findings of one check. */
export function findingsOf(check: Check) {
  const finding = (level: Level, text: string, fix: string | undefined): Finding =>
    fix === undefined ? { check, level, text } : { check, level, text, fix };
  return {
    ok: (text: string) => finding("ok", text, undefined),
    warning: (text: string, fix?: string) => finding("warning", text, fix),
    broken: (text: string, fix?: string) => finding("broken", text, fix),
  };
}
