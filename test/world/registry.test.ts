import { expect, onTestFinished, test } from "vitest";
import { type MockOptions, startMock } from "../../src/mock/mock.ts";
import { openCatalog } from "../../src/registry/catalog.ts";
import { openTestWorld } from "../support/open-world.ts";

/** A server's world over scripted backends `a`, `b`, …, checked every 20 ms. */
async function serving(mocks: Readonly<Record<string, MockOptions>>) {
  const entries = await Promise.all(
    Object.entries(mocks).map(async ([name, options]) => [name, await startMock(options)] as const),
  );
  const backends = Object.fromEntries(
    entries.map(([name, mock]) => [name, { type: "generic", url: mock.url }]),
  );
  const world = await openTestWorld({
    config: { backends, health: { interval_ms: 20, timeout_ms: 2000 } },
    profiles: {},
    lasting: true,
  });
  onTestFinished(async () => {
    await world.remove();
    await Promise.all(entries.map(([, mock]) => mock.close()));
  });
  const { running } = world;
  if (running === undefined) throw new Error("nobody looks after the backends");
  const status = async (name: string, wanted: string) => {
    while (running.registry.loadOf(name).status !== wanted) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const ask = (model: string) => world.chat("", { target: { kind: "model", name: model } });
  return { world, running, status, ask, mocks: new Map(entries) };
}

test("A001-04 a backend whose key is refused in a check gets no requests", async () => {
  const { status, ask, mocks } = await serving({
    a: { models: ["m"], modelsSteps: ["ok", "401"] },
    b: { models: ["m"] },
  });
  await status("a", "unhealthy");
  await status("b", "healthy");
  const without = await ask("m");
  expect(without.chainLog).toEqual([
    expect.stringMatching(/^m@a: unhealthy: .* \(status 401\) \(skipped\)$/),
    "m@b: success",
  ]);
  expect(mocks.get("a")?.chats).toEqual([]);
});

test("a draining backend finishes what it has and gets nothing new, until it is resumed", async () => {
  const { running, status, ask } = await serving({ a: { models: ["m"] }, b: { models: ["m"] } });
  await status("a", "healthy");
  await status("b", "healthy");
  running.registry.drain("a");
  expect((await ask("m")).chainLog).toEqual(["m@a: draining (skipped)", "m@b: success"]);
  running.registry.resume("a");
  expect((await ask("m")).chainLog).toEqual(["m@a: success"]);
  expect(running.registry.get("a")).toMatchObject({ pending: 0, requests: 1 });
  expect(running.registry.get("a")?.latencyMs).toBeGreaterThanOrEqual(0);
});

test("a request right after the start is served, though no check is over yet; later an unknown name is told at once", async () => {
  const { ask, mocks, status } = await serving({ a: { models: ["m"], latencyMs: 50 } });
  expect((await ask("m")).chainLog).toEqual(["m@a: success"]);
  await status("a", "healthy");
  await expect(ask("nobody-has-it")).rejects.toThrow('no profile is called "nobody-has-it"');
  const chats = mocks.get("a")?.chats.length;
  expect(chats).toBe(1);
});

test("another configuration holds for the next request", async () => {
  const { world, running, status, ask } = await serving({ a: { models: ["m"] }, b: { models: ["m"] } });
  await status("b", "healthy");
  const { configuration, profiles } = world;
  const backends = new Map([...configuration.backends].filter(([name]) => name === "b"));
  const catalog = await openCatalog({ configuration: { ...configuration, backends }, profiles, env: {} });
  const { health, discovery } = configuration;
  await running.reload({ catalog, health, discovery });
  expect((await ask("m")).chainLog).toEqual(["m@b: success"]);
  expect(world.catalog.backends.map(({ name }) => name)).toEqual(["b"]);
});
