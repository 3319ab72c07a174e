import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type Driver from "libsql";
import type { Database as Connection, Statement } from "libsql";
import { Problem } from "../core/problem.ts";
import { oneLine } from "../core/text.ts";
import { systemCode, writeFailed } from "../files/file-problem.ts";
import { makePrivateDir } from "../files/private-dir.ts";
import { statIfAny } from "./set-aside.ts";
import { DatabaseTrouble } from "./trouble.ts";

/** What a statement takes and a column holds. */
export type Value = string | number | null;

/** One row of a result, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** An open database. Every call is synchronous, and throws what the driver throws (see `troubleOf`). */
export interface Database {
  all(sql: string, ...values: readonly Value[]): readonly Row[];
  /** Returns how many rows were changed. */
  run(sql: string, ...values: readonly Value[]): number;
  /** Runs `work`, which only reads, on the file as it is at this moment, whoever writes meanwhile. */
  snapshot<T>(work: () => T): T;
  /** Runs `work` alone among all writers; what it changed is undone when it throws. */
  write<T>(work: () => T): T;
  close(): void;
}

/** Which file, and what is in it. */
export interface DatabaseSpec {
  readonly file: string;
  /** SQL that leads from an empty file to the present shape; the file counts (`user_version`) how many ran. */
  readonly migrations: readonly string[];
  /**
   * Whether it is worth waiting for the disk at checkpoints. Without, nothing is lost when a process is killed; when
   * the machine loses power the file may be corrupt, and is begun anew.
   */
  readonly durable: boolean;
}

/** Milliseconds to wait for another process that writes. Transactions take well under one. */
const BUSY_MS = 2_000;

/** Opens the file, which is made when there is none: readable by its owner only, like its directory. */
export async function openDatabase(spec: DatabaseSpec): Promise<Database> {
  await makeFile(spec.file);
  const Connect = await loadDriver();
  const connection = new Connect(spec.file);
  try {
    // The wait first: switching to the write-ahead log needs the lock too.
    connection.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${spec.durable ? "NORMAL" : "OFF"}`);
    const database = wrap(connection);
    migrate(database, spec.migrations, (sql) => connection.exec(sql));
    return database;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Its binary is an optional dependency: it may be missing, or not be made for this machine. */
async function loadDriver(): Promise<typeof Driver> {
  try {
    return (await import("libsql")).default;
  } catch (error) {
    const why = oneLine(error instanceof Error ? error.message : String(error));
    throw new DatabaseTrouble("no driver", `the database driver does not load here (${why})`);
  }
}

function wrap(connection: Connection): Database {
  const prepared = new Map<string, Statement<unknown[]>>();
  const statement = (sql: string): Statement<unknown[]> => {
    const known = prepared.get(sql) ?? connection.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  const transaction = <T>(begin: string, work: () => T): T => {
    connection.exec(begin);
    try {
      const result = work();
      connection.exec("COMMIT");
      return result;
    } catch (error) {
      // A failed statement may have ended the transaction already.
      if (connection.inTransaction) connection.exec("ROLLBACK");
      throw error;
    }
  };
  return {
    // Values as one array: the driver takes a single null for named parameters.
    all: (sql, ...values) => statement(sql).all(values).filter(isRow),
    run: (sql, ...values) => statement(sql).run(values).changes,
    snapshot: (work) => transaction("BEGIN", work),
    write: (work) => transaction("BEGIN IMMEDIATE", work),
    close: () => void connection.close(),
  };
}

function migrate(database: Database, migrations: readonly string[], exec: (sql: string) => void): void {
  if (version(database) === migrations.length) return;
  database.write(() => {
    const from = version(database);
    if (from > migrations.length) {
      throw new DatabaseTrouble("newer", "it was written by a newer nexus");
    }
    for (const sql of migrations.slice(from)) exec(sql);
    exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function version(database: Database): number {
  const found = database.all("PRAGMA user_version")[0]?.["user_version"];
  return typeof found === "number" ? found : 0;
}

/** SQLite would make it readable for everybody; the files beside it take its mode. And it would write into a device. */
async function makeFile(file: string): Promise<void> {
  const found = statIfAny(file);
  if (found?.isFile()) return;
  if (found !== undefined) throw new DatabaseTrouble("unwritable", "it is not a regular file");
  try {
    await makePrivateDir(dirname(file));
    await (await open(file, "a", 0o600)).close();
  } catch (error) {
    const told = writeFailed(file, error);
    if (!(told instanceof Problem)) throw error;
    throw new DatabaseTrouble(systemCode(error) === "ENOSPC" ? "full" : "unwritable", told.message);
  }
}

function isRow(row: unknown): row is Row {
  return typeof row === "object" && row !== null;
}
