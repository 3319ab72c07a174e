import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Machine } from "../../src/core/clock.ts";
import type { StateStore } from "../../src/core/ports.ts";
import { type GuardedDatabase, guardDatabase } from "../../src/database/guard.ts";
import { localStore, STATE_MIGRATIONS } from "../../src/state/local.ts";

let directory: string;
let warnings: string[];
const open: StateStore[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "nexus-state-"));
  warnings = [];
});

afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await rm(directory, { recursive: true });
});

/** A machine whose clocks stand where the test puts them. */
function machine(over: { bootId?: string; uptimeMs?: number; wallMs?: number } = {}): Machine {
  const { bootId = "boot-1", uptimeMs = 1_000, wallMs = 1_790_000_000_000 } = over;
  return { bootId, uptimeMs: () => uptimeMs, wallMs: () => wallMs };
}

function stateDatabase(file = join(directory, "state.db")): GuardedDatabase {
  return guardDatabase(
    { file, migrations: STATE_MIGRATIONS, durable: false, consequence: "nothing is remembered" },
    { warn: (text) => warnings.push(text), wallTime: () => new Date(1_790_000_000_000) },
  );
}

function openOn(host: Machine = machine(), file?: string): StateStore {
  const store = localStore(stateDatabase(file), host);
  open.push(store);
  return store;
}

async function timeOf(store: StateStore): Promise<number> {
  return (await store.read([])).now;
}

describe("what one process wrote", () => {
  test("another one reads, also after the first has ended", async () => {
    const first = openOn();
    await first.update("a", () => 1);
    const second = openOn();
    expect((await second.read(["a"])).entries.get("a")).toBe(1);
    await first.close();
    await second.close();
    expect((await openOn().read(["a"])).entries.get("a")).toBe(1);
  });

  test("stands in files that only their owner can read", async () => {
    await openOn(machine(), join(directory, "deep", "state.db")).update("a", () => 1);
    for (const name of await readdir(join(directory, "deep"))) {
      expect((await stat(join(directory, "deep", name))).mode & 0o077).toBe(0);
    }
    expect((await stat(join(directory, "deep"))).mode & 0o077).toBe(0);
  });
});

test("an entry that is not JSON counts as not there, and is written anew", async () => {
  const database = stateDatabase();
  const store = localStore(database, machine());
  open.push(store);
  await database.write((raw) => raw.run("INSERT INTO entries VALUES ('a', '{', 0), ('clock', 'now', 0)"));
  expect((await store.read(["a"])).entries.size).toBe(0);
  expect(await store.update("a", (n) => n ?? "new")).toBe("new");
  expect((await store.read({ prefix: "a" })).entries.get("a")).toBe("new");
});

test("what nobody wrote for ninety days is dropped when the machine is started anew", async () => {
  const day = 86_400_000;
  await openOn(machine({ uptimeMs: 0 })).update("old", () => 1);
  await openOn(machine({ uptimeMs: day })).update("kept", () => 1);
  const anew = machine({ bootId: "boot-2", wallMs: 1_790_000_000_000 + 90.5 * day });
  expect([...(await openOn(anew).read(["old", "kept"])).entries.keys()]).toEqual(["kept"]);
});

