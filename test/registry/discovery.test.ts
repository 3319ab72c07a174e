import { describe, expect, it } from "vitest";
import type { Announcement } from "../../src/backends/announced.ts";
import type { BrowseListener } from "../../src/registry/browse.ts";
import { startDiscovery } from "../../src/registry/discovery.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { backendNamed } from "./support/backends.ts";

const SETTINGS = { enabled: true, service_types: ["_ollama._tcp", "_llm._tcp"], grace_ms: 60_000 };

/** Discovery on a network that says what the test says. */
async function setUp() {
  const clock = fakeClock();
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const registry = createRegistry({ now: clock.now, warn });
  const network: { listener?: BrowseListener; stopped: boolean } = { stopped: false };
  const discovery = await startDiscovery({
    registry,
    settings: SETTINGS,
    clock,
    warn,
    browse: async (serviceTypes, listener) => {
      expect(serviceTypes).toEqual(SETTINGS.service_types);
      network.listener = listener;
      return async () => {
        network.stopped = true;
      };
    },
  });
  const names = () => registry.all().map(({ backend }) => backend.name);
  const say = network.listener;
  if (say === undefined) throw new Error("nobody listens");
  return { clock, warnings, registry, discovery, names, say, network };
}

function announced(service: string, over: Partial<Announcement> = {}): Announcement {
  const txt = { version: "0.5" };
  return { service, serviceType: "_ollama._tcp", addresses: ["192.168.1.9"], port: 11434, txt, ...over };
}

describe("servers that announce themselves", () => {
  it("join as open, with priority 90 and without a key, named after their type", async () => {
    const { registry, say, names } = await setUp();
    say.up(announced("one"));
    say.up(announced("two", { port: 2 }));
    say.up(announced("three", { serviceType: "_llm._tcp", port: 3, txt: { type: "vllm", api_path: "/v2" } }));
    expect(names()).toEqual(["ollama", "ollama-2", "vllm"]);
    expect(registry.get("ollama")).toMatchObject({
      source: "mdns",
      status: "unknown",
      metadata: { service: "one", version: "0.5" },
      backend: {
        url: "http://192.168.1.9:11434",
        zone: "open",
        priority: 90,
        source: "announced",
        key: { env: [], required: false },
      },
    });
    expect(registry.get("vllm")?.backend.url).toBe("http://192.168.1.9:3/v2");
  });

  it("saying the same again changes nothing", async () => {
    const { registry, say } = await setUp();
    say.up(announced("one"));
    const live = registry.get("ollama");
    registry.updateStatus("ollama", "healthy");
    say.up(announced("one"));
    expect([registry.get("ollama"), registry.count(), live?.status]).toEqual([live, 1, "healthy"]);
  });

  it("one that moved is another backend", async () => {
    const { registry, say } = await setUp();
    say.up(announced("one"));
    registry.updateStatus("ollama", "healthy");
    say.up(announced("one", { port: 9 }));
    expect(registry.all().map(({ backend, status }) => [backend.url, status])).toEqual([
      ["http://192.168.1.9:9", "unknown"],
    ]);
  });

  it("leave: unknown at once, forgotten after the grace time", async () => {
    const { registry, say, clock, names } = await setUp();
    say.up(announced("one"));
    registry.updateStatus("ollama", "healthy");
    say.down("one");
    expect(registry.get("ollama")).toMatchObject({
      status: "unknown",
      error: "it took its leave from the network",
    });
    say.down("one");
    await clock.advance(59_999);
    expect(names()).toEqual(["ollama"]);
    await clock.advance(1);
    expect([names(), clock.pending()]).toEqual([[], 0]);
  });

  it("come back within the grace time as who they were", async () => {
    const { registry, say, clock } = await setUp();
    say.up(announced("one"));
    const live = registry.get("ollama");
    say.down("one");
    await clock.advance(59_000);
    say.up(announced("one"));
    await clock.advance(100_000);
    expect([registry.get("ollama"), clock.pending()]).toEqual([live, 0]);
  });

  it("come back after it as new ones, under the name that is free", async () => {
    const { say, clock, names } = await setUp();
    say.up(announced("one"));
    say.up(announced("two", { port: 2 }));
    say.down("one");
    await clock.advance(60_000);
    say.up(announced("one"));
    expect(names()).toEqual(["ollama-2", "ollama"]);
  });

  it("one with a request under way goes when that is over", async () => {
    const { registry, say, clock, names } = await setUp();
    say.up(announced("one"));
    const ended = registry.hearAttempt("ollama");
    say.down("one");
    await clock.advance(60_000);
    expect(names()).toEqual(["ollama"]);
    ended({ success: true });
    expect(names()).toEqual([]);
  });

  it("one server under two service types is one backend, until both are gone", async () => {
    const { say, clock, names } = await setUp();
    say.up(announced("one"));
    say.up(announced("other", { serviceType: "_llm._tcp", txt: { type: "ollama" } }));
    expect(names()).toEqual(["ollama"]);
    say.down("one");
    await clock.advance(60_000);
    expect(names()).toEqual(["ollama"]);
  });
});

