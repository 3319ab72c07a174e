import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { resolveBackend } from "../../src/backends/resolve.ts";
import type { Backend } from "../../src/core/backend.ts";
import { openCatalog } from "../../src/registry/catalog.ts";
import { storeKey } from "../../src/secrets/store-key.ts";

const box = resolveBackend("box", { type: "vllm" }, "configured");
const found = resolveBackend("ollama", { type: "ollama" }, "detected");

async function open(
  options: {
    configured?: readonly Backend[];
    env?: Record<string, string>;
    presets?: boolean;
    stored?: readonly string[];
  } = {},
) {
  const dir = await mkdtemp(join(tmpdir(), "nexus-catalog-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const paths = { secretsFile: join(dir, "secrets.json"), stateDir: dir };
  for (const name of options.stored ?? []) await storeKey({ env: {}, paths }, name, "key", { store: "file" });
  let probes = 0;
  const catalog = await openCatalog({
    configuration: {
      paths,
      backends: new Map((options.configured ?? []).map((backend) => [backend.name, backend])),
      presetsEnabled: options.presets ?? true,
    },
    profiles: {
      lookup: () => ({ found: false, why: "no such profile" }),
      names: () => ["p"],
      stored: () => undefined,
    },
    env: options.env ?? {},
    probe: async () => {
      probes++;
      return [found];
    },
  });
  return { catalog, names: catalog.backends.map(({ name }) => name), probes };
}

it("looks for local servers only while none is configured", async () => {
  expect(await open()).toMatchObject({ names: ["ollama"], probes: 1 });
  expect(await open({ configured: [box] })).toMatchObject({ names: ["box"], probes: 0 });
  expect(await open({ env: { NEXUS_NO_DETECT: "1" } })).toMatchObject({ names: [], probes: 0 });
});

it("A002-24 a preset joins when its variable is set or its key is stored", async () => {
  const env = { ANTHROPIC_API_KEY: "k" };
  expect((await open({ configured: [box], env })).names).toEqual(["box", "anthropic"]);
  expect((await open({ configured: [box], stored: ["groq"] })).names).toEqual(["box", "groq"]);
});

it("every preset is known by name, with or without a key, unless presets are off", async () => {
  expect((await open({ configured: [box] })).catalog.backend("openai")?.source).toBe("preset");
  expect((await open({ presets: false })).catalog.backend("openai")).toBeUndefined();
  expect((await open({ presets: false, env: { OPENAI_API_KEY: "k" } })).names).toEqual(["ollama"]);
});

it("a configured backend wins over the preset of its name", async () => {
  const own = resolveBackend("openai", { type: "openai", url: "http://127.0.0.1:9/v1" }, "configured");
  const { catalog, names } = await open({ configured: [own], env: { OPENAI_API_KEY: "k" } });
  expect(names).toEqual(["openai"]);
  expect(catalog.backend("openai")?.url).toBe("http://127.0.0.1:9/v1");
});
