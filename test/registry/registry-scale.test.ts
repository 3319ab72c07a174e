import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createRegistry, type Registry } from "../../src/registry/registry.ts";
import { backendNamed, listed } from "./support/backends.ts";

/** Backend `n` serves `m0` to `m8`, as everybody does, and a model of its own. */
function fill(backends: number): Registry {
  const registry = createRegistry({ now: () => 0, warn: () => {} });
  for (let n = 0; n < backends; n++) {
    const shared = Array.from({ length: 9 }, (_, model) => `m${n % 10}-${model}`);
    registry.add(backendNamed(`b${n}`, [...shared, `own-${n}`]));
  }
  return registry;
}

/** Milliseconds that `work` takes at its best of several times. */
function best(work: () => void): number {
  const times = Array.from({ length: 7 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return Math.min(...times);
}

describe("many at the same time", () => {
  it("A004-18 10 000 reads, among them changes, all come back within 5 s", async () => {
    const registry = fill(20);
    const began = performance.now();
    await Promise.all(
      Array.from({ length: 10_000 }, async (_, turn) => {
        await Promise.resolve();
        if (turn % 100 === 0) registry.updateModels(`b${turn % 20}`, listed([`own-${turn % 20}`, "new"]));
        registry.byModel("new");
        registry.byModel(`own-${turn % 20}`);
        registry.all();
      }),
    );
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it("A004-18 adding and removing one name while others look for it throws nothing and ends as it began", async () => {
    const registry = fill(1);
    const seen = new Set<number>();
    await Promise.all(
      Array.from({ length: 2000 }, async (_, turn) => {
        await Promise.resolve();
        if (turn % 4 === 0) registry.add(backendNamed("guest", ["own-0"]));
        if (turn % 4 === 2) registry.remove("guest");
        seen.add(registry.byModel("own-0").length);
      }),
    );
    expect([...seen].sort()).toEqual([1, 2]);
    expect(registry.byModel("own-0").map(({ backend }) => backend.name)).toEqual(["b0"]);
    expect(registry.count()).toBe(1);
  });
});

describe("many backends", () => {
  it("A004-19 finding a model among 1000 backends of 10 models takes less than 1 ms, and no longer than among 10", () => {
    const [small, large] = [fill(10), fill(1000)];
    const lookUp = (registry: Registry) => () => {
      for (let n = 0; n < 1000; n++) registry.byModel(`own-${n % 10}`);
    };
    const [few, many] = [best(lookUp(small)), best(lookUp(large))];
    expect(many / 1000).toBeLessThan(1);
    expect(many).toBeLessThan(10 * few + 1);
    expect(best(() => large.byModel("m3-1"))).toBeLessThan(1);
  });

  it("A004-20 a registered backend takes less than 10 KB, at 100 of them", async () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    const used = async () => {
      for (let round = 0; round < 3; round++) {
        // What ended in this turn of the event loop is garbage only in the next.
        await new Promise((resolve) => setImmediate(resolve));
        if (typeof collect === "function") collect();
      }
      return process.memoryUsage().heapUsed;
    };
    const before = await used();
    // So many registries, so that what else the process does is small beside them.
    const kept = Array.from({ length: 50 }, () => fill(100));
    const bytes = ((await used()) - before) / 5000;
    expect(kept.every((registry) => registry.count() === 100)).toBe(true);
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThan(10_000);
  });
});
