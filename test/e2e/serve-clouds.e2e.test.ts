import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/mock/exchange.ts";
import type { Mock } from "../../src/mock/mock.ts";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace, workspace } from "./support/workspace.ts";

const CLOUD = { type: "openai", api_key_env: "CLOUD_KEY" };
const KEY = { CLOUD_KEY: "sk-of-the-cloud" };

/** What a response tells of itself. */
function told({ headers }: Response): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("x-nexus-")));
}

describe("clouds behind the OpenAI door", () => {
  it.each(
    ["openai", "anthropic", "google"].flatMap((type) => [
      { type, stream: false },
      { type, stream: true },
    ]),
  )(
    "A001-01 A001-06 A001-08 A001-09 A001-13 A001-31 $type (stream: $stream): who it was, and what it costs",
    async ({ type, stream }) => {
      const usage = { input: 1000, output: 500 };
      const a = await backend({ apiKey: KEY.CLOUD_KEY, answer: { text: "Fine.", usage } });
      const space = await workspace();
      await space.config({
        backends: { far: { ...CLOUD, type, dialect: "openai-chat", url: a.url, models: ["big"] } },
        pricing: { [type]: { big: { input_per_1k: 0.01, output_per_1k: 0.03 } } },
      });
      const server = await serve(space, [], { env: KEY });
      const response = await server.chat(
        asking("big", {
          stream,
          max_tokens: 100,
          ...(stream && { stream_options: { include_usage: true } }),
        }),
        {
          authorization: "Bearer sk-of-the-client",
        },
      );
      expect(told(response)).toEqual({
        "x-nexus-backend": "far",
        "x-nexus-backend-type": "cloud",
        "x-nexus-chain": `big@far: ${stream ? "streaming" : "success"}`,
        "x-nexus-cost-estimated": expect.stringMatching(stream ? /^0\.00[0-4]\d$/ : /^0\.0250$/),
        "x-nexus-model": "big",
        "x-nexus-privacy-zone": "open",
        "x-nexus-request-id": expect.stringMatching(/^req_/),
        "x-nexus-route-reason": "capability-match",
      });
      expect(await response.text()).toContain(stream ? "data: [DONE]" : '"Fine."');
      expect(a.chats[0]?.headers.authorization).toBe(`Bearer ${KEY.CLOUD_KEY}`);
      await server.until("stderr", /"route_reason"/);
      expect(server.log()).toMatchObject([
        { backend: "far", route_reason: "capability-match", cost_usd: 0.025 },
      ]);
    },
  );

  it("A001-06 A001-15 without a known price no cost is told", async () => {
    const a = await backend();
    const server = await serve(await failoverWorkspace({ far: { url: a.url, record: CLOUD } }), [], {
      env: KEY,
    });
    const response = await server.chat(asking("far"));
    expect(told(response)).toMatchObject({ "x-nexus-backend-type": "cloud" });
    expect(told(response)).not.toHaveProperty("x-nexus-cost-estimated");
  });

  it("A001-03 without its variable it is left out, with one warning that names both; the others serve", async () => {
    const [far, near] = [await backend(), await backend()];
    const space = await failoverWorkspace({ far: { url: far.url, record: CLOUD }, near });
    const server = await serve(space);
    const response = await server.chat(asking("lb"));
    expect(told(response)).toMatchObject({
      "x-nexus-backend": "near",
      "x-nexus-chain": "far: auth failed -> near: success",
    });
    expect((await server.chat(asking("far"))).status).toBe(502);
    expect(far.requests).toEqual([]);
    await server.until("stderr", /"status":502/);
    const warnings = server
      .stderr()
      .split("\n")
      .filter((line) => line.includes("warning"));
    expect(warnings).toEqual([
      'nexus: warning: backend "far" has no key (CLOUD_KEY is not set), and is left out; set CLOUD_KEY, or: nexus key set far',
    ]);
  });

  it.each(["401", "403"])(
    "A001-04 whose key is refused (%s) in a check is out within one cycle, and says why",
    async (status) => {
      const [far, near] = [
        await backend({ models: ["m"], modelsSteps: ["ok", status] }),
        await backend({ models: ["m"] }),
      ];
      const space = await workspace();
      await space.config({
        backends: {
          far: { ...CLOUD, url: far.url, priority: 1 },
          near: { type: "generic", url: near.url },
        },
        health: { interval_ms: 300 },
      });
      const server = await serve(space, [], { env: KEY });
      await expect
        .poll(async () => told(await server.chat(asking("m")))["x-nexus-chain"], { timeout: 3_000 })
        .toMatch(new RegExp(`^m@far: unhealthy: .*\\(status ${status}\\) \\(skipped\\) -> m@near: success$`));
      expect(told(await server.chat(asking("m")))["x-nexus-route-reason"]).toBe("backend-failover");
      const { stdout } = await space.nexus(["status", "--json"], { env: KEY });
      expect(JSON.parse(stdout).backends).toMatchObject([
        { name: "far", status: "unhealthy", error: expect.stringContaining(status) },
        { name: "near", status: "healthy" },
      ]);
    },
  );

  it("A001-09 A001-10 a local backend that is full: its cloud sibling serves", async () => {
    const [near, far] = [
      await backend({ models: ["m"], steps: ["timeout"] }),
      await backend({ models: ["m"] }),
    ];
    const space = await workspace();
    await space.config({
      backends: {
        far: { ...CLOUD, url: far.url },
        near: { type: "generic", url: near.url, max_concurrent: 1 },
      },
    });
    const server = await serve(space, [], { env: KEY });
    const leaving = new AbortController();
    const busy = fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify(asking("m")),
      signal: leaving.signal,
    });
    await near.nextRequest();
    for (const stream of [false, true]) {
      expect(told(await server.chat(asking("m", { stream })))).toMatchObject({
        "x-nexus-backend": "far",
        "x-nexus-backend-type": "cloud",
        "x-nexus-route-reason": "capacity-overflow",
        "x-nexus-chain": `m@near: at capacity (skipped) -> m@far: ${stream ? "streaming" : "success"}`,
      });
    }
    leaving.abort();
    await expect(busy).rejects.toThrow();
  });

  it("A001-09 A001-11 one provider fails: another one answers", async () => {
    const [one, two] = [await backend({ steps: ["503"] }), await backend()];
    const server = await serve(
      await failoverWorkspace({
        one: { url: one.url, record: CLOUD },
        two: { url: two.url, record: { ...CLOUD, type: "anthropic", dialect: "openai-chat" } },
      }),
      [],
      { env: KEY },
    );
    expect(told(await server.chat(asking("lb")))).toMatchObject({
      "x-nexus-backend": "two",
      "x-nexus-route-reason": "backend-failover",
      "x-nexus-fallback-model": "m-two",
    });
  });

  it("A001-09 A001-12 a restricted request is answered here or not at all, whoever asks for it and however it goes on", async () => {
    const far = await backend({ models: ["m", "other"] });
    const near = await backend({ models: ["m"], steps: ["ok", "ok", "503"] });
    const space = await workspace();
    await space.config({
      backends: {
        far: { ...CLOUD, url: far.url, priority: 1 },
        near: { type: "generic", url: near.url },
      },
      fallbacks: { m: ["other"] },
      aliases: { "private-m": "m" },
      policies: [{ match: "private-*", zone: "restricted" }],
    });
    const server = await serve(space, [], { env: KEY });
    const asked = [
      () => server.chat(asking("m"), { "x-nexus-zone": "restricted" }),
      () => server.chat(asking("private-m")),
    ];
    for (const ask of asked) {
      expect(told(await ask())).toMatchObject({
        "x-nexus-backend": "near",
        "x-nexus-route-reason": "privacy-requirement",
        "x-nexus-privacy-zone": "restricted",
      });
    }
    for (const ask of asked) expect((await ask()).status).toBe(503);
    expect(far.chats).toEqual([]);
  });

  it.each([
    ["zone", "Restricted"],
    ["zone", "private"],
    ["tier", 6],
    ["tier", "high"],
  ])("A001-38 a %s of %j is told with file and key, and nothing starts", async (key, value) => {
    const space = await workspace();
    await space.config({ backends: { far: { ...CLOUD, [key]: value } } });
    const { code, stderr } = await space.nexus(["serve", "--port", "0"], { env: KEY });
    expect(code).toBe(3);
    expect(stderr).toContain("config.json");
    expect(stderr).toContain(`backends.far.${key}`);
  });
});

