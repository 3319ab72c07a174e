import { describe, expect, it } from "vitest";
import { TYPE_NAMES } from "../../src/backends/types.ts";
import { BACKEND_JSON, backendJson } from "../../src/registry/backend-json.ts";
import type { LiveBackend } from "../../src/registry/live-backend.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { backendNamed, listed } from "./support/backends.ts";

function setUp(backends: Readonly<Record<string, readonly string[] | undefined>> = {}) {
  const clock = fakeClock();
  const warnings: string[] = [];
  const registry = createRegistry({ now: clock.now, warn: (message) => warnings.push(message) });
  for (const [name, models] of Object.entries(backends)) registry.add(backendNamed(name, models));
  const live = (name: string): LiveBackend => {
    const found = registry.get(name);
    if (found === undefined) throw new Error(`${name} is gone`);
    return found;
  };
  return { registry, clock, warnings, live };
}

const names = (backends: readonly LiveBackend[]) => backends.map(({ backend }) => backend.name);

describe("backends come and go", () => {
  it("A004-06 a new registry has none; adding, getting and removing are counted", () => {
    const { registry } = setUp();
    expect([registry.count(), registry.all(), registry.modelCount()]).toEqual([0, [], 0]);
    registry.add(backendNamed("a"));
    registry.add(backendNamed("b"));
    expect([registry.count(), names(registry.all())]).toEqual([2, ["a", "b"]]);
    registry.remove("a");
    expect([registry.count(), registry.get("a"), names(registry.all())]).toEqual([1, undefined, ["b"]]);
  });

  it("A004-05 a name that is taken is a DuplicateBackend that says it, and the first one stays", () => {
    const { registry, live } = setUp({ box: ["m"] });
    expect(() => registry.add(backendNamed("box", ["other"]))).toThrow(
      expect.objectContaining({
        name: "DuplicateBackend",
        message: 'a backend called "box" is registered already',
      }),
    );
    expect(live("box").models).toEqual(listed(["m"]));
  });

  it("A004-05 A004-11 A004-12 every change of an unknown name is a BackendNotFound that says it", () => {
    const { registry } = setUp();
    const changes = [
      () => registry.remove("gone"),
      () => registry.retire("gone"),
      () => registry.updateStatus("gone", "healthy"),
      () => registry.updateModels("gone", []),
      () => registry.incrementPending("gone"),
      () => registry.decrementPending("gone"),
      () => registry.recordLatency("gone", 1),
      () => registry.drain("gone"),
      () => registry.resume("gone"),
    ];
    for (const change of changes) {
      expect(change).toThrow(
        expect.objectContaining({ name: "BackendNotFound", message: 'no backend is called "gone"' }),
      );
    }
  });

  it("listeners hear who came and went, once each, until they stop", () => {
    const { registry } = setUp();
    const heard: string[] = [];
    const stop = registry.listen({
      added: ({ backend }) => heard.push(`+${backend.name}`),
      removed: ({ backend }) => heard.push(`-${backend.name}`),
    });
    registry.add(backendNamed("a"));
    registry.incrementPending("a");
    registry.retire("a");
    registry.decrementPending("a");
    stop();
    registry.add(backendNamed("b"));
    expect(heard).toEqual(["+a", "-a"]);
  });
});

describe("who serves a model", () => {
  it("A004-08 one, several in their order, or none", () => {
    const { registry } = setUp({ a: ["x", "y"], b: ["y"] });
    expect(names(registry.byModel("x"))).toEqual(["a"]);
    expect(names(registry.byModel("y"))).toEqual(["a", "b"]);
    expect(registry.byModel("z")).toEqual([]);
    registry.arrange(["b"]);
    expect([names(registry.byModel("y")), names(registry.all())]).toEqual([
      ["b", "a"],
      ["b", "a"],
    ]);
  });

  it("A004-07 A004-12 the index follows add, remove and a replaced list, and keeps no empty entry", () => {
    const { registry } = setUp({ a: ["x", "y"], b: ["y"] });
    registry.updateModels("a", listed(["z"]));
    expect([registry.byModel("x"), names(registry.byModel("y"))]).toEqual([[], ["b"]]);
    expect(names(registry.byModel("z"))).toEqual(["a"]);
    registry.remove("b");
    expect([registry.byModel("y"), registry.modelCount()]).toEqual([[], 1]);
  });

  it("A004-10 a model of several backends counts once", () => {
    expect(setUp({ a: ["x", "y"], b: ["y", "y"] }).registry.modelCount()).toBe(2);
  });

  it("a model called constructor is a model like any other", () => {
    const { registry } = setUp({ a: ["constructor", "__proto__"] });
    expect(names(registry.byModel("__proto__"))).toEqual(["a"]);
    expect(registry.byModel("toString")).toEqual([]);
  });
});

