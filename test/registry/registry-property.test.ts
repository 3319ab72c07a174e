import fc from "fast-check";
import { expect, it } from "vitest";
import { createRegistry, type Registry } from "../../src/registry/registry.ts";
import { backendNamed, listed } from "./support/backends.ts";

function fresh(): Registry {
  const registry = createRegistry({ now: () => 0, warn: () => {} });
  registry.add(backendNamed("box", []));
  return registry;
}

it("A004-15 so many up and down again is 0", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99 }), (count) => {
      const registry = fresh();
      for (let n = 0; n < count; n++) registry.incrementPending("box");
      for (let n = 0; n < count; n++) registry.decrementPending("box");
      expect(registry.get("box")?.pending).toBe(0);
    }),
  );
});

it("A004-15 so many at the same time are so many", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 49 }), async (count) => {
      const registry = fresh();
      const results = await Promise.all(
        Array.from({ length: count }, async (_, turn) => {
          if (turn % 2) await Promise.resolve();
          return registry.incrementPending("box");
        }),
      );
      expect(registry.get("box")?.pending).toBe(count);
      expect(new Set(results).size).toBe(count);
    }),
  );
});

it("A004-16 the average never leaves the range of its samples", () => {
  const samples = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(samples, (times) => {
      const registry = fresh();
      for (const ms of times) registry.recordLatency("box", ms);
      const average = registry.get("box")?.latencyMs ?? Number.NaN;
      expect(average).toBeGreaterThanOrEqual(Math.min(...times));
      expect(average).toBeLessThanOrEqual(Math.max(...times));
    }),
  );
});

it("A004-17 however often an idle counter is taken down, it stays at 0", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
      const registry = fresh();
      for (let n = 0; n < count; n++) expect(registry.decrementPending("box")).toBe(0);
    }),
  );
});

const NAMES = ["a", "b", "c"];
const models = fc.uniqueArray(fc.constantFrom("x", "y", "z"), { maxLength: 3 });
const change = fc.oneof(
  fc.record({ do: fc.constant("add" as const), name: fc.constantFrom(...NAMES), models }),
  fc.record({ do: fc.constant("list" as const), name: fc.constantFrom(...NAMES), models }),
  fc.record({
    do: fc.constantFrom("remove" as const, "retire" as const, "request" as const),
    name: fc.constantFrom(...NAMES),
    models,
  }),
);

it("A004-07 after any changes the index says what looking through all backends says", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const registry = createRegistry({ now: () => 0, warn: () => {} });
      for (const { do: what, name, models: ids } of changes) {
        const known = registry.get(name);
        if (what === "add" && (known === undefined || known.leaving)) registry.add(backendNamed(name, ids));
        else if (what === "list" && known) registry.updateModels(name, listed(ids));
        else if (what === "remove" && known) registry.remove(name);
        else if (what === "retire" && known) registry.retire(name);
        else if (what === "request" && known) registry.incrementPending(name);
        const serving = registry.all().filter(({ leaving }) => !leaving);
        const served = ["x", "y", "z"].filter((model) => {
          const found = serving.filter((live) => live.models?.some(({ id }) => id === model));
          expect(registry.byModel(model)).toEqual(found);
          return found.length > 0;
        });
        expect(registry.modelCount()).toBe(served.length);
      }
    }),
  );
});
