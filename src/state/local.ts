import type { Machine } from "../core/clock.ts";
import { parseJson } from "../core/json.ts";
import type { StateStore } from "../core/ports.ts";
import type { GuardedDatabase } from "../database/guard.ts";
import type { Database } from "../database/open.ts";
import { pick } from "./pick.ts";
import { type Anchor, newAnchor, readAnchor, sharedNow } from "./shared-clock.ts";

/** The shape of `state.db`. `at`: shared time of the last write. */
export const STATE_MIGRATIONS: readonly string[] = [
  "CREATE TABLE entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID",
];

/** Key of the anchor of shared time. */
const CLOCK = "clock";

/** Entries that nobody wrote for so long are dropped when the machine has started anew. */
const KEEP_MS = 90 * 86_400_000;

/**
 * Shared facts of all processes of one user, in a database. What cannot be written there is remembered as long as this
 * process lives.
 */
export function localStore(database: GuardedDatabase, machine: Machine): StateStore {
  const unwritten = new Map<string, unknown>();
  let anchor: Anchor | undefined;

  const now = async (): Promise<number> => {
    anchor ??= await agreeOnTime(database, machine);
    return sharedNow(anchor, machine);
  };

  return {
    async read(keys) {
      const at = await now();
      const stored = await database.read((open) => readEntries(open, keys));
      const entries = new Map(stored.lost ? [] : stored.value);
      for (const [key, value] of pick(unwritten, keys)) {
        if (value === undefined) entries.delete(key);
        else entries.set(key, value);
      }
      return { now: at, entries };
    },

    async update(key, fn) {
      const at = await now();
      if (!unwritten.has(key)) {
        // Most updates change nothing: then nobody has to wait for a writer.
        const seen = await database.read((open) => {
          const current = readEntry(open, key);
          const next = fn(current, at);
          return { next, same: JSON.stringify(next) === JSON.stringify(current) };
        });
        if (!seen.lost && seen.value.same) return seen.value.next;
        const written = await database.write((open) => {
          const next = fn(readEntry(open, key), at);
          writeEntry(open, key, next, at);
          return next;
        });
        if (!written.lost) return written.value;
        const last = await database.read((open) => readEntry(open, key));
        // Another update of this process may have come this far meanwhile.
        if (!unwritten.has(key)) unwritten.set(key, last.lost ? undefined : last.value);
      }
      const next = fn(unwritten.get(key), at);
      unwritten.set(key, next);
      return next;
    },

    close: () => database.close(),
  };
}

/** The first process after a start of the machine says what time it is, for all. */
async function agreeOnTime(database: GuardedDatabase, machine: Machine): Promise<Anchor> {
  const known = await database.read((open) => readAnchor(readEntry(open, CLOCK), machine, latestWrite(open)));
  if (!known.lost && known.value !== undefined) return known.value;
  const agreed = await database.write((open) => {
    const latest = latestWrite(open);
    const first = readAnchor(readEntry(open, CLOCK), machine, latest);
    if (first !== undefined) return first;
    const fresh = newAnchor(machine, latest);
    writeEntry(open, CLOCK, fresh, fresh.at);
    open.run("DELETE FROM entries WHERE at < ?", fresh.at - KEEP_MS);
    return fresh;
  });
  if (!agreed.lost) return agreed.value;
  const latest = await database.read(latestWrite);
  return newAnchor(machine, latest.lost ? 0 : latest.value);
}

function latestWrite(open: Database): number {
  const latest = open.all("SELECT max(at) AS at FROM entries")[0]?.["at"];
  return typeof latest === "number" ? latest : 0;
}

function readEntries(
  open: Database,
  keys: readonly string[] | { readonly prefix: string },
): ReadonlyMap<string, unknown> {
  const rows =
    "prefix" in keys
      ? open.all("SELECT key, value FROM entries WHERE substr(key, 1, length(?1)) = ?1", keys.prefix)
      : open.all(
          "SELECT key, value FROM entries WHERE key IN (SELECT value FROM json_each(?))",
          JSON.stringify(keys),
        );
  return new Map(
    rows.flatMap(({ key, value }) => {
      const parsed = parse(value);
      return typeof key === "string" && parsed !== undefined ? [[key, parsed]] : [];
    }),
  );
}

function readEntry(open: Database, key: string): unknown {
  return parse(open.all("SELECT value FROM entries WHERE key = ?", key)[0]?.["value"]);
}

function writeEntry(open: Database, key: string, value: unknown, at: number): void {
  if (value === undefined) open.run("DELETE FROM entries WHERE key = ?", key);
  else open.run("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", key, JSON.stringify(value), at);
}

/** What is not JSON counts as not there. */
function parse(value: unknown): unknown {
  return typeof value === "string" ? parseJson(value) : undefined;
}
