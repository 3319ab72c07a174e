import { localDay } from "../core/local-time.ts";
import type { Database } from "../database/open.ts";
import { countOf, textOf } from "../database/row.ts";
import { NOTHING, plus, readTally, SLOT_MS, type Tally } from "./tally.ts";

/** What attempts can be grouped by. */
export type GroupBy = "member" | "model" | "backend" | "day";

/** A group's tally and, when somebody was asked in it, when that was last: milliseconds since 1970. */
export interface TallyRow {
  /** Name of the member, model or backend, which is empty for an attempt that had none; a day as `2026-11-21`. */
  readonly key: string;
  readonly tally: Tally;
  readonly lastUsed?: number;
}

/** Whom a profile turned to last, and when. */
export interface LastSelected {
  readonly profile: string;
  readonly member: string;
  readonly model: string;
  readonly backend: string;
  readonly at: number;
}

/** What became of the requests of some time. */
export interface Stats {
  readonly rows: readonly TallyRow[];
  readonly requests: number;
  readonly total: TallyRow;
  readonly lastSelected: readonly LastSelected[];
}

/** What there is to say of no requests. */
export const NO_STATS: Stats = {
  rows: [],
  requests: 0,
  total: { key: "", tally: NOTHING },
  lastSelected: [],
};

/** Counts what happened since `since`, milliseconds since 1970. Days are those of the process's time zone. */
export function readStats(database: Database, by: GroupBy, since: number): Stats {
  const tallies = by === "day" ? byDay(database, since) : tallyBy(database, by, since);
  const [count] = database.all("SELECT count(*) AS requests FROM requests WHERE at >= ?", since);
  return {
    rows: [...tallies].map(([key, tally]) => rowOf(database, key, tally)),
    requests: count === undefined ? 0 : countOf(count, "requests"),
    total: rowOf(database, "", [...tallies.values()].reduce(plus, NOTHING)),
    lastSelected: lastSelected(database, since),
  };
}

function rowOf(database: Database, key: string, tally: Tally): TallyRow {
  const [request] = database.all("SELECT at FROM requests WHERE id = ?", tally.lastRequest);
  return { key, tally, ...(request === undefined ? {} : { lastUsed: countOf(request, "at") }) };
}

const SUMS = [
  "answered",
  "attempts",
  "failures",
  "aborted",
  "skips",
  "metered",
  "input_tokens",
  "output_tokens",
  "estimated",
  "priced",
  "cost_usd",
  "first_contents",
  "first_content_ms",
  "duration_ms",
];

function tallyBy(
  database: Database,
  column: "member" | "model" | "backend" | "slot" | "profile",
  since: number,
): ReadonlyMap<string, Tally> {
  const columns = [column, ...SUMS, "last_request"].join(", ");
  const rows = database.all(
    `SELECT CAST(${column} AS TEXT) AS key, ${SUMS.map((name) => `sum(${name}) AS ${name}`).join(", ")},
       max(last_request) AS last_request
     FROM (SELECT ${columns} FROM tallies WHERE slot >= ?
       UNION ALL SELECT ${columns} FROM measured WHERE at >= ? AND at < ?)
     GROUP BY ${column}`,
    ...wholeAndRest(since),
  );
  return new Map(rows.map((row) => [textOf(row, "key") ?? "", readTally(row)]));
}

/** The first slot that lies wholly behind `since`, and the time before it, whose attempts are counted one by one. */
function wholeAndRest(since: number): readonly [slot: number, from: number, to: number] {
  const slot = Math.ceil(since / SLOT_MS);
  return [slot, since, slot * SLOT_MS];
}

function byDay(database: Database, since: number): ReadonlyMap<string, Tally> {
  const days = new Map<string, Tally>();
  for (const [slot, tally] of tallyBy(database, "slot", since)) {
    const day = localDay(new Date(Number(slot) * SLOT_MS));
    days.set(day, plus(days.get(day) ?? NOTHING, tally));
  }
  return days;
}

function lastSelected(database: Database, since: number): readonly LastSelected[] {
  return [...tallyBy(database, "profile", since)].flatMap(([profile, { lastRequest }]) => {
    const [row] = database.all(
      `SELECT at, member, backend, model FROM measured WHERE request = ? AND attempts = 1
       ORDER BY number DESC LIMIT 1`,
      lastRequest,
    );
    if (profile === "" || row === undefined) return [];
    const [member = "", model = "", backend = ""] = ["member", "model", "backend"].map((name) =>
      textOf(row, name),
    );
    return [{ profile, member, model, backend, at: countOf(row, "at") }];
  });
}
