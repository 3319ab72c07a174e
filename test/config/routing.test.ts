import { describe, expect, it } from "vitest";
import { configFromEnvironment } from "../../src/config/env.ts";
import { loadConfiguration } from "../../src/config/load.ts";
import { checkConfig } from "../../src/config/validate.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { DEFAULT_RULES } from "../../src/core/routing.ts";
import { tempPaths, writeRaw } from "./temp-paths.ts";

const FILE = "/x/config.json";
const read = (document: JsonObject) => checkConfig(document, FILE);

describe("rules of routing in config.json", () => {
  it("A000-01 are read, with every default filled in", () => {
    const { routing, backends, warnings } = read({
      backends: { box: { type: "ollama", max_concurrent: 4 } },
      aliases: { fast: "gpt-4o-mini" },
      fallbacks: { "gpt-4o": ["claude-sonnet-4-5", "qwen3"] },
      policies: [{ match: "private-*", zone: "restricted", min_tier: 3, allow_fallback: false }],
      routing: { strategy: "round_robin", weights: { load: 0 }, capacity_wait_ms: 500 },
    });
    expect(routing).toEqual({
      aliases: new Map([["fast", "gpt-4o-mini"]]),
      fallbacks: new Map([["gpt-4o", ["claude-sonnet-4-5", "qwen3"]]]),
      policies: [{ match: "private-*", zone: "restricted", minTier: 3, allowFallback: false }],
      strategy: "round_robin",
      weights: { priority: 50, load: 0, latency: 20 },
      capacityWaitMs: 500,
    });
    expect(backends.get("box")?.maxConcurrent).toBe(4);
    expect(warnings).toEqual([]);
  });

  it("nothing is smart, without names", () => {
    expect(read({}).routing).toEqual(DEFAULT_RULES);
  });

  it("A000-16 an empty chain is none", () => {
    expect(read({ fallbacks: { m: [] } }).routing.fallbacks).toEqual(new Map());
  });

  it.each<[string, JsonObject, string]>([
    ["a cycle", { a: "b", b: "a" }, "aliases.a: is a cycle: a -> b -> a"],
    ["an alias of itself", { a: "a" }, "aliases.a: is a cycle: a -> a"],
    [
      "a fourth hop",
      { a: "b", b: "c", c: "d", d: "e" },
      "aliases.a: leads over more than 3 aliases: a -> b -> c -> d -> e",
    ],
  ])("aliases: %s is refused, and the chain is named", (_name, aliases, message) => {
    expect(() => read({ aliases })).toThrow(`${FILE}: ${message}`);
  });

  it("aliases: three hops are allowed", () => {
    expect(read({ aliases: { a: "b", b: "c", c: "d" } }).routing.aliases.size).toBe(3);
  });

  it.each<[JsonObject, string]>([
    [{ aliases: { fast: 3 } }, "aliases.fast: has to be a text"],
    [{ aliases: [] }, "aliases: has to be an object of models by alias"],
    [{ fallbacks: { m: "n" } }, "fallbacks.m: has to be a list of models"],
    [{ fallbacks: { m: [""] } }, "fallbacks.m.0: has to be a text that is not empty"],
    [{ policies: {} }, "policies: has to be a list of policies"],
    [{ policies: [{ zone: "open" }] }, "policies.0.match: is missing"],
    [{ policies: [{ match: "*", zone: "here" }] }, 'policies.0.zone: has to be "restricted" or "open"'],
    [
      { policies: [{ match: "*", min_tier: 9 }] },
      "policies.0.min_tier: has to be a whole number from 0 to 5",
    ],
    [{ routing: { strategy: "best" } }, 'routing.strategy: has to be one of "smart"'],
    [{ routing: { weights: { load: -1 } } }, "routing.weights.load: has to be a whole number from 0 to 100"],
    [{ routing: { capacity_wait_ms: "1s" } }, "routing.capacity_wait_ms: has to be a whole number"],
    [{ backends: { box: { type: "ollama", max_concurrent: 0 } } }, "backends.box.max_concurrent"],
  ])("S3 %j is refused with file and key", (document, message) => {
    expect(() => read(document)).toThrow(`${FILE}: ${message}`);
  });

  it("X-04 an unknown key of a policy is a warning with the nearest one", () => {
    expect(read({ policies: [{ match: "*", min_tear: 2, zone: "restricted" }] }).warnings).toEqual([
      `${FILE}: policies.0.min_tear: unknown key (did you mean min_tier?), ignored`,
    ]);
  });

  it("what can have no effect is a warning", () => {
    const { warnings } = read({
      aliases: { fast: "m" },
      fallbacks: { fast: ["n"] },
      policies: [{ match: "*", zone: "open" }],
    });
    expect(warnings).toEqual([
      `${FILE}: fallbacks.fast: "fast" is an alias of m, whose own chain holds`,
      `${FILE}: policies.0: asks for nothing (zone restricted, min_tier or allow_fallback false)`,
    ]);
  });
});

describe("rules of routing in the environment", () => {
  it("X-04 T20 win over the file, key by key", async () => {
    const paths = await tempPaths();
    const routing = { strategy: "random", weights: { priority: 1, load: 2 }, capacity_wait_ms: 10 };
    await writeRaw(paths.configFile, JSON.stringify({ routing }));
    const env = { NEXUS_ROUTING_STRATEGY: "priority_only", NEXUS_ROUTING_WEIGHTS_LOAD: "7" };
    expect((await loadConfiguration(paths, env)).routing).toMatchObject({
      strategy: "priority_only",
      weights: { priority: 1, load: 7, latency: 20 },
      capacityWaitMs: 10,
    });
  });

  it("one that cannot be read is a warning that names it, and the others hold", () => {
    const { routing, warnings } = configFromEnvironment({
      NEXUS_ROUTING_STRATEGY: "best",
      NEXUS_ROUTING_WEIGHTS_LATENCY: "lots",
      NEXUS_ROUTING_CAPACITY_WAIT_MS: "20",
    });
    expect(routing).toEqual({ capacity_wait_ms: 20 });
    expect(warnings).toEqual([
      'NEXUS_ROUTING_STRATEGY: has to be one of "smart", "round_robin", "priority_only", "random", not "best", ignored',
      'NEXUS_ROUTING_WEIGHTS_LATENCY: has to be a whole number from 0 to 100, not "lots", ignored',
    ]);
  });
});
