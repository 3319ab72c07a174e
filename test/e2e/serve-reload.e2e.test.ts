import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace, type Workspace, workspace } from "./support/workspace.ts";

const IN_FORCE = /the configuration was read again and is in force/;

describe("nexus serve follows its configuration", () => {
  it("a profile that is edited while a stream runs: the stream ends as it began, the next request goes elsewhere", async () => {
    const a = await backend({
      answer: "one two three four five six seven eight nine ten",
      chunkDelayMs: 250,
    });
    const b = await backend({ answer: "From b." });
    const space = await failoverWorkspace({ a, b });
    const server = await serve(space);
    const response = await server.chat(asking("a", { stream: true }));
    await space.profile("a", { version: 1, type: "model", backend: "b", model: "m-b", params: {} });
    await server.until("stderr", IN_FORCE);
    const next = await server.chat(asking("a"));
    expect(next.headers.get("x-nexus-backend")).toBe("b");
    await expect.poll(() => server.log().length).toBe(1);
    expect(response.headers.get("x-nexus-backend")).toBe("a");
    expect(await response.text()).toMatch(/ten.*\[DONE\]\n\n$/s);
  });

  it("a broken config.json changes nothing and is told once with file and key; mended, it is in force", async () => {
    const [a, b] = [await backend(), await backend()];
    const space = await failoverWorkspace({ a });
    const server = await serve(space);
    const records = { a: { type: "generic", url: a.url }, b: { type: "generic", url: b.url } };
    await space.config({ backends: { ...records, b: { type: "generic", url: 7 } } });
    const told = /config\.json: .*backends\.b\.url: .*; the running configuration stays\n/;
    await server.until("stderr", told);
    expect((await server.chat(asking("a"))).status).toBe(200);
    await space.config({ backends: records });
    await space.profile("b", { version: 1, type: "model", backend: "b", model: "m-b", params: {} });
    await server.until("stderr", IN_FORCE);
    expect((await server.chat(asking("b"))).headers.get("x-nexus-backend")).toBe("b");
    expect(
      server
        .stderr()
        .split("\n")
        .filter((line) => told.test(`${line}\n`)),
    ).toHaveLength(1);
  });

  it("a profile that breaks keeps answering as before; one that is removed is gone", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const server = await serve(space);
    await space.profile("a", { version: 1, type: "model", backend: "a" });
    await server.until("stderr", /profiles\/a\.json: .*model.*; the running configuration stays/);
    expect((await server.chat(asking("a"))).status).toBe(200);
    await rm(join(space.configDir, "profiles", "a.json"));
    await server.until("stderr", IN_FORCE);
    expect((await server.chat(asking("a"))).status).toBe(404);
  });

  it("X-03 what `nexus backend add` adds can be asked for within two seconds", async () => {
    const [a, b] = [await backend(), await backend({ models: ["new-model"] })];
    const space = await failoverWorkspace({ a });
    const server = await serve(space);
    expect((await server.chat(asking("new-model"))).status).toBe(404);
    expect((await space.nexus(["backend", "add", b.url, "--type", "generic", "--name", "b"])).code).toBe(0);
    await expect
      .poll(async () => (await server.chat(asking("new-model"))).headers.get("x-nexus-backend"), {
        timeout: 2_000,
      })
      .toBe("b");
  });

  it("X-03 a backend that is removed while a stream runs: the stream ends properly, then the backend is gone", async () => {
    const a = await backend({ answer: "one two three four five six seven eight", chunkDelayMs: 500 });
    const space = await failoverWorkspace({ a, b: await backend() });
    const server = await serve(space);
    const stream = await server.chat(asking("a", { stream: true }));
    expect((await space.nexus(["backend", "remove", "a", "--force"])).code).toBe(0);
    await server.until("stderr", IN_FORCE);
    expect((await server.chat(asking("lb"))).headers.get("x-nexus-chain")).toMatch(
      /^a: failed .* -> b: success$/,
    );
    expect(await stream.text()).toMatch(/eight.*\[DONE\]\n\n$/s);
    await expect
      .poll(async () => JSON.parse((await space.nexus(["status", "--json"])).stdout).backends)
      .toMatchObject([{ name: "b" }]);
  });

  it.each([
    [
      "by `backend edit`",
      (space: Workspace, url: string) => space.nexus(["backend", "edit", "a", "--url", url]),
    ],
    [
      "by hand",
      (space: Workspace, url: string) => space.config({ backends: { a: { type: "generic", url } } }),
    ],
  ])("X-03 a backend whose address changes %s keeps nothing of the old one", async (_, change) => {
    const [old, next] = [await backend({ steps: ["503"] }), await backend()];
    const space = await failoverWorkspace({ a: old });
    const server = await serve(space);
    for (let n = 0; n < 3; n++) await server.chat(asking("a"));
    expect((await server.chat(asking("a"))).headers.get("x-nexus-chain")).toBe("a: circuit open (skipped)");
    await change(space, next.url);
    await server.until("stderr", IN_FORCE);
    expect((await server.chat(asking("a"))).headers.get("x-nexus-chain")).toBe("a: success");
    expect(next.chats).toHaveLength(1);
  });

  it("X-03 `key set` clears what the running server holds against the backend, at once", async () => {
    const a = await backend({ steps: ["503", "503", "503", "ok"] });
    const space = await failoverWorkspace({ a: { ...a, record: { api_key_ref: "a" } } });
    const env = { NEXUS_KEYRING: "file" };
    const set = () => space.nexus(["key", "set", "a"], { env, stdin: "sk-test-1234567890" });
    expect((await set()).code).toBe(0);
    const server = await serve(space, [], { env });
    for (let n = 0; n < 3; n++) await server.chat(asking("a"));
    expect((await server.chat(asking("a"))).headers.get("x-nexus-chain")).toBe("a: circuit open (skipped)");
    // What a server knows of, others know within a second.
    await expect.poll(async () => (await set()).stderr).toContain("cleared m-a@a: 3 failures");
    expect((await server.chat(asking("a"))).headers.get("x-nexus-chain")).toBe("a: success");
  });

  it("allowed lists, limits and aliases follow; a new address is told to wait for the next start", async () => {
    const a = await backend({ models: ["m-a"] });
    const space = await failoverWorkspace({ a });
    const server = await serve(space);
    const origin = { origin: "https://page.example", "content-type": "application/json" };
    expect((await server.chat(asking("a"), origin)).status).toBe(403);
    await space.config({
      backends: { a: { type: "generic", url: a.url } },
      aliases: { quick: "m-a" },
      server: { allowed_origins: ["https://page.example"], max_body_bytes: 5_000 },
    });
    await server.until("stderr", /server\.max_body_bytes: in force when the server starts again/);
    expect((await server.chat(asking("a"), origin)).status).toBe(200);
    expect((await server.chat(asking("quick"))).status).toBe(200);
  });

  it("SIGHUP reads everything again at once, and does not end the server", async () => {
    const space = await failoverWorkspace({ a: await backend() });
    const server = await serve(space);
    server.child.kill("SIGHUP");
    await server.until("stderr", IN_FORCE);
    expect((await server.chat(asking("a"))).status).toBe(200);
  });

  it("a server that began with nothing answers as soon as there is something", async () => {
    const space = await workspace();
    const server = await serve(space);
    const a = await backend({ models: ["m-a"] });
    await space.config({ backends: { a: { type: "generic", url: a.url } } });
    await server.until("stderr", IN_FORCE);
    expect((await server.chat(asking("m-a"))).status).toBe(200);
  });

  const strategy = (name: string) => ({ routing: { strategy: name } });
  it.each<{ what: string; change: object; asked: string; expected: object }>([
    {
      what: "fallbacks",
      change: { fallbacks: { down: ["both"] } },
      asked: "down",
      expected: { status: 200, "x-nexus-fallback-model": "both" },
    },
    {
      what: "policies",
      change: { policies: [{ match: "far", zone: "restricted" }] },
      asked: "far",
      expected: { status: 503, "x-nexus-chain": "far@b: outside the restricted zone (skipped)" },
    },
    {
      what: "pricing",
      change: { pricing: { b: { far: { input_per_1k: 1, output_per_1k: 1 } } } },
      asked: "far",
      expected: { status: 200, "x-nexus-cost-estimated": expect.stringMatching(/^0\.0\d+$/) },
    },
    {
      what: "routing.strategy",
      change: strategy("random"),
      asked: "both",
      expected: { "x-nexus-backend": "b" },
    },
    {
      what: "routing.settings",
      change: { routing: { settings: { failover_retry_count: 2, circuit_breaker_enabled: false } } },
      asked: "down",
      expected: {
        status: 503,
        "x-nexus-chain": expect.stringMatching(/^down@bad: failed.* -> down@bad: failed/),
      },
    },
    {
      what: "server.max_in_flight",
      change: { server: { max_in_flight: 1 } },
      asked: "both",
      expected: { status: 503, "retry-after": "1" },
    },
  ])(
    "a change of $what holds within two seconds, without a restart",
    { retry: 2 },
    async ({ what, change, asked, expected }) => {
      const a = await backend({ models: ["both"] });
      const b = await backend({ models: ["both", "far"] });
      const bad = await backend({ models: ["down"], steps: ["503"] });
      const slow = await backend({ models: ["slow"], steps: ["timeout"] });
      const backends = {
        a: { type: "generic", url: a.url },
        b: { type: "openai", url: b.url, api_key_env: "B_KEY" },
        bad: { type: "generic", url: bad.url },
        slow: { type: "generic", url: slow.url },
      };
      const space = await workspace();
      await space.config({ backends });
      const server = await serve(space, [], { env: { B_KEY: "sk-b" } });
      const ask = async () => {
        const response = await server.chat(asking(asked));
        await response.text();
        return { status: response.status, ...Object.fromEntries(response.headers) };
      };
      expect(await ask()).not.toMatchObject(expected);
      if (what === "server.max_in_flight") {
        void server.chat(asking("slow")).catch(() => {});
        await slow.nextRequest();
      }
      await space.config({ backends, ...change });
      await expect.poll(ask, { timeout: 2_000 }).toMatchObject(expected);
    },
  );

  it.each([
    ["aliases", { aliases: { a: "b", b: "a" } }],
    ["fallbacks.m", { fallbacks: { m: "other" } }],
    ["policies.0.zone", { policies: [{ match: "*", zone: "private" }] }],
    ["pricing.a.m.input_per_1k", { pricing: { a: { m: { input_per_1k: -1, output_per_1k: 1 } } } }],
    ["routing.strategy", strategy("fastest")],
    ["server.max_in_flight", { server: { max_in_flight: 0 } }],
  ])("a broken change of %s is told by its key, and changes nothing", async (key, change) => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    const server = await serve(space);
    await space.config({ backends: { a: { type: "generic", url: a.url } }, ...change });
    server.child.kill("SIGHUP");
    await server.until("stderr", /; the running configuration stays\n/);
    expect(server.stderr()).toContain(`config.json: ${key}`);
    expect((await server.chat(asking("a"))).status).toBe(200);
  });
});
