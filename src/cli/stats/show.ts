import { formatDuration } from "../../core/duration.ts";
import { localTime } from "../../core/local-time.ts";
import { formatUsd } from "../../core/money.ts";
import { Problem } from "../../core/problem.ts";
import { openHistory } from "../../ledger/open.ts";
import type { GroupBy, Stats } from "../../ledger/stats.ts";
import { NOTHING } from "../../ledger/tally.ts";
import type { CommandContext } from "../app.ts";
import type { StatsFlags } from "../commands/stats.ts";
import { EXIT } from "../exit-codes.ts";
import { csv } from "../output/csv.ts";
import { neutralise } from "../output/neutralise.ts";
import { print, printJson, table, warn } from "../output/print.ts";
import { openProfiles } from "../profile/open.ts";
import { configuredNames } from "./configured.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { drawDays, drawRows } from "./pictures.ts";
import { readSince } from "./since.ts";

/** `nexus stats` */
export async function showStats(context: CommandContext, flags: StatsFlags): Promise<number> {
  const { app } = context;
  const { by } = flags;
  if (flags.json && flags.csv) {
    throw new Problem("usage", "usage", "--json and --csv exclude each other", "give one of them");
  }
  const since = flags.since === undefined ? undefined : readSince(flags.since, Date.now());
  const { configuration, profiles } = await openProfiles(context);
  const history = openHistory(configuration.paths.stateDir, (text) => warn(context, text));
  try {
    const stats = await history.stats(by, since ?? 0);
    const rows = rowsOf(by, stats, configuredNames(by, configuration, profiles));
    if (flags.json) await printJson(app, statsJson(by, since, stats, rows));
    else if (flags.csv) await print(app, csv(csvRows(by, rows)));
    else if (app.stdout.isTTY) {
      const { rows: days } = by === "day" ? stats : await history.stats("day", since ?? 0);
      await draw(context, { since }, stats, { rows, days });
    } else await printText(context, { by, since }, stats, rows);
    return EXIT.ok;
  } finally {
    await history.close();
  }
}

interface Row {
  readonly key: string;
  readonly figures: Figures;
}

/** Those who were asked most stand first, those who never were last; days in their order. */
function rowsOf(by: GroupBy, { rows }: Stats, configured: ReadonlySet<string>): readonly Row[] {
  const used = new Set(rows.map(({ key }) => key));
  const never = [...configured].filter((key) => !used.has(key)).map((key) => ({ key, tally: NOTHING }));
  return [...rows, ...never]
    .toSorted((a, b) => (by === "day" ? 0 : b.tally.attempts - a.tally.attempts) || compare(a.key, b.key))
    .map((row) => ({ key: row.key, figures: figuresOf(row) }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function statsJson(by: GroupBy, since: number | undefined, stats: Stats, rows: readonly Row[]): object {
  const { requests, total, lastSelected } = stats;
  return {
    since: since === undefined ? null : new Date(since).toISOString(),
    by,
    rows: rows.map(({ key, figures }) => ({ [by]: key === "" ? null : key, ...figures })),
    total: { requests, failed: requests - total.tally.answered, ...figuresOf(total) },
    last_selected: lastSelected.map(({ profile, member, model, backend, at }) => {
      return { profile, member, model, backend, time: new Date(at).toISOString() };
    }),
  };
}

function csvRows(by: GroupBy, rows: readonly Row[]) {
  const header = [by, ...Object.keys(figuresOf({ tally: NOTHING }))];
  return [header, ...rows.map(({ key, figures }) => [key, ...Object.values(figures)])];
}

/** On a terminal: pictures, and what fits beside them. */
async function draw(
  context: CommandContext,
  { since }: { since: number | undefined },
  stats: Stats,
  { rows, days }: { rows: readonly Row[]; days: Stats["rows"] },
): Promise<void> {
  const drawn = rows.map((row) => {
    const { answered, failures, skips } = row.figures;
    const [name = "", beside = "", , , ...rest] = textRow(
      row,
      since === undefined ? "never used" : "not used",
    );
    const below = [...(skips > 0 ? [`${skips} skipped`] : []), ...rest.filter((text) => text !== "-")];
    return { name, part: answered, whole: answered + failures, beside, below };
  });
  if (drawn.length > 0) await drawRows(context, drawn);
  await drawDays(context, new Map(days.map(({ key, tally }) => [key, tally.answered])), Date.now());
  for (const { profile, member, model, backend } of stats.lastSelected) {
    if (member === profile) continue;
    await print(context.app, neutralise(`${profile} turned last to ${member} (${model} @ ${backend})\n`));
  }
  await printCount(context, since, stats);
}

async function printText(
  context: CommandContext,
  { by, since }: { by: GroupBy; since: number | undefined },
  stats: Stats,
  rows: readonly Row[],
): Promise<void> {
  const { app } = context;
  const header = [
    by.toUpperCase(),
    "ANSWERED",
    "FAILED",
    "SKIPPED",
    "TOKENS",
    "COST",
    "FIRST",
    "WHOLE",
    "LAST USED",
  ];
  const unused = since === undefined ? "never used" : "not used";
  const total = { key: "total", figures: figuresOf(stats.total) };
  await table(
    app,
    [...rows, total].map((row) => textRow(row, unused)),
    header,
  );
  await print(app, "\n");
  await printCount(context, since, stats);
}

async function printCount({ app }: CommandContext, since: number | undefined, stats: Stats): Promise<void> {
  const failed = stats.requests - stats.total.tally.answered;
  const from = since === undefined ? "" : ` since ${localTime(new Date(since))}`;
  await print(
    app,
    `${stats.requests} ${stats.requests === 1 ? "request" : "requests"}${from}: ${stats.total.tally.answered} answered, ${failed} failed\n`,
  );
}

function textRow({ key, figures }: Row, unused: string): readonly string[] {
  const { answered, attempts, success_rate: rate, estimated } = figures;
  const { mean_first_content_ms: first, mean_duration_ms: whole, last_used: last } = figures;
  const mark = estimated ? "~" : "";
  const { input_tokens: input, output_tokens: output } = figures;
  return [
    key === "" ? "-" : key,
    `${answered} of ${attempts} answered${rate === null ? "" : ` (${Math.floor(rate * 100)} %)`}`,
    `${figures.failures} failed`,
    `${figures.skips} skipped`,
    input === null ? "-" : `${mark}${input} in, ${mark}${output} out`,
    costText(figures, mark),
    first === null ? "-" : `first ${formatDuration(first)}`,
    whole === null ? "-" : `whole ${formatDuration(whole)}`,
    last === null ? unused : localTime(new Date(last)).slice(0, -":00".length),
  ];
}

/** What is known, and for how many attempts nothing is. */
function costText({ cost_usd: usd, unpriced_attempts: unpriced }: Figures, mark: string): string {
  const known = usd === null ? [] : [mark + formatUsd(usd)];
  const unknown = unpriced === 0 ? [] : [`${unpriced} of unknown cost`];
  return [...known, ...unknown].join(" + ") || "-";
}
