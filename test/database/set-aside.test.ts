import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identityOf, setAside } from "../../src/database/set-aside.ts";

const NOW = new Date(1_790_000_000_000);

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "nexus-aside-"));
  file = join(directory, "state.db");
  await writeFile(file, "old");
});
afterEach(() => rm(directory, { recursive: true }));

test("of many that find the same file corrupt one sets it aside, and what it begins stays", async () => {
  const identity = identityOf(file);
  const began = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      // One comes a little after the other, so that some find the file in every stage of being renamed.
      for (let looks = n; looks > 0; looks--) identityOf(file);
      const aside = await setAside(file, identity, new Date(NOW.getTime() + n));
      if (aside !== undefined) await writeFile(file, "new");
      return aside;
    }),
  );
  const [aside = "", ...more] = began.filter((name) => name !== undefined);
  expect(more).toEqual([]);
  expect(await readFile(aside, "utf8")).toBe("old");
  expect(await readFile(file, "utf8")).toBe("new");
});

test("the files beside it go with it", async () => {
  await writeFile(`${file}-wal`, "log");
  await writeFile(`${file}-shm`, "index");
  const aside = await setAside(file, identityOf(file), NOW);
  expect(aside).toBe(`${file}.corrupt-2026-09-21T14-13-20-000Z`);
  expect(await readdir(directory)).toEqual(
    ["", "-shm", "-wal"].map((suffix) => `state.db.corrupt-2026-09-21T14-13-20-000Z${suffix}`),
  );
  expect(await readFile(`${aside}-wal`, "utf8")).toBe("log");
});

test("a file that took its place stays, and where nothing can be renamed nothing is said to be", async () => {
  expect(await setAside(file, "0:0", NOW)).toBeUndefined();
  expect(await setAside(file, undefined, NOW)).toBeUndefined();
  expect(await readdir(directory)).toEqual(["state.db"]);
  expect(await setAside("/proc/version", identityOf("/proc/version"), NOW)).toBeUndefined();
});