describe("shared time", () => {
  test("goes on between processes with the machine's uptime, not with the clock on the wall", async () => {
    const before = await timeOf(openOn(machine({ uptimeMs: 1_000 })));
    const dayBack = machine({ uptimeMs: 61_000, wallMs: 1_790_000_000_000 - 86_400_000 });
    expect((await timeOf(openOn(dayBack))) - before).toBe(60_000);
    const yearsOn = machine({ uptimeMs: 62_000, wallMs: 1_790_000_000_000 + 10 * 365 * 86_400_000 });
    expect((await timeOf(openOn(yearsOn))) - before).toBe(61_000);
  });

  test("is what the first says, also for those who come at the same moment by another clock", async () => {
    const stores = await Promise.all(
      [0, 500_000].map(async (ahead) => {
        const database = stateDatabase();
        await database.read(() => {});
        return localStore(database, machine({ wallMs: 1_790_000_000_000 + ahead }));
      }),
    );
    open.push(...stores);
    const [first, second] = await Promise.all(stores.map(timeOf));
    expect(second).toBe(first);
  });

  test("goes on from the clock on the wall when the machine was started anew", async () => {
    const before = await timeOf(openOn());
    const later = machine({ bootId: "boot-2", uptimeMs: 5_000, wallMs: 1_790_000_600_000 });
    expect((await timeOf(openOn(later))) - before).toBe(600_000);
  });

  test("never goes back behind the last write, not even when the machine was started with its clock put back", async () => {
    const first = openOn();
    await first.update("a", () => 1);
    const last = await timeOf(first);
    const putBack = machine({ bootId: "boot-2", uptimeMs: 5_000, wallMs: 1_600_000_000_000 });
    expect(await timeOf(openOn(putBack))).toBe(last);
  });

  test("nor when a container was started anew on a machine that goes on, and counts its uptime from there", async () => {
    const first = openOn(machine({ uptimeMs: 1_000 }));
    await first.update("a", () => 1);
    await openOn(machine({ uptimeMs: 600_000 })).update("a", () => 2);
    const again = machine({ uptimeMs: 5_000, wallMs: 1_790_000_900_000 });
    expect((await timeOf(openOn(again))) - (await timeOf(first))).toBe(900_000);
  });

  test("a machine that cannot name its start is told to have started anew by a clock on the wall that is ahead", async () => {
    const before = await timeOf(openOn(machine({ bootId: "", uptimeMs: 1_000 })));
    const dayOn = machine({ bootId: "", uptimeMs: 61_000, wallMs: 1_790_086_400_000 });
    expect((await timeOf(openOn(dayOn))) - before).toBe(86_400_000);
    const putBack = machine({ bootId: "", uptimeMs: 62_000, wallMs: 1_790_000_000_000 });
    expect((await timeOf(openOn(putBack))) - before).toBe(86_401_000);
  });

  test("a machine that cannot name its start is told to have started anew by an uptime that became less", async () => {
    const before = await timeOf(openOn(machine({ bootId: "", uptimeMs: 9_000 })));
    const anew = machine({ bootId: "", uptimeMs: 10, wallMs: 1_790_000_000_500 });
    expect((await timeOf(openOn(anew))) - before).toBe(500);
  });
});