describe("status", () => {
  it("A004-11 carries the time of the check; a reason stays until the backend is healthy", async () => {
    const { registry, live, clock } = setUp({ box: [] });
    registry.updateStatus("box", "unhealthy", "ECONNREFUSED");
    const first = clock.now();
    expect(live("box")).toMatchObject({ status: "unhealthy", checkedAt: first, error: "ECONNREFUSED" });
    await clock.advance(1000);
    registry.updateStatus("box", "healthy");
    expect(live("box")).toMatchObject({ status: "healthy", checkedAt: first + 1000, error: undefined });
  });

  it("A004-09 healthy are only the healthy: neither unhealthy nor unknown nor draining ones", () => {
    const { registry } = setUp({ good: [], bad: [], fresh: [], leaving: [] });
    registry.updateStatus("good", "healthy");
    registry.updateStatus("bad", "unhealthy");
    registry.updateStatus("leaving", "healthy");
    registry.drain("leaving");
    expect(names(registry.healthy())).toEqual(["good"]);
  });

  it("draining stays draining whatever a check finds, and resume shows what it found", () => {
    const { registry, live } = setUp({ box: [] });
    registry.drain("box");
    registry.updateStatus("box", "unhealthy", "timeout");
    expect(live("box").status).toBe("draining");
    registry.resume("box");
    expect(live("box").status).toBe("unhealthy");
  });
});

describe("requests", () => {
  it("A004-13 counting up and down gives what is under way; below 0 there is a warning", () => {
    const { registry, warnings } = setUp({ box: [] });
    expect([registry.incrementPending("box"), registry.incrementPending("box")]).toEqual([1, 2]);
    expect([registry.decrementPending("box"), registry.decrementPending("box")]).toEqual([1, 0]);
    expect(warnings).toEqual([]);
    expect(registry.decrementPending("box")).toBe(0);
    expect(warnings).toEqual(["backend box: a request ended that had not begun"]);
  });

  it("A004-14 the first answer sets the average, then it follows by a fifth; 0 ms is an answer", () => {
    const { registry, live } = setUp({ box: [], zero: [] });
    registry.recordLatency("box", 100);
    expect(live("box").latencyMs).toBe(100);
    registry.recordLatency("box", 203);
    expect(live("box").latencyMs).toBe(120);
    registry.recordLatency("zero", 0);
    registry.recordLatency("zero", 100);
    expect(live("zero").latencyMs).toBe(20);
  });

  it("a heard attempt is under way until it ends, and then timed where an answer came", () => {
    const { registry, live } = setUp({ box: [] });
    const ended = registry.hearAttempt("box");
    registry.hearAttempt("box")({ success: false });
    expect(live("box")).toMatchObject({ pending: 1, requests: 2, latencyMs: 0, status: "unknown" });
    ended({ success: true, latencyMs: 80.4 });
    expect(live("box")).toMatchObject({ pending: 0, latencyMs: 80 });
  });

  it("a success makes an unknown backend healthy, and no other; a failure changes no status", () => {
    const { registry, live } = setUp({ fresh: [], bad: [], good: [] });
    registry.updateStatus("bad", "unhealthy", "timeout");
    registry.updateStatus("good", "healthy");
    for (const name of ["fresh", "bad"]) registry.hearAttempt(name)({ success: true });
    registry.hearAttempt("good")({ success: false });
    expect(["fresh", "bad", "good"].map((name) => live(name).status)).toEqual([
      "healthy",
      "unhealthy",
      "healthy",
    ]);
  });

  it("an attempt at a backend that nobody registered is nobody's business", () => {
    const { registry, warnings } = setUp();
    registry.hearAttempt("preset")({ success: true, latencyMs: 1 });
    expect([registry.count(), warnings]).toEqual([0, []]);
  });

  it("a retired backend serves nothing more, and is gone when its last request is over", () => {
    const { registry, live } = setUp({ box: ["m"], idle: [] });
    const ended = registry.hearAttempt("box");
    registry.retire("box");
    registry.retire("idle");
    expect([names(registry.all()), registry.byModel("m"), live("box").status]).toEqual([
      ["box"],
      [],
      "draining",
    ]);
    registry.updateModels("box", listed(["m"]));
    expect(registry.byModel("m")).toEqual([]);
    ended({ success: true });
    expect(registry.count()).toBe(0);
  });

  it("a request that ends after its backend was replaced does not count for the new one", () => {
    const { registry, live, warnings } = setUp({ box: [] });
    const ended = registry.hearAttempt("box");
    registry.retire("box");
    registry.add(backendNamed("box", ["new"]));
    const second = registry.hearAttempt("box");
    ended({ success: true, latencyMs: 5 });
    expect(live("box")).toMatchObject({ pending: 1, latencyMs: 0, status: "unknown" });
    second({ success: true });
    expect([names(registry.byModel("new")), warnings]).toEqual([["box"], []]);
  });
});

