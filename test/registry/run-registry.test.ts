import { describe, expect, it } from "vitest";
import type { Backend } from "../../src/core/backend.ts";
import type { BrowseListener } from "../../src/registry/browse.ts";
import type { Listing } from "../../src/registry/list-models.ts";
import { type RegistryInput, runRegistry } from "../../src/registry/run-registry.ts";
import { fakeClock, settle } from "../support/fake-clock.ts";
import { backendNamed, listed } from "./support/backends.ts";

const HEALTH = {
  enabled: true,
  interval_ms: 30_000,
  timeout_ms: 5_000,
  failure_threshold: 3,
  recovery_threshold: 2,
};
const NO_DISCOVERY = { enabled: false, service_types: ["_ollama._tcp"], grace_ms: 60_000 };
const DISCOVERY = { ...NO_DISCOVERY, enabled: true };

function input(backends: readonly Backend[], over: Partial<RegistryInput> = {}): RegistryInput {
  const catalog = {
    backends,
    backend: (name: string) => backends.find((one) => one.name === name),
    profile: () => ({ found: false, why: "no such profile" }) as const,
    hasProfile: () => false,
    profileNames: () => [],
  };
  return { catalog, health: HEALTH, discovery: NO_DISCOVERY, ...over };
}

async function run(
  first: RegistryInput,
  list: (backend: Backend) => Promise<Listing> = async () => ({ ok: true, models: listed(["m"]) }),
) {
  const clock = fakeClock();
  const network: { listener?: BrowseListener; open: number } = { open: 0 };
  const asked: string[] = [];
  const running = await runRegistry(first, {
    list,
    probe: async () => "not due",
    listModels: async ({ name }) => {
      asked.push(name);
      return { models: listed([`listed-by-${name}`]), remembered: true };
    },
    browse: async (_types, listener) => {
      network.listener = listener;
      network.open++;
      return async () => {
        network.open--;
      };
    },
    clock,
    chance: () => 0.5,
    warn: (message) => expect.unreachable(message),
    bug: (error) => expect.unreachable(String(error)),
  });
  await settle();
  const announce = (service: string) =>
    network.listener?.up({
      service,
      serviceType: "_ollama._tcp",
      addresses: ["192.168.1.9"],
      port: 11434,
      txt: {},
    });
  const names = () => running.catalog.backends.map(({ name }) => name);
  const status = (name: string) => running.registry.loadOf(name).status;
  return { ...running, clock, network, announce, names, status, asked };
}

describe("what the engine sees", () => {
  it("has the configured backends in their order, their models and how they do", async () => {
    const { names, status, findModels, stop, clock } = await run(
      input([backendNamed("b"), backendNamed("a")]),
    );
    const index = await findModels(AbortSignal.timeout(1000));
    expect(names()).toEqual(["b", "a"]);
    expect([status("a"), status("b"), status("nobody")]).toEqual(["healthy", "healthy", "unknown"]);
    expect(index.serving("m").map(({ backend }) => backend.name)).toEqual(["b", "a"]);
    expect([[...index.names()], index.silent, index.again]).toEqual([["m"], [], undefined]);
    await stop();
    expect(clock.pending()).toBe(0);
  });

  it("a model that Ollama lists as latest is found by its first half, and is one model", async () => {
    const models = listed(["llama3.2:latest"]);
    const { findModels, registry, stop } = await run(input([backendNamed("a")]), async () => ({
      ok: true,
      models,
    }));
    const index = await findModels(AbortSignal.timeout(1000));
    expect(index.serving("llama3.2").map(({ info }) => info.id)).toEqual(["llama3.2:latest"]);
    expect(registry.modelCount()).toBe(1);
    await stop();
  });

  it("a request that comes before the first check is over can ask for lists itself", async () => {
    const hang = () => new Promise<Listing>(() => {});
    const { findModels, asked } = await run(input([backendNamed("slow"), backendNamed("sure", ["m"])]), hang);
    const index = await findModels(AbortSignal.timeout(1000));
    expect([index.serving("m").length, index.silent, asked]).toEqual([1, ["slow"], []]);
    const again = await index.again?.(AbortSignal.timeout(1000));
    expect(again?.serving("listed-by-slow").map(({ backend }) => backend.name)).toEqual(["slow"]);
    expect([again?.silent, asked]).toEqual([[], ["slow"]]);
  });
});

