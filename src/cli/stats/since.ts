import { parseDuration } from "../../core/duration.ts";
import { Problem } from "../../core/problem.ts";

/** Days and times as ISO 8601 spells them; without a zone they are local. */
const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Reads `7d`, `12h`, `2026-11-01` (midnight, local time) or a whole ISO time, as milliseconds since 1970. Throws
 * `Problem` (usage) for anything else.
 */
export function readSince(text: string, now: number): number {
  const typed = text.trim();
  const span = /^\d+$/.test(typed) ? undefined : parseDuration(typed);
  if (span !== undefined) return Math.max(0, Math.round(now - span));
  const [, year, month, day] = TIME.exec(typed) ?? [];
  if (year !== undefined && isDay(Number(year), Number(month), Number(day))) {
    // A day alone would be read as midnight of UTC.
    const at = Date.parse(typed.length === 10 ? `${typed}T00:00` : typed.replace(" ", "T").toUpperCase());
    if (!Number.isNaN(at)) return Math.max(0, at);
  }
  throw new Problem(
    "usage",
    "usage",
    `--since ${text}: has to be a time${suggestion(typed)}`,
    "how long ago, as 7d, 12h or 30m; a day, as 2026-11-01; or an ISO time, as 2026-11-01T09:30",
  );
}

function isDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(year, month, 0).getDate();
}

/** `7`, `7days`, `1w`: what was probably meant. */
function suggestion(typed: string): string {
  const [, count, unit = ""] = /^(\d+)\s*([a-z]*)(?: ago)?$/i.exec(typed) ?? [];
  if (count === undefined) return "";
  if (/^w/i.test(unit)) return ` (did you mean ${Number(count) * 7}d?)`;
  const letter = /^h/i.test(unit) ? "h" : /^m/i.test(unit) ? "m" : /^s/i.test(unit) ? "s" : "d";
  return ` (did you mean ${count}${letter}?)`;
}
