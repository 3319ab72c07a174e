import { join } from "node:path";
import type { Ledger } from "../core/ports.ts";
import { Problem } from "../core/problem.ts";
import type { PastRequest, RequestRecord } from "../core/request-record.ts";
import { type GuardedDatabase, guardDatabase, type Warn } from "../database/guard.ts";
import type { Database } from "../database/open.ts";
import { identityOf } from "../database/set-aside.ts";
import { appendRecords } from "./append.ts";
import { type Found, findRequest, lastRequest } from "./find.ts";
import { HISTORY_MIGRATIONS } from "./schema.ts";
import { type GroupBy, NO_STATS, readStats, type Stats } from "./stats.ts";

/** What was recorded of past requests. Every question throws a `Problem` when the file cannot be read. */
export interface History {
  /** Undefined: nothing has been recorded yet. */
  last(): Promise<PastRequest | undefined>;
  find(prefix: string): Promise<Found>;
  stats(by: GroupBy, since: number): Promise<Stats>;
  close(): Promise<void>;
}

/** A ledger whose records are written when `append` resolves. */
export interface LedgerFile extends Ledger {
  /** Writes these in one transaction. */
  appendAll(records: readonly RequestRecord[]): Promise<void>;
}

/** The ledger of all processes of this user, in `history.db`. Opened with the first record. */
export function openLedger(stateDir: string, warn: Warn): LedgerFile {
  const database = historyDatabase(stateDir, "requests are not in the history", warn);
  const appendAll = async (records: readonly RequestRecord[]) => {
    await database.write((open) => appendRecords(open, records));
  };
  return {
    append: (record) => appendAll([record]),
    appendAll,
    close: () => database.close(),
  };
}

/** Reads `history.db`; makes none where there is none. A corrupt one is set aside, with a warning. */
export function openHistory(stateDir: string, warn: (text: string) => void): History {
  const told: string[] = [];
  const database = historyDatabase(stateDir, "past requests cannot be told", (text) => told.push(text));
  const read = async <T>(none: T, work: (open: Database) => T): Promise<T> => {
    if (identityOf(historyFile(stateDir)) === undefined) return none;
    const done = await database.read((open) => open.snapshot(() => work(open)));
    if (done.lost) throw new Problem("config", "history_unreadable", told.join("; "));
    for (const text of told.splice(0)) warn(text);
    return done.value;
  };
  return {
    last: () => read(undefined, lastRequest),
    find: (prefix) => read<Found>({ kind: "none" }, (open) => findRequest(open, prefix)),
    stats: (by, since) => read(NO_STATS, (open) => readStats(open, by, since)),
    close: () => database.close(),
  };
}

function historyFile(stateDir: string): string {
  return join(stateDir, "history.db");
}

function historyDatabase(stateDir: string, consequence: string, warn: Warn): GuardedDatabase {
  return guardDatabase(
    { file: historyFile(stateDir), migrations: HISTORY_MIGRATIONS, durable: true, consequence },
    { warn, wallTime: () => new Date() },
  );
}
