import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { guardDatabase } from "../../src/database/guard.ts";
import { type Database, openDatabase } from "../../src/database/open.ts";

let directory: string;
const open: Database[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "nexus-database-"));
});
afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await rm(directory, { recursive: true });
});

function spec(durable = false) {
  return { file: join(directory, "a.db"), migrations: ["CREATE TABLE numbers (n INTEGER)"], durable };
}

async function openOne(durable?: boolean): Promise<Database> {
  const database = await openDatabase(spec(durable));
  open.push(database);
  return database;
}

test("who writes is alone from the start, not only from the first change", async () => {
  const [one, other] = [await openOne(), await openOne()];
  other.all("PRAGMA busy_timeout = 0");
  one.write(() => expect(() => other.write(() => {})).toThrow("database is locked"));
  expect(() => other.write(() => {})).not.toThrow();
});

test("work that throws changes nothing, and does not stand in the way of the next", async () => {
  const database = await openOne();
  expect(() =>
    database.write(() => {
      database.run("INSERT INTO numbers VALUES (1)");
      throw new TypeError("a bug");
    }),
  ).toThrow("a bug");
  database.write(() => database.run("INSERT INTO numbers VALUES (2)"));
  expect(database.all("SELECT n FROM numbers")).toEqual([{ n: 2 }]);
});

test("another writer is waited for, and the disk only where that is asked for", async () => {
  expect((await openOne()).all("PRAGMA busy_timeout")).toEqual([{ timeout: 2_000 }]);
  expect((await openOne(false)).all("PRAGMA synchronous")).toEqual([{ synchronous: 0 }]);
  expect((await openOne(true)).all("PRAGMA synchronous")).toEqual([{ synchronous: 1 }]);
});

test("a guarded database that was closed is not opened again", async () => {
  const guarded = guardDatabase(
    { ...spec(), consequence: "" },
    { warn: () => {}, wallTime: () => new Date() },
  );
  await guarded.close();
  expect(await guarded.read(() => 1)).toEqual({ lost: true });
  expect(await guarded.write(() => 1)).toEqual({ lost: true });
  expect(await readdir(directory)).toEqual([]);
});
