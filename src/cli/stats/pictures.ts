import { localDay } from "../../core/local-time.ts";
import type { CommandContext } from "../app.ts";
import { bar, inkOf, sparkline } from "../output/chart.ts";
import { painter } from "../output/color.ts";
import { neutralise } from "../output/neutralise.ts";
import { print } from "../output/print.ts";
import { wrap } from "../output/wrap.ts";

/** What is drawn of one row: a bar, a text beside it, and further texts below. */
export interface Drawn {
  readonly name: string;
  readonly part: number;
  readonly whole: number;
  readonly beside: string;
  readonly below: readonly string[];
}

/** Widest bar, in columns, and most days of a sparkline. */
const WIDEST = 30;
const MOST_DAYS = 60;
const DAY_MS = 86_400_000;

/** Draws rows as bars, for a terminal: as wide as it is, without a colour where there is none. */
export async function drawRows({ app, globals }: CommandContext, rows: readonly Drawn[]): Promise<void> {
  const paint = await painter(app.stdout, globals, app.env);
  const ink = inkOf(app.env);
  const columns = app.stdout.columns || 80;
  const names = Math.min(Math.max(0, ...rows.map(({ name }) => name.length)), Math.floor(columns / 3));
  const beside = Math.max(0, ...rows.map((row) => row.beside.length));
  const width = Math.max(5, Math.min(WIDEST, columns - names - beside - 5));
  const most = Math.max(1, ...rows.map(({ whole }) => whole));
  const lines = rows.flatMap((row) => {
    const { full, rest } = bar(ink, { part: row.part, whole: row.whole, most, width });
    const gap = " ".repeat(width - full.length - rest.length);
    return [
      `${neutralise(row.name).padEnd(names)}  ${paint("green", full)}${paint("red", rest)}${gap}  ${row.beside}`,
      ...wrapped(row.below, columns - 3).map((line) => paint("dim", `  ${line}`)),
    ];
  });
  await print(app, `${lines.join("\n")}\n`);
}

/** Whole texts to a line, so that none is broken in two where it can be helped. */
function wrapped(texts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + text.length + 3 <= width)
      lines[lines.length - 1] = `${last} · ${text}`;
    else lines.push(...wrap(text, width));
  }
  return lines;
}

/** Draws how many answers each day had, up to today: `answers a day  ▁▂█  since 2026-11-19`. */
export async function drawDays(
  { app }: CommandContext,
  counts: ReadonlyMap<string, number>,
  now: number,
): Promise<void> {
  const days: string[] = [];
  const [first] = [...counts.keys()].sort();
  if (first === undefined) return;
  const room = Math.min(MOST_DAYS, (app.stdout.columns || 80) - 35);
  for (let at = now; days.length < room; at -= DAY_MS) {
    const day = localDay(new Date(at));
    if (day < first) break;
    if (day !== days[0]) days.unshift(day);
  }
  if (days.length < 2) return;
  const line = sparkline(
    inkOf(app.env),
    days.map((day) => counts.get(day) ?? 0),
  );
  await print(app, `answers a day  ${line}  since ${days[0]}\n`);
}
