import { describe, expect, it } from "vitest";
import { ENVIRONMENT } from "../../src/config/env.ts";
import { loadConfiguration } from "../../src/config/load.ts";
import { jsonSchema } from "../../src/config/schema.ts";
import { checkConfig } from "../../src/config/validate.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { rejection, tempPaths, writeRaw } from "./temp-paths.ts";

const FILE = "/x/config.json";
const withBackend = (record: JsonObject): JsonObject => ({ backends: { box: record } });

describe("config.json", () => {
  it("gives backends with every default filled in, in the order of the file", () => {
    const { backends, warnings } = checkConfig(
      { backends: { z: { type: "ollama" }, a: { type: "generic", url: "http://10.0.0.1:8000", tier: 3 } } },
      FILE,
    );
    expect([...backends.keys()]).toEqual(["z", "a"]);
    expect(backends.get("a")).toMatchObject({ url: "http://10.0.0.1:8000/v1", tier: 3, priority: 50 });
    expect(warnings).toEqual([]);
  });

  it("an unknown key is a warning with file, path and the nearest known key", () => {
    const { warnings } = checkConfig(
      { bakends: {}, ...withBackend({ type: "ollama", tear: 1, models: [{ id: "a", context_lenght: 1 }] }) },
      FILE,
    );
    expect(warnings).toHaveLength(3);
    expect(warnings.join("\n")).toContain(`${FILE}: bakends: unknown key (did you mean backends?)`);
    expect(warnings.join("\n")).toContain("backends.box.tear: unknown key (did you mean tier");
    expect(warnings.join("\n")).toContain(
      "backends.box.models.0.context_lenght: unknown key (did you mean context_length",
    );
  });

  it.each<[JsonObject, string]>([
    [{ presets: "yes" }, "presets: has to be true or false"],
    [{ backends: [] }, "backends: has to be an object of backends by name"],
    [withBackend({ type: "olama" }), 'backends.box.type: has to be one of "ollama"'],
    [withBackend({}), "backends.box.type: is missing"],
    [withBackend({ type: "ollama", tier: "3" }), "backends.box.tier: has to be a whole number from 0 to 5"],
    [withBackend({ type: "ollama", tier: 6 }), "backends.box.tier"],
    [withBackend({ type: "ollama", zone: "local" }), 'backends.box.zone: has to be "restricted" or "open"'],
    [withBackend({ type: "ollama", models: [3] }), "backends.box.models.0"],
    [
      withBackend({ type: "ollama", models: [{ id: "a", capabilities: ["sight"] }] }),
      "backends.box.models.0.capabilities.0",
    ],
    [withBackend({ type: "ollama", timeouts: { idle_ms: 0 } }), "backends.box.timeouts.idle_ms"],
    [
      withBackend({ type: "ollama", probe: "on" }),
      'probe: has to be "off", or an object with model and per_day',
    ],
    [withBackend({ type: "ollama", probe: { model: "m" } }), "backends.box.probe.per_day: is missing"],
    [{ health: { interval_ms: 0 } }, "health.interval_ms: has to be a whole number of milliseconds above 0"],
    [{ discovery: { service_types: ["llm"] } }, "discovery.service_types.0: has to be a service type"],
    [withBackend({ type: "generic" }), "url"],
    [{ backends: { "a/b": { type: "ollama" } } }, "a/b"],
    [JSON.parse('{"__proto__": {"polluted": 1}}'), "__proto__"],
    [JSON.parse('{"backends": {"__proto__": {"type": "ollama"}}}'), "backends.__proto__"],
  ])("S3 %j is refused with file and key", (document, message) => {
    expect(() => checkConfig(document, FILE)).toThrow(FILE);
    expect(() => checkConfig(document, FILE)).toThrow(message);
    expect("polluted" in {}).toBe(false);
  });

  it("S3 a backend called constructor is a backend", () => {
    expect(checkConfig({ backends: { constructor: { type: "ollama" } } }, FILE).backends.size).toBe(1);
  });

  it.each<JsonObject>([
    { type: "openai", api_key: "sk-canary-0123456789" },
    { type: "openai", apiKey: "canary-secret" },
    { type: "openai", api_key_env: "sk-canary-0123456789" },
    { type: "openai", api_key_env: "gsk_canary0123456789" },
    { type: "openai", headers: { Authorization: "Bearer canary-0123456789" } },
    { type: "openai", headers: { "X-Api-Key": "canary" } },
    { type: "openai", headers: { "x-team": "sk-canary-0123456789" } },
    { type: "openai", url: "https://user:canary@example.com" },
    { type: "openai", url: "https://example.com/v1?key=canary" },
  ])("A001-02 a literal key is refused, and not repeated: %j", (record) => {
    expect(() => checkConfig(withBackend(record), FILE)).toThrow(FILE);
    expect(() => checkConfig(withBackend(record), FILE)).not.toThrow("canary");
  });
});

