import { expect, test } from "vitest";
import type { StateStore } from "../../src/core/ports.ts";
import { memoryStore } from "../../src/state/memory.ts";
import { syncedStore } from "../../src/state/synced.ts";
import { fakeClock, settle } from "../support/fake-clock.ts";

/** Two long-lived processes over one shared store, which counts how often it is asked. */
function setUp() {
  const clock = fakeClock();
  const disk = memoryStore(clock);
  const asked = { reads: 0, updates: 0 };
  const shared: StateStore = {
    read: (keys) => {
      asked.reads++;
      return disk.read(keys);
    },
    update: (key, fn) => {
      asked.updates++;
      return disk.update(key, fn);
    },
    close: async () => {},
  };
  const open = () => syncedStore(shared, { clock, isOwn: (key) => key.startsWith("turn:") });
  return { clock, disk, asked, open };
}

const add = (n: unknown): number => (typeof n === "number" ? n + 1 : 1);

async function entry(store: StateStore, key: string): Promise<unknown> {
  return (await store.read([key])).entries.get(key);
}

test("requests ask the disk for nothing, neither to read nor to write", async () => {
  const { asked, open } = setUp();
  const store = open();
  await store.read([]);
  const before = { ...asked };
  for (let n = 0; n < 100; n++) await store.update("a", add);
  expect(await entry(store, "a")).toBe(100);
  expect(asked).toEqual(before);
  await store.close();
});

test("what changed here is known there within a second, and the other way round", async () => {
  const { clock, disk, open } = setUp();
  const [one, other] = [open(), open()];
  await Promise.all([one.read([]), other.read([])]);
  await one.update("a", add);
  await disk.update("b", () => "of a short run");
  await clock.advance(1_000);
  expect(await entry(other, "a")).toBe(1);
  expect(await entry(one, "b")).toBe("of a short run");
  await Promise.all([one.close(), other.close()]);
});

test("changes that several make at the same time are all counted", async () => {
  const { clock, disk, open } = setUp();
  const stores = [open(), open(), open()];
  for (const store of stores) for (let n = 0; n < 10; n++) await store.update("a", add);
  await clock.advance(1_000);
  expect(await entry(disk, "a")).toBe(30);
  await clock.advance(1_000);
  for (const store of stores) expect(await entry(store, "a")).toBe(30);
  await Promise.all(stores.map((store) => store.close()));
});

test("what all have to agree on is decided by the shared store, after what was changed here before", async () => {
  const { disk, open } = setUp();
  const [one, other] = [open(), open()];
  await one.update("a", add);
  expect(await one.update("a", add, { together: true })).toBe(2);
  expect(await other.update("a", add, { together: true })).toBe(3);
  expect(await entry(disk, "a")).toBe(3);
  await Promise.all([one.close(), other.close()]);
});

test("a change is booked with the time at which it was made", async () => {
  const { clock, disk, open } = setUp();
  const store = open();
  const made = (await store.read([])).now;
  await store.update("a", (_, now) => now);
  await clock.advance(1_000);
  expect(await entry(disk, "a")).toBe(made);
  await store.close();
});

test("its own keys stay here, and nothing from outside replaces them", async () => {
  const { clock, disk, open } = setUp();
  await disk.update("turn:lb", () => 7);
  const store = open();
  await store.update("turn:lb", add);
  await clock.advance(1_000);
  expect(await entry(store, "turn:lb")).toBe(1);
  expect(await entry(disk, "turn:lb")).toBe(7);
  await store.close();
});

test("what was removed elsewhere is forgotten here", async () => {
  const { clock, disk, open } = setUp();
  await disk.update("a", () => 1);
  const store = open();
  expect(await entry(store, "a")).toBe(1);
  await disk.update("a", () => undefined);
  await clock.advance(1_000);
  expect(await entry(store, "a")).toBeUndefined();
  await store.close();
});

test("closing writes what is left and leaves no timer", async () => {
  const { clock, disk, open } = setUp();
  const store = open();
  await store.update("a", add);
  await store.close();
  expect(await entry(disk, "a")).toBe(1);
  await settle();
  expect(clock.pending()).toBe(0);
});