/** A key that would be found anywhere. */
const CANARY = "sk-canary/7f3a+b9=e1";

const ECHOES: readonly { readonly status: number; readonly body: string }[] = [
  401, 403, 400, 429, 500, 200,
].map((status) => ({
  status,
  body: JSON.stringify({ error: { message: `Incorrect API key: ${CANARY}`, code: CANARY } }),
}));

/** Tells the key back in whatever it answers. */
function echoing(): Promise<Mock> {
  const steps = ECHOES.map(({ status, body }) => ({ response }: Exchange) => {
    response.writeHead(status, { "content-type": "application/json", "x-key": CANARY }).end(body);
  });
  return backend({ steps });
}

it("A001-05 a key that backends tell back stands nowhere: logs, errors, headers, URLs, figures, history, state", async () => {
  const [far, other] = [await echoing(), await echoing()];
  const sick = await backend({ modelsSteps: [`401:message=Incorrect API key ${CANARY}`] });
  const space = await failoverWorkspace({
    far: { url: far.url, record: CLOUD },
    other: { url: other.url, record: { ...CLOUD, type: "google", dialect: "openai-chat" } },
    sick: { url: sick.url, record: CLOUD },
  });
  for (const [name, profiles] of [
    ["lb", ["far", "other"]],
    ["bl", ["other", "far"]],
  ] as const) {
    const settings = { circuit_breaker_enabled: false };
    await space.profile(name, { version: 1, type: "loadbalancer", policy: "failover", profiles, settings });
  }
  const env = { CLOUD_KEY: CANARY };
  const server = await serve(space, ["--debug"], { env });
  const seen: string[] = [];
  for (let round = 0; round < ECHOES.length; round += 1) {
    for (const [model, stream] of [
      ["lb", false],
      ["bl", true],
      ["sick", false],
    ] as const) {
      const response = await server.chat(asking(model, { stream }));
      seen.push(JSON.stringify([...response.headers]), await response.text().catch(String));
    }
  }
  for (const page of ["/metrics", "/v1/stats", "/v1/models", "/nowhere"]) {
    seen.push(await (await fetch(`${server.url}${page}`)).text());
  }
  for (const args of [["status"], ["status", "--json"], ["explain", "lb", "--json"]]) {
    const { stdout, stderr } = await space.nexus(args, { env });
    seen.push(stdout, stderr);
  }
  server.child.kill("SIGTERM");
  const { stdout, stderr } = await server.ended;
  seen.push(stdout, stderr, (await space.nexus(["why", "last", "--json"])).stdout);
  for (const dir of [space.stateDir, space.configDir]) {
    for (const name of await readdir(dir, { recursive: true })) {
      seen.push(await readFile(join(dir, name), "latin1").catch(() => ""));
    }
  }
  seen.push(...[...far.requests, ...other.requests].map(({ path }) => path));
  const asked = [...far.chats, ...other.chats].map(({ headers }) => headers.authorization);
  expect(asked.length).toBeGreaterThan(8);
  expect(new Set(asked)).toEqual(new Set([`Bearer ${CANARY}`]));
  expect(seen.some((text) => text.includes("sick: unhealthy: Incorrect API key [redacted]"))).toBe(true);
  const parts = [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1), "canary"];
  expect(seen.filter((text) => parts.some((part) => text.includes(part)))).toEqual([]);
});
