import { describe, expect, it, onTestFinished } from "vitest";
import type { HealthSettings } from "../../src/config/schema.ts";
import type { Backend } from "../../src/core/backend.ts";
import type { Failure } from "../../src/core/failure.ts";
import { startMock } from "../../src/mock/mock.ts";
import { startHealth } from "../../src/registry/health.ts";
import { askModels, type Listing } from "../../src/registry/list-models.ts";
import type { Probed } from "../../src/registry/probe.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { REAL_CLOCK } from "../../src/time/real-clock.ts";
import { createUpstream } from "../../src/upstream/upstream.ts";
import { fakeClock, settle } from "../support/fake-clock.ts";
import { backendNamed, listed } from "./support/backends.ts";

const SETTINGS: HealthSettings = {
  enabled: true,
  interval_ms: 30_000,
  timeout_ms: 5_000,
  failure_threshold: 3,
  recovery_threshold: 2,
};

type Answer = "well" | "hangs" | Failure["class"] | readonly string[];

/** Checks over scripted backends; what `answers` says of a name may be changed at any time. */
function setUp(answers: Record<string, Answer>, settings: Partial<HealthSettings> = {}) {
  const clock = fakeClock();
  const began = clock.now();
  const registry = createRegistry({ now: clock.now, warn: () => {} });
  const checks: { name: string; atMs: number }[] = [];
  const bugs: unknown[] = [];
  const open = new Set<string>();

  async function list({ name }: Backend, signal: AbortSignal): Promise<Listing> {
    expect(open).not.toContain(name);
    checks.push({ name, atMs: clock.now() - began });
    const answer = answers[name] ?? "well";
    if (answer === "hangs") {
      open.add(name);
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      open.delete(name);
      return { ok: false, failure: { class: "timeout", message: "no answer" } };
    }
    if (typeof answer === "object") return { ok: true, models: listed(answer) };
    if (answer === "well") return { ok: true, models: [] };
    return { ok: false, failure: { class: answer, message: `it said ${answer}` } };
  }

  const start = () =>
    startHealth({
      registry,
      list,
      probe: async () => "not due",
      settings: { ...SETTINGS, ...settings },
      clock,
      chance: () => 0.5,
      bug: (error) => bugs.push(error),
    });
  for (const name of Object.keys(answers)) registry.add(backendNamed(name));
  const of = (name: string) => registry.get(name);
  const timesOf = (wanted: string) =>
    checks.filter(({ name }) => name === wanted).map(({ atMs }) => Math.round(atMs));
  return { clock, registry, checks, bugs, start, of, timesOf, answers, open };
}