describe("for other programs", () => {
  it("A004-03 A004-04 a new backend has every field, nothing pending or counted, and nobody knows how it is", () => {
    const { live } = setUp({ box: undefined });
    expect(backendJson(live("box"))).toEqual({
      id: "box",
      name: "box",
      url: "http://10.0.0.1/box",
      backend_type: "generic",
      status: "unknown",
      last_health_check: null,
      last_error: null,
      models: [],
      priority: 50,
      discovery_source: "static",
      metadata: {},
      pending_requests: 0,
      total_requests: 0,
      avg_latency_ms: 0,
    });
  });

  it("A004-04 the printed values are the live ones", () => {
    const { registry, live, clock } = setUp({ box: ["m"] });
    registry.hearAttempt("box");
    registry.recordLatency("box", 42);
    registry.updateStatus("box", "unhealthy", "timeout");
    expect(backendJson(live("box"))).toMatchObject({
      status: "unhealthy",
      last_health_check: new Date(clock.now()).toISOString(),
      last_error: "timeout",
      pending_requests: 1,
      total_requests: 1,
      avg_latency_ms: 42,
    });
  });

  it("A004-02 what is stated of a model is told, and the rest is null", () => {
    const { registry, live } = setUp({ box: undefined });
    const models = [
      { id: "all", contextLength: 8192, maxOutputTokens: 512, capabilities: ["vision", "json"] },
      { id: "bare" },
    ] as const;
    registry.updateModels("box", models);
    expect(backendJson(live("box")).models).toEqual([
      {
        id: "all",
        name: "all",
        context_length: 8192,
        max_output_tokens: 512,
        supports_vision: true,
        supports_tools: false,
        supports_json_mode: true,
      },
      {
        id: "bare",
        name: "bare",
        context_length: null,
        max_output_tokens: null,
        supports_vision: null,
        supports_tools: null,
        supports_json_mode: null,
      },
    ]);
  });

  it("A004-01 A004-02 every type, status and source is printed in lower case and survives JSON", () => {
    const { registry } = setUp();
    for (const [index, type] of TYPE_NAMES.entries()) {
      const source = (["static", "mdns", "manual"] as const)[index % 3];
      registry.add(backendNamed(type, ["m"], { type }), { ...(source && { source }), metadata: { v: "1" } });
    }
    registry.updateStatus("ollama", "healthy");
    registry.updateStatus("vllm", "unhealthy");
    registry.drain("exo");
    const printed = registry.all().map(backendJson);
    expect(printed.map(({ backend_type }) => backend_type)).toEqual(TYPE_NAMES);
    expect(new Set(printed.map(({ status }) => status))).toEqual(
      new Set(["healthy", "unhealthy", "unknown", "draining"]),
    );
    expect(new Set(printed.map(({ discovery_source }) => discovery_source))).toEqual(
      new Set(["static", "mdns", "manual"]),
    );
    const back: unknown = JSON.parse(JSON.stringify(printed));
    expect(back).toEqual(printed);
    for (const one of printed) expect(BACKEND_JSON.parse(one)).toEqual(one);
  });
});