describe("the configuration in force", () => {
  it("no file is an empty one", async () => {
    const configuration = await loadConfiguration(await tempPaths(), {});
    expect(configuration).toMatchObject({ presetsEnabled: true, warnings: [] });
    expect(configuration.backends.size).toBe(0);
  });

  it("T20 environment over file over default", async () => {
    const paths = await tempPaths();
    const routing = { settings: { timeout_ms: 1000, failover_sticky: true } };
    await writeRaw(paths.configFile, JSON.stringify({ default_profile: "file", presets: false, routing }));
    const env = { NEXUS_PROFILE: "env", NEXUS_ROUTING_SETTINGS_TIMEOUT_MS: "2000" };
    const file = await loadConfiguration(paths, {});
    const both = await loadConfiguration(paths, env);
    expect(file).toMatchObject({
      defaultProfile: "file",
      presetsEnabled: false,
      routingSettings: routing.settings,
    });
    expect(both).toMatchObject({ defaultProfile: "env", presetsEnabled: false });
    expect(both.routingSettings).toMatchObject({
      timeout_ms: 2000,
      failover_sticky: true,
      failover_retry_count: 1,
    });
  });

  it("T20 health and discovery: environment over file over default; a variable that cannot be read is a warning", async () => {
    const paths = await tempPaths();
    await writeRaw(paths.configFile, JSON.stringify({ health: { interval_ms: 1000, timeout_ms: 7 } }));
    const env = {
      NEXUS_HEALTH_INTERVAL_MS: "2000",
      NEXUS_HEALTH_FAILURE_THRESHOLD: "many",
      NEXUS_DISCOVERY_ENABLED: "true",
    };
    const { health, discovery, warnings } = await loadConfiguration(paths, env);
    expect(health).toEqual({
      enabled: true,
      interval_ms: 2000,
      timeout_ms: 7,
      failure_threshold: 3,
      recovery_threshold: 2,
    });
    expect(discovery).toEqual({
      enabled: true,
      service_types: ["_ollama._tcp", "_llm._tcp"],
      grace_ms: 60_000,
    });
    expect(warnings).toEqual([
      "NEXUS_HEALTH_FAILURE_THRESHOLD: has to be a whole number from 1 to 1000, ignored",
    ]);
  });

  it("a broken file stops with file, line and column", async () => {
    const paths = await tempPaths();
    await writeRaw(paths.configFile, "{\n  oops\n}");
    expect((await rejection(loadConfiguration(paths, {}))).message).toContain(`${paths.configFile}:2:3`);
  });
});

describe("reference tables", () => {
  it("the JSON Schemas have the keys that are checked", () => {
    const config = JSON.stringify(jsonSchema("config"));
    const profile = JSON.stringify(jsonSchema("profile"));
    expect(config).toContain('"api_key_env"');
    expect(config).toContain('"failover_retry_count"');
    expect(profile).toContain('"loadbalancer"');
    expect(profile).toContain('"circuit_breaker_backoff"');
  });

  it("no variable is there twice", () => {
    const names = ENVIRONMENT.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(
      expect.arrayContaining(["NEXUS_PROFILE", "NEXUS_PRESETS", "OPENAI_API_KEY", "NO_PROXY"]),
    );
  });
});