describe("a store that cannot be used", () => {
  test("a corrupt file is set aside, not deleted, and a new one begun with one warning", async () => {
    const file = join(directory, "state.db");
    await writeFile(file, "not a database ".repeat(1_000));
    const store = openOn();
    await store.update("a", () => 1);
    await store.update("a", (n) => (n === 1 ? 2 : 99));
    expect((await openOn().read(["a"])).entries.get("a")).toBe(2);
    const aside = (await readdir(directory)).find((name) => name.startsWith("state.db.corrupt-"));
    expect(await readFile(join(directory, aside ?? ""), "utf8")).toBe("not a database ".repeat(1_000));
    expect(warnings).toEqual([
      `${file}: it is not a database; kept as ${join(directory, aside ?? "")}, and a new one begun`,
    ]);
  });

  test("corruption that shows only later loses nothing of this run", async () => {
    const file = join(directory, "state.db");
    const writer = stateDatabase();
    await localStore(writer, machine()).update("a", () => 0);
    await writer.read((database) => database.all("PRAGMA wal_checkpoint(TRUNCATE)"));
    await writer.close();
    const bytes = await readFile(file);
    bytes.fill(0xff, 4_096);
    await writeFile(file, bytes);
    const store = openOn();
    await store.update("a", () => 1);
    expect((await store.read(["a"])).entries.get("a")).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  test.each([
    ["without the table", "CREATE TABLE other (x TEXT)"],
    ["of other columns", "CREATE TABLE entries (x TEXT)"],
    ["with a view in the table's place", "CREATE VIEW entries AS SELECT '' AS key, '' AS value, 0 AS at"],
    ["restored from a dump, which forgets what ran", `${STATE_MIGRATIONS[0]}; PRAGMA user_version = 0`],
  ])("a file of another shape is set aside too: %s", async (_, sql) => {
    const strange = guardDatabase(
      { file: join(directory, "state.db"), migrations: [], durable: false, consequence: "" },
      { warn: () => {}, wallTime: () => new Date() },
    );
    const version = sql.includes("user_version") ? "" : "; PRAGMA user_version = 1";
    await strange.read((database) => {
      for (const one of `${sql}${version}`.split("; ")) database.run(one);
    });
    await strange.close();
    const store = openOn();
    await store.update("a", () => 1);
    expect((await store.read(["a"])).entries.get("a")).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  test("a file of a newer nexus is left alone, with one warning", async () => {
    const newer = guardDatabase(
      {
        file: join(directory, "state.db"),
        migrations: [...STATE_MIGRATIONS, "CREATE TABLE more (x TEXT)"],
        durable: false,
        consequence: "",
      },
      { warn: () => {}, wallTime: () => new Date() },
    );
    await newer.read(() => {});
    await newer.close();
    const store = openOn();
    await store.update("a", () => 1);
    expect((await store.read(["a"])).entries.get("a")).toBe(1);
    expect(warnings).toEqual([expect.stringContaining("written by a newer nexus; nothing is remembered")]);
    expect(await readdir(directory)).not.toContainEqual(expect.stringContaining("corrupt"));
  });

  test("a directory that cannot be made: one warning, and this run remembers for itself", async () => {
    await writeFile(join(directory, "file"), "");
    const store = openOn(machine(), join(directory, "file", "state.db"));
    await store.update("a", () => 1);
    await store.update("a", (n) => (n === 1 ? 2 : 99));
    expect((await store.read(["a"])).entries.get("a")).toBe(2);
    expect((await store.read({ prefix: "a" })).entries.size).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  test("while another process keeps it locked, what is known serves, and this run goes on from there", async () => {
    const mine = stateDatabase();
    const store = localStore(mine, machine());
    open.push(store);
    await store.update("a", () => 5);
    await mine.read((database) => database.all("PRAGMA busy_timeout = 0"));
    const other = stateDatabase();
    await other.read((database) => database.run("BEGIN IMMEDIATE"));
    expect(await store.update("a", (n) => n)).toBe(5);
    expect(warnings).toEqual([]);
    await store.update("b", () => 1);
    await store.update("a", (n) => (n === 5 ? 6 : 99));
    expect(Object.fromEntries((await store.read(["a", "b"])).entries)).toEqual({ a: 6, b: 1 });
    expect(warnings).toEqual([
      expect.stringContaining("another process keeps it locked; nothing is remembered"),
    ]);
    await other.read((database) => database.run("ROLLBACK"));
    await other.close();
  });

  test.each(["a directory", "a device"])("%s in the file's place is left alone", async (what) => {
    const file = join(directory, "state.db");
    if (what === "a directory") await mkdir(file);
    else await symlink("/dev/null", file);
    const store = openOn();
    await store.update("a", () => 1);
    expect((await store.read(["a"])).entries.get("a")).toBe(1);
    expect(warnings).toEqual([`${file}: it is not a regular file; nothing is remembered`]);
  });

  test.skipIf(process.getuid?.() === 0)("what is only readable is still read", async () => {
    const writer = openOn();
    await writer.update("a", () => 1);
    await writer.close();
    await chmod(join(directory, "state.db"), 0o400);
    const store = openOn();
    await store.update("b", () => 2);
    const { entries } = await store.read(["a", "b"]);
    expect(Object.fromEntries(entries)).toEqual({ a: 1, b: 2 });
    expect(warnings).toHaveLength(1);
  });
});
