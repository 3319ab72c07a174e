import type { Env } from "../app.ts";

/** What pictures are drawn with. */
export interface Ink {
  readonly full: string;
  readonly rest: string;
  /** From the lowest to the highest. */
  readonly levels: readonly string[];
}

const BLOCKS: Ink = { full: "█", rest: "░", levels: [..."▁▂▃▄▅▆▇█"] };
const ASCII: Ink = { full: "#", rest: ".", levels: [..."_.-:=+*#"] };

/** Blocks where the terminal can show them, by what the locale says of its letters. */
export function inkOf(env: Env): Ink {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return /utf-?8/i.test(locale) && env["TERM"] !== "dumb" ? BLOCKS : ASCII;
}

/** A bar of at most `width` cells: `part` of it full, up to `whole` the rest; `most` would fill it. Above 0 is a cell at least. */
export function bar(
  ink: Ink,
  { part, whole, most, width }: { part: number; whole: number; most: number; width: number },
): { readonly full: string; readonly rest: string } {
  const cells = (value: number) => (value <= 0 ? 0 : Math.max(1, Math.round((value / most) * width)));
  const all = cells(whole);
  // What failed is seen, be it ever so little; so is what did not.
  const full = part >= whole ? all : Math.min(cells(part), Math.max(all - 1, part > 0 ? 1 : 0));
  return { full: ink.full.repeat(full), rest: ink.rest.repeat(Math.max(0, all - full)) };
}

/** One character for each value, the highest of them as high as it gets; 0 is the lowest. */
export function sparkline({ levels }: Ink, values: readonly number[]): string {
  const most = Math.max(1, ...values);
  const top = levels.length - 1;
  return values
    .map((value) => levels[value <= 0 ? 0 : Math.max(1, Math.round((value / most) * top))] ?? "")
    .join("");
}
