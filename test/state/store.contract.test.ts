import { describe, expect, test } from "vitest";
import type { StateStore } from "../../src/core/ports.ts";
import { memoryStore } from "../../src/state/memory.ts";

/** Every store of shared facts: what holds for one holds for all. */
const STORES: Readonly<Record<string, () => StateStore>> = { memory: memoryStore };

describe.each(Object.entries(STORES))("the %s store", (_, open) => {
  test("knows nothing at first", async () => {
    expect([...(await open().read(["a", "b"]))]).toEqual([]);
  });

  test("gives back what an update made, under its own key", async () => {
    const store = open();
    expect(await store.update("a", () => ({ n: 1 }))).toEqual({ n: 1 });
    expect([...(await store.read(["a", "b"]))]).toEqual([["a", { n: 1 }]]);
  });

  test("an update sees what was there, and undefined removes it", async () => {
    const store = open();
    await store.update("a", () => 1);
    await store.update("a", (current) => (current === 1 ? 2 : 99));
    expect((await store.read(["a"])).get("a")).toBe(2);
    await store.update("a", () => undefined);
    expect((await store.read(["a"])).has("a")).toBe(false);
  });

  test("updates at the same time are all counted", async () => {
    const store = open();
    await Promise.all(
      Array.from({ length: 100 }, () => store.update("n", (n) => (typeof n === "number" ? n + 1 : 1))),
    );
    expect((await store.read(["n"])).get("n")).toBe(100);
  });
});
