import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSalt } from "../../src/secrets/salt.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "nexus-salt-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("processes that come at the same time find the same salt, and leave nothing else", async () => {
  const salts = await Promise.all(Array.from({ length: 20 }, () => readSalt(join(directory, "state"))));
  expect(new Set(salts.map((salt) => salt.join())).size).toBe(1);
  expect(await readdir(join(directory, "state"))).toEqual(["key-salt"]);
});

test.each([0, 31])(
  "what is no salt, as a power cut leaves it (%i bytes), is replaced for good",
  async (size) => {
    await writeFile(join(directory, "key-salt"), new Uint8Array(size));
    const salt = await readSalt(directory);
    expect(salt).toHaveLength(32);
    expect(await readSalt(directory)).toEqual(salt);
    expect(await readdir(directory)).toEqual(["key-salt"]);
  },
);

test.each(["/proc/nexus", "/proc/nexus/deeper"])(
  "where nothing can be made (%s) it is made up, at once",
  async (path) => {
    expect(await readSalt(path)).toHaveLength(32);
  },
);

test("a file in the directory's place, or a link to nowhere, is left alone", async () => {
  await writeFile(join(directory, "file"), "");
  await symlink("nowhere", join(directory, "link"));
  for (const name of ["file", "link"]) expect(await readSalt(join(directory, name))).toHaveLength(32);
  expect((await readdir(directory)).sort()).toEqual(["file", "link"]);
});