describe("beside configured backends", () => {
  it("a configured backend at the same URL wins, whether it was there before or comes later", async () => {
    const { registry, say, names, discovery } = await setUp();
    const url = "http://192.168.1.9:11434/v1";
    registry.add(backendNamed("mine", undefined, { url }));
    say.up(announced("one"));
    expect(names()).toEqual(["mine"]);
    registry.remove("mine");
    discovery.settle();
    expect(names()).toEqual(["ollama"]);
    registry.add(backendNamed("mine", undefined, { url }));
    discovery.settle();
    expect(names()).toEqual(["mine"]);
  });

  it("a name that the configuration has, or takes later, is not theirs", async () => {
    const { registry, say, names, discovery } = await setUp();
    registry.add(backendNamed("ollama"));
    say.up(announced("one"));
    expect(names()).toEqual(["ollama", "ollama-2"]);
    registry.remove("ollama-2");
    registry.add(backendNamed("ollama-2"));
    discovery.settle();
    expect(names()).toEqual(["ollama", "ollama-2", "ollama-3"]);
  });
});

describe("a network that is not to be trusted", () => {
  it("what cannot be used is told once, without what a terminal would obey", async () => {
    const { warnings, say, names } = await setUp();
    const evil = announced("evil\u001b[2Jbox\n", { addresses: ["8.8.8.8"] });
    say.up(evil);
    say.up(evil);
    expect(names()).toEqual([]);
    expect(warnings).toEqual([
      "evil [2Jbox announces itself and is not used: it has no address of the local network",
    ]);
  });

  it("one that changes to what cannot be used goes at once", async () => {
    const { say, names } = await setUp();
    say.up(announced("one"));
    say.up(announced("one", { addresses: ["127.0.0.1"] }));
    expect(names()).toEqual([]);
  });

  it("a flood ends at 64 backends and as many warnings", async () => {
    const { registry, warnings, say } = await setUp();
    for (let n = 1; n <= 1000; n++) say.up(announced(`good-${n}`, { port: n }));
    for (let n = 1; n <= 1000; n++) say.up(announced(`bad-${n}`, { port: 0 }));
    expect(registry.count()).toBe(64);
    expect(warnings[0]).toBe("more than 64 servers announce themselves; the others are not used");
    expect(warnings).toHaveLength(64);
  });

  it("without multicast there is one warning, however often it fails", async () => {
    const { warnings, say } = await setUp();
    say.trouble("send ENETUNREACH 224.0.0.251:5353");
    say.trouble("no network interface takes part in multicast");
    expect(warnings).toEqual([
      "discovery: servers that announce themselves may not be found: send ENETUNREACH 224.0.0.251:5353",
    ]);
  });
});

it("stopping ends listening and timers, and what was found goes", async () => {
  const { discovery, registry, say, clock, network } = await setUp();
  say.up(announced("one"));
  say.up(announced("two", { port: 2 }));
  say.down("two");
  await discovery.stop();
  expect([network.stopped, registry.count(), clock.pending()]).toEqual([true, 0, 0]);
});