describe("another configuration", () => {
  it("keeps what is known of unchanged backends, starts changed ones anew, drops others, in the new order", async () => {
    const [a, b, c] = [backendNamed("a"), backendNamed("b"), backendNamed("c")];
    const { reload, registry, names, status, stop } = await run(input([a, b, c]));
    registry.recordLatency("a", 70);
    registry.recordLatency("b", 70);
    const kept = registry.get("a");
    const moved = { ...b, url: "http://10.0.0.2/v1" };
    await reload(input([moved, { ...a }, backendNamed("d")]));
    expect(names()).toEqual(["b", "a", "d"]);
    expect(registry.get("a")).toBe(kept);
    expect(registry.get("b")).toMatchObject({ latencyMs: 0, backend: { url: moved.url } });
    await settle();
    expect(status("b")).toBe("healthy");
    await stop();
  });

  it("a removed backend serves nothing more, and is gone when its last request is over", async () => {
    const { reload, registry, names, catalog, stop } = await run(input([backendNamed("a", ["m"])]));
    const ended = registry.hearAttempt("a");
    await reload(input([]));
    expect([names(), catalog.backend("a"), registry.byModel("m")]).toEqual([[], undefined, []]);
    expect(registry.count()).toBe(1);
    ended({ success: true });
    expect(registry.count()).toBe(0);
    await stop();
  });

  it("a draining backend drains on, changed or not, until it is resumed", async () => {
    const [a, b] = [backendNamed("a"), backendNamed("b")];
    const { reload, registry, status, stop } = await run(input([a, b]));
    registry.drain("a");
    registry.drain("b");
    await reload(input([a, { ...b, priority: 1 }]));
    await settle();
    expect([status("a"), status("b")]).toEqual(["draining", "draining"]);
    registry.resume("b");
    expect(status("b")).toBe("healthy");
    await stop();
  });

  it("without health checks from then on, nobody stays unhealthy for ever", async () => {
    const failure = { class: "network", message: "refused" } as const;
    const { reload, clock, status, stop } = await run(input([backendNamed("a")]), async () => ({
      ok: false,
      failure,
    }));
    expect(status("a")).toBe("unhealthy");
    await reload(input([backendNamed("a")], { health: { ...HEALTH, enabled: false } }));
    expect([status("a"), clock.pending()]).toEqual(["unknown", 0]);
    await stop();
  });

  it("another interval holds from then on", async () => {
    let checks = 0;
    const { reload, clock, stop } = await run(input([backendNamed("a")]), async () => {
      checks++;
      return { ok: true, models: [] };
    });
    await reload(input([backendNamed("a")], { health: { ...HEALTH, interval_ms: 1000 } }));
    await clock.advance(10_000);
    expect(checks).toBe(12);
    await stop();
  });

  it("reloads that come at the same time are applied one after another", async () => {
    const { reload, names, network, stop } = await run(input([]));
    await Promise.all([
      reload(input([backendNamed("a")], { discovery: DISCOVERY })),
      reload(input([backendNamed("b")])),
      reload(input([backendNamed("c")], { discovery: DISCOVERY })),
    ]);
    expect([names(), network.open]).toEqual([["c"], 1]);
    await stop();
    expect(network.open).toBe(0);
  });
});

describe("servers on the network", () => {
  it("join after the configured ones, and are checked like them", async () => {
    const { announce, names, status, stop } = await run(
      input([backendNamed("mine")], { discovery: DISCOVERY }),
    );
    announce("one");
    await settle();
    expect([names(), status("ollama")]).toEqual([["mine", "ollama"], "healthy"]);
    await stop();
    expect(names()).toEqual(["mine"]);
  });

  it("stay over a reload, and make way for a configured backend of their name or URL", async () => {
    const discovery = DISCOVERY;
    const { announce, registry, reload, names, stop } = await run(input([], { discovery }));
    announce("one");
    const live = registry.get("ollama");
    await reload(input([backendNamed("mine")], { discovery }));
    expect([names(), registry.get("ollama")]).toEqual([["mine", "ollama"], live]);
    await reload(input([backendNamed("ollama")], { discovery }));
    expect(names()).toEqual(["ollama", "ollama-2"]);
    await reload(input([backendNamed("box", [], { url: "http://192.168.1.9:11434/v1" })], { discovery }));
    expect(names()).toEqual(["box"]);
    await stop();
  });

  it("discovery is off unless the configuration turns it on", async () => {
    const { network, stop } = await run(input([]));
    expect(network.open).toBe(0);
    await stop();
  });
});

it("A004-18 reloads, drains and requests at the same time throw nothing and end as the last one says", async () => {
  const all = Array.from({ length: 20 }, (_, n) => backendNamed(`b${n}`, ["m", `own-${n}`]));
  const { reload, registry, findModels, names, stop } = await run(input(all));
  const signal = new AbortController().signal;
  const reloads: Promise<void>[] = [];
  await Promise.all(
    Array.from({ length: 2000 }, async (_, turn) => {
      await Promise.resolve();
      if (turn % 100 === 0) reloads.push(reload(input(all.filter((_one, n) => (n + turn / 100) % 3 !== 0))));
      const [first] = (await findModels(signal)).serving("m");
      const name = first?.backend.name ?? "";
      if (turn % 50 === 0 && registry.get(name)) registry.drain(name);
      const ended = registry.hearAttempt(name);
      await settle();
      ended({ success: true, latencyMs: 1 });
    }),
  );
  await Promise.all(reloads);
  await reload(input(all.slice(0, 2)));
  expect(names()).toEqual(["b0", "b1"]);
  expect(registry.all().map(({ pending }) => pending)).toEqual([0, 0]);
  expect(registry.modelCount()).toBe(3);
  await stop();
});