describe("when backends are checked", () => {
  it("all at once first, then each at a time of its own, every interval", async () => {
    const { start, timesOf, clock } = setUp({ a: "well", b: "well", c: "well" });
    const stop = start();
    await clock.advance(90_000);
    await stop();
    for (const name of ["a", "b", "c"]) {
      const [first = -1, ...later] = timesOf(name);
      expect(first).toBe(0);
      expect(later).toHaveLength(3);
      expect(later.slice(1).map((at, index) => at - (later[index] ?? 0))).toEqual([30_000, 30_000]);
    }
    const seconds = ["a", "b", "c"].map((name) => timesOf(name)[1] ?? 0).sort((x, y) => x - y);
    const gaps = seconds.slice(1).map((at, index) => at - (seconds[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(5000);
  });

  it("one that joins is checked at once, one that leaves never again", async () => {
    const { start, registry, clock, timesOf } = setUp({ old: "well" });
    const stop = start();
    await clock.advance(1000);
    registry.add(backendNamed("new"));
    registry.remove("old");
    await clock.advance(60_000);
    expect(timesOf("old")).toEqual([0]);
    expect(timesOf("new")[0]).toBe(1000);
    expect(timesOf("new")).toHaveLength(3);
    await stop();
  });

  it("a backend that hangs delays nobody, and is never asked twice at a time", async () => {
    const { start, clock, of, timesOf } = setUp({ hangs: "hangs", good: "well" }, { timeout_ms: 70_000 });
    const stop = start();
    await clock.advance(60_000);
    expect(timesOf("hangs")).toEqual([0]);
    expect([timesOf("good").length, of("good")?.status]).toEqual([3, "healthy"]);
    await clock.advance(10_000);
    expect(of("hangs")?.status).toBe("unhealthy");
    await stop();
  });

  it("stopping ends every timer and every request", async () => {
    const { start, clock, open, of } = setUp({ hangs: "hangs", good: "well" });
    const stop = start();
    await settle();
    expect([open.size, clock.pending() > 0]).toEqual([1, true]);
    await stop();
    expect([open.size, clock.pending(), of("hangs")?.status]).toEqual([0, 0, "unknown"]);
  });

  it("health.enabled false checks nobody", async () => {
    const { start, clock, checks } = setUp({ box: "well" }, { enabled: false });
    const stop = start();
    await clock.advance(100_000);
    await stop();
    expect([checks, clock.pending()]).toEqual([[], 0]);
  });

  it("a bug of ours is told, is no failure of the backend, and does not end the checks", async () => {
    const { registry, clock } = setUp({ box: "well" });
    const bugs: unknown[] = [];
    const bug = new TypeError("oops");
    const stop = startHealth({
      registry,
      list: () => Promise.reject(bug),
      probe: async () => "not due",
      settings: SETTINGS,
      clock,
      chance: () => 0.5,
      bug: (error) => bugs.push(error),
    });
    await clock.advance(50_000);
    await stop();
    expect(bugs).toEqual([bug, bug, bug]);
    expect(registry.get("box")?.status).toBe("unknown");
  });
});

describe("what checks change", () => {
  it("A001-04 a refused key makes unhealthy in one cycle, and says so", async () => {
    const { start, answers, clock, of } = setUp({ box: "well" });
    const stop = start();
    await settle();
    expect(of("box")?.status).toBe("healthy");
    answers["box"] = "auth";
    await clock.advance(30_000);
    expect(of("box")).toMatchObject({ status: "unhealthy", error: "it said auth" });
    await stop();
  });

  it("A004-07 lists of models follow what backends say, and their times are told", async () => {
    const { start, answers, clock, registry, of } = setUp({ box: ["a"] });
    const stop = start();
    await settle();
    answers["box"] = ["b"];
    await clock.advance(30_000);
    expect([registry.byModel("a").length, registry.byModel("b").length]).toEqual([0, 1]);
    expect(of("box")?.checkedAt).toBeGreaterThan(clock.now() - 30_000);
    await stop();
  });

  it("stated models stay, whatever the server lists", async () => {
    const { start, registry, answers } = setUp({});
    registry.add(backendNamed("box", ["stated"]));
    answers["box"] = ["other"];
    const stop = start();
    await settle();
    expect(registry.get("box")?.models).toEqual(listed(["stated"]));
    await stop();
  });

  it("a backend whose leave was told starts anew: its next check decides at once", async () => {
    const { start, registry, answers, clock, of } = setUp({ box: "well" });
    const stop = start();
    await settle();
    registry.updateStatus("box", "unknown", "took its leave");
    answers["box"] = "network";
    await clock.advance(30_000);
    expect(of("box")?.status).toBe("unhealthy");
    await stop();
  });
});

describe("a backend's own probe", () => {
  const PROBED = { probe: { model: "m", perDay: 1440 } };

  /** A backend that lists its models and whose probes end like this. */
  function probing(said: () => Probed) {
    const clock = fakeClock();
    const registry = createRegistry({ now: clock.now, warn: () => {} });
    let probes = 0;
    const start = () =>
      startHealth({
        registry,
        list: async () => ({ ok: true, models: [] }),
        async probe() {
          probes++;
          return said();
        },
        settings: SETTINGS,
        clock,
        chance: () => 0.5,
        bug: (error) => expect.unreachable(String(error)),
      });
    return { clock, registry, start, probes: () => probes };
  }

  it("finds ill what lists its models and cannot run them, and finds it well again", async () => {
    let said: Probed = "answered";
    const { registry, start, clock } = probing(() => said);
    registry.add(backendNamed("box", undefined, PROBED));
    const stop = start();
    await settle();
    said = { class: "server", message: "out of memory", status: 500 };
    await clock.advance(60_000);
    expect(registry.get("box")?.status).toBe("healthy");
    await clock.advance(30_000);
    expect(registry.get("box")).toMatchObject({
      status: "unhealthy",
      error: "out of memory (status 500)",
    });
    said = "answered";
    await clock.advance(60_000);
    expect(registry.get("box")?.status).toBe("healthy");
    await stop();
  });

  it("costs nothing where there is none, while it drains, and while it is not due", async () => {
    const { registry, start, clock, probes } = probing(() => "not due");
    registry.add(backendNamed("free"));
    registry.add(backendNamed("drained", undefined, PROBED), { draining: true });
    const stop = start();
    await clock.advance(60_000);
    expect(probes()).toBe(0);
    registry.resume("drained");
    await clock.advance(30_000);
    expect([probes(), registry.get("drained")?.status]).toEqual([1, "healthy"]);
    await stop();
    expect(clock.pending()).toBe(0);
  });
});

it("A001-04 over real sockets: alive, silent, refusing and absent backends, each told for what it is", async () => {
  const good = await startMock({ models: ["m"] });
  const silent = await startMock({ modelsSteps: ["timeout"] });
  const locked = await startMock({ apiKey: "right" });
  const bare = await startMock({ modelsSteps: ["404"] });
  const upstream = createUpstream({ env: {}, clock: REAL_CLOCK });
  onTestFinished(async () => {
    await upstream.close();
    await Promise.all([good, silent, locked, bare].map((mock) => mock.close()));
  });
  const clock = fakeClock();
  const registry = createRegistry({ now: clock.now, warn: () => {} });
  const at = (name: string, url: string, models?: readonly string[]) =>
    registry.add(backendNamed(name, models, { url: `${url}/v1` }));
  at("good", good.url);
  at("silent", silent.url);
  at("locked", locked.url);
  at("bare", bare.url, ["stated"]);
  at("absent", "http://127.0.0.1:1");
  registry.add(
    backendNamed("keyless", undefined, { url: `${good.url}/v1`, key: { env: ["NO_KEY"], required: true } }),
  );
  const answered = new Set<string>();
  let waiting = () => {};
  const stop = startHealth({
    registry,
    async list(backend, signal) {
      const listing = await askModels(upstream, async () => undefined, backend, signal);
      answered.add(backend.name);
      waiting();
      return listing;
    },
    probe: async () => "not due",
    settings: SETTINGS,
    clock,
    chance: () => 0.5,
    bug: (error) => expect.unreachable(String(error)),
  });
  const until = async (count: number) => {
    while (answered.size < count) {
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
    await settle();
  };
  await until(5);
  expect(registry.get("silent")?.status).toBe("unknown");
  await clock.advance(5000);
  await until(6);
  expect(Object.fromEntries(registry.all().map((live) => [live.backend.name, live.status]))).toEqual({
    good: "healthy",
    silent: "unhealthy",
    locked: "unhealthy",
    bare: "healthy",
    absent: "unhealthy",
    keyless: "unknown",
  });
  expect(registry.get("silent")?.error).toBe("no answer within 5 s");
  expect(registry.get("locked")?.error).toContain("401");
  expect(registry.get("absent")?.error).toContain("connection refused");
  expect(registry.get("keyless")?.error).toBe("no key");
  expect(registry.byModel("m").map(({ backend }) => backend.name)).toEqual(["good"]);
  const all = [good, silent, locked, bare].flatMap(({ requests }) => requests);
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(["models"]));
  await stop();
  expect(clock.pending()).toBe(0);
});
