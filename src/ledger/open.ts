import { join } from "node:path";
import type { Ledger } from "../core/ports.ts";
import type { PastRequest } from "../core/request-record.ts";
import { type GuardedDatabase, guardDatabase } from "../database/guard.ts";
import type { Database } from "../database/open.ts";
import { identityOf } from "../database/set-aside.ts";
import { appendRecord } from "./append.ts";
import { type Found, findRequest, lastRequest } from "./find.ts";
import { HISTORY_MIGRATIONS } from "./schema.ts";
import { type GroupBy, readStats, type Stats } from "./stats.ts";

/** What was recorded of past requests. Undefined: there is no history, or it cannot be read, which has been told. */
export interface History {
  last(): Promise<PastRequest | undefined>;
  find(prefix: string): Promise<Found | undefined>;
  stats(by: GroupBy, since: number): Promise<Stats | undefined>;
  close(): Promise<void>;
}

/** The ledger of all processes of this user, in `history.db`. Opened with the first record. */
export function openLedger(stateDir: string, warn: (text: string) => void): Ledger {
  const database = historyDatabase(stateDir, warn);
  return {
    async append(record) {
      await database.write((open) => appendRecord(open, record));
    },
    close: () => database.close(),
  };
}

/** Reads `history.db`; makes none where there is none. */
export function openHistory(stateDir: string, warn: (text: string) => void): History {
  const database = historyDatabase(stateDir, warn);
  const read = async <T>(work: (open: Database) => T): Promise<T | undefined> => {
    if ((await identityOf(historyFile(stateDir))) === undefined) return undefined;
    const done = await database.read((open) => open.snapshot(() => work(open)));
    return done.lost ? undefined : done.value;
  };
  return {
    last: () => read(lastRequest),
    find: (prefix) => read((open) => findRequest(open, prefix)),
    stats: (by, since) => read((open) => readStats(open, by, since)),
    close: () => database.close(),
  };
}

function historyFile(stateDir: string): string {
  return join(stateDir, "history.db");
}

function historyDatabase(stateDir: string, warn: (text: string) => void): GuardedDatabase {
  return guardDatabase(
    {
      file: historyFile(stateDir),
      migrations: HISTORY_MIGRATIONS,
      durable: true,
      consequence: "requests are not in the history",
    },
    { warn, wallTime: () => new Date() },
  );
}
