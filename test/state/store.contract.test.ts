import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { StateStore } from "../../src/core/ports.ts";
import { memoryStore } from "../../src/state/memory.ts";
import { openState } from "../../src/state/open.ts";
import { syncedStore } from "../../src/state/synced.ts";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { fakeClock } from "../support/fake-clock.ts";

const directories: string[] = [];

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "nexus-state-"));
  directories.push(directory);
  return directory;
}

function failOnWarning(text: string): never {
  throw new Error(`warned: ${text}`);
}

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

/** Every store of shared facts: what holds for one holds for all. */
const STORES: Readonly<Record<string, () => Promise<StateStore>>> = {
  memory: async () => memoryStore(fakeClock()),
  local: async () => openState(await makeDirectory(), failOnWarning),
  "synced over local": async () => {
    const isOwn = () => false;
    return syncedStore(openState(await makeDirectory(), failOnWarning), { clock: REAL_CLOCK, isOwn });
  },
  "local, where nothing can be written": async () => openState("/proc/nexus", () => {}),
};

async function entry(store: StateStore, key: string): Promise<unknown> {
  return (await store.read([key])).entries.get(key);
}

describe.each(Object.entries(STORES))("the %s store", (_, open) => {
  test("knows nothing at first", async () => {
    const store = await open();
    expect([...(await store.read(["a", "b"])).entries]).toEqual([]);
    await store.close();
  });

  test("gives back what an update made, under its own key", async () => {
    const store = await open();
    expect(await store.update("a", () => ({ n: 1 }))).toEqual({ n: 1 });
    expect([...(await store.read(["a", "b"])).entries]).toEqual([["a", { n: 1 }]]);
    await store.close();
  });

  test("an update sees what was there, and undefined removes it", async () => {
    const store = await open();
    await store.update("a", () => 1);
    await store.update("a", (current) => (current === 1 ? 2 : 99));
    expect(await entry(store, "a")).toBe(2);
    await store.update("a", () => undefined);
    expect((await store.read(["a"])).entries.has("a")).toBe(false);
    await store.close();
  });

  test("updates at the same time are all counted", async () => {
    const store = await open();
    await Promise.all(
      Array.from({ length: 100 }, () => store.update("n", (n) => (typeof n === "number" ? n + 1 : 1))),
    );
    expect(await entry(store, "n")).toBe(100);
    await store.close();
  });

  test("finds all keys that begin with a prefix, taken literally", async () => {
    const store = await open();
    for (const key of ["facts:a", "facts:b%", "fact", "turn:facts:a", "😀:a"])
      await store.update(key, () => key);
    expect([...(await store.read({ prefix: "facts:" })).entries.keys()].sort()).toEqual([
      "facts:a",
      "facts:b%",
    ]);
    expect([...(await store.read({ prefix: "😀:" })).entries.keys()]).toEqual(["😀:a"]);
    await store.close();
  });

  test("keys and values may hold anything JSON can", async () => {
    const store = await open();
    const odd = 'facts:["a.b","naïve \\u0000 \'; DROP TABLE entries; --"]';
    const value = { __proto__: null, "a.b": ["ü", null, -0.5, ""] };
    await store.update(odd, () => value);
    expect(JSON.stringify(await entry(store, odd))).toBe(JSON.stringify(value));
    await store.close();
  });

  test("tells an update the same time as a reader, and time never goes back", async () => {
    const store = await open();
    const before = (await store.read([])).now;
    let during = 0;
    await store.update("a", (_, now) => {
      during = now;
      return 1;
    });
    const after = (await store.read([])).now;
    expect(before).toBeLessThanOrEqual(during);
    expect(during).toBeLessThanOrEqual(after);
    await store.close();
  });

  test("a failing update changes nothing and surfaces", async () => {
    const store = await open();
    await store.update("a", () => 1);
    await expect(
      (async () =>
        store.update("a", () => {
          throw new TypeError("a bug");
        }))(),
    ).rejects.toThrow("a bug");
    expect(await entry(store, "a")).toBe(1);
    await store.close();
  });
});
