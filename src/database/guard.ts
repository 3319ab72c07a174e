import { type Database, type DatabaseSpec, openDatabase } from "./open.ts";
import { identityOf, setAside } from "./set-aside.ts";
import { type DatabaseTrouble, type TroubleKind, troubleOf } from "./trouble.ts";

/** What a piece of work on the database came to; `lost` when it could not be done. */
export type Done<T> = { readonly lost: false; readonly value: T } | { readonly lost: true };

/**
 * A database that is never a reason to fail. It is opened on first use, and anew when its file was deleted or replaced.
 * A corrupt file is set aside, once, and begun anew; any other trouble is told once, and then work is lost instead of
 * done: only writing where only writing failed.
 */
export interface GuardedDatabase {
  read<T>(work: (database: Database) => T): Promise<Done<T>>;
  /** Runs `work` alone among all writers, wholly or not at all. May run it again on a file that was begun anew. */
  write<T>(work: (database: Database) => T): Promise<Done<T>>;
  close(): Promise<void>;
}

/** The file, and what the user misses while it cannot be used: `… is not remembered beyond this run`. */
export interface GuardSpec extends DatabaseSpec {
  readonly consequence: string;
}

/** Tells a person; with the kind of trouble for which work is lost from now on. */
export type Warn = (text: string, lost?: TroubleKind) => void;

/** Guards a database file; opens nothing yet. */
export function guardDatabase(
  spec: GuardSpec,
  { warn, wallTime }: { warn: Warn; wallTime: () => Date },
): GuardedDatabase {
  const { file } = spec;
  let opening: Promise<Opened> | undefined;
  let writtenTo: Promise<Opened> | undefined;
  let begunAnew = false;
  let usable: "wholly" | "for reading" | "not" = "wholly";

  const open = async (): Promise<Opened> => {
    // Before the file is opened: never that of a file which took its place meanwhile.
    const before = identityOf(file);
    try {
      const database = await openDatabase(spec);
      return { database, identity: before ?? identityOf(file) };
    } catch (error) {
      return { error, identity: before };
    }
  };

  /** The same file as everybody else who found it corrupt, and whoever asks next, gets. */
  const beginAnew = async (corrupt: Promise<Opened>, trouble: DatabaseTrouble): Promise<Opened> => {
    const { database, identity } = await corrupt;
    database?.close();
    const aside = await setAside(file, identity, wallTime());
    if (aside !== undefined) warn(`${file}: ${trouble.message}; kept as ${aside}, and a new one begun`);
    return open();
  };

  const giveUp = async (trouble: DatabaseTrouble, writing: boolean): Promise<void> => {
    if (usable === "not" || (usable === "for reading" && writing)) return;
    const readable = writing && trouble.kind !== "corrupt" && (await opening)?.database !== undefined;
    usable = readable ? "for reading" : "not";
    warn(`${file}: ${trouble.message}; ${spec.consequence}`, trouble.kind);
  };

  const attempt = async <T>(work: (database: Database) => T, writing: boolean): Promise<Done<T>> => {
    while (usable === "wholly" || (usable === "for reading" && !writing)) {
      opening ??= open();
      const mine = opening;
      try {
        const { database, identity, error } = await mine;
        if (database === undefined) throw error;
        // What is written to a file that has no name any more nobody would find.
        const gone = writing && writtenTo === mine && identityOf(file) !== identity;
        if (mine !== opening) continue;
        if (gone) {
          database.close();
          opening = undefined;
          continue;
        }
        if (!writing) return { lost: false, value: work(database) };
        writtenTo = mine;
        return { lost: false, value: database.write(() => work(database)) };
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === undefined) throw error;
        if (mine !== opening) continue;
        if (trouble.kind === "corrupt" && !begunAnew) {
          begunAnew = true;
          opening = beginAnew(mine, trouble);
        } else await giveUp(trouble, writing);
      }
    }
    return { lost: true };
  };

  return {
    read: (work) => attempt(work, false),
    write: (work) => attempt(work, true),
    async close() {
      const open = await opening;
      open?.database?.close();
      opening = undefined;
      usable = "not";
    },
  };
}

/** A file that was opened, or what was thrown instead, and which file it was. */
interface Opened {
  readonly database?: Database;
  readonly error?: unknown;
  readonly identity: string | undefined;
}
