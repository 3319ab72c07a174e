/** Response headers, names in lower case; a header that came twice is a list. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Milliseconds a backend asks to be left alone: `retry-after-ms`, else `Retry-After` in seconds or as a date in one of the
 * three forms of HTTP. A date is measured against the response's own `Date`, so that no clock has to be right, else against
 * `wallNow`. Of two headers the longer wait counts. Undefined when nothing sensible above 0 is stated. Limits are the caller's.
 */
export function retryAfterMs(headers: Headers, wallNow: number): number | undefined {
  const base = all(headers["date"]).map(parseHttpDate).find(isKnown) ?? wallNow;
  const exact = longest(all(headers["retry-after-ms"]).map(parseNumber));
  return exact ?? longest(all(headers["retry-after"]).map((value) => parseRetryAfter(value, base)));
}

/** Node and proxies join repeated headers with commas; a date has one too, but no number ends before it. */
function all(value: string | readonly string[] | undefined): readonly string[] {
  const values = typeof value === "string" ? [value] : (value ?? []);
  return values.flatMap((text) => text.split(/(?<=\d|GMT)\s*,\s*/)).map((text) => text.trim());
}

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const stated = waits.filter(isKnown).filter((wait) => wait > 0);
  return stated.length === 0 ? undefined : Math.ceil(Math.max(...stated));
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined;
}

function parseRetryAfter(value: string, base: number): number | undefined {
  const seconds = parseNumber(value);
  if (seconds !== undefined) return seconds * 1000;
  const date = parseHttpDate(value);
  return date === undefined ? undefined : date - base;
}

/** Decimal digits only: no sign, no exponent beyond what servers write, nothing that is not finite. */
function parseNumber(value: string): number | undefined {
  if (!/^\d+(\.\d+)?(e\d+)?$/i.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** IMF-fixdate and RFC 850 (`Sunday, 06-Nov-94 08:49:37 GMT`); RFC 9110 section 5.6.7. */
const DAY_FIRST = /^[a-z]+, (\d{1,2})[ -]([a-z]{3})[ -](\d{2}|\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/i;
/** asctime: `Sun Nov  6 08:49:37 1994`. */
const MONTH_FIRST = /^[a-z]{3} ([a-z]{3}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/i;

function parseHttpDate(value: string): number | undefined {
  const [, day, month, year, ...time] = DAY_FIRST.exec(value) ?? [];
  if (year !== undefined) return instant(year, month, day, time);
  const [, month2, day2, hour, minute, second, year2] = MONTH_FIRST.exec(value) ?? [];
  return year2 === undefined ? undefined : instant(year2, month2, day2, [hour, minute, second]);
}

function instant(
  year: string,
  month: string | undefined,
  day: string | undefined,
  time: readonly (string | undefined)[],
): number | undefined {
  const index = MONTHS.indexOf(month?.toLowerCase() ?? "");
  if (index < 0) return undefined;
  const [hour = 0, minute = 0, second = 0] = time.map(Number);
  return Date.UTC(fullYear(year), index, Number(day), hour, minute, second);
}

/** A wait is about now: two digits name a year of this century. */
function fullYear(year: string): number {
  return year.length === 2 ? 2000 + Number(year) : Number(year);
}
