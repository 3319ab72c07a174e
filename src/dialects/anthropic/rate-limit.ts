import type { WireFailure } from "../dialect.ts";

/** The limits that Anthropic tells apart: https://docs.anthropic.com/en/api/rate-limits#response-headers */
const LIMITS = ["requests", "tokens", "input-tokens", "output-tokens"];

/** A week. More is no wait. */
const LONGEST = 604_800_000;

/**
 * Milliseconds until every limit that is used up is free again, for a 429 without Retry-After: points in time, measured against the
 * answer's own `Date`. Undefined when nothing sensible above 0 is stated.
 */
export function resetMs({ status, headers }: WireFailure): number | undefined {
  const now = instant(headers["date"]);
  if (status !== 429 || now === undefined) return undefined;
  const waits = LIMITS.flatMap((limit) => {
    const left = headers[`anthropic-ratelimit-${limit}-remaining`];
    const reset = instant(headers[`anthropic-ratelimit-${limit}-reset`]);
    if (reset === undefined || (typeof left === "string" && Number(left) > 0)) return [];
    const wait = reset - now;
    return wait > 0 && wait < LONGEST ? [wait] : [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function instant(value: string | readonly string[] | undefined): number | undefined {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
