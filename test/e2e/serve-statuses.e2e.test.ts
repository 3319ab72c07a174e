import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Mock } from "../../src/mock/mock.ts";
import type { Step } from "../../src/mock/step.ts";
import { actionable } from "./support/actionable.ts";
import { backend, deadAddress } from "./support/backends.ts";
import { asking, type RunningServer, serve } from "./support/server.ts";
import { type Finished, failoverWorkspace } from "./support/workspace.ts";

/** What each backend always does. No two tests ask the same one: what one does to it stays its own. */
const BACKENDS: Readonly<Record<string, Step>> = {
  limited1: "429:retry-after=20",
  limited2: "429:retry-after=90",
  quota1: "429-quota",
  auth1: "401",
  auth2: "403",
  silent1: "timeout",
  silent2: "timeout",
  odd1: "malformed",
  odd2: "malformed",
  missing1: "404-model",
  missing2: "404-model",
  caller1: "400:message=no such thing",
  caller2: "422:message=cannot do that",
  long1: "400-context",
  long2: "400-context",
  stop1: "503",
  stop2: "429:retry-after=40",
  reset1: "reset",
  next1: "ok",
  down1: "503",
  down2: "500",
  mixed1: "401",
  mixed2: "429:retry-after=30",
  open1: "500",
  far1: "ok",
  low1: "ok",
  low2: "ok",
  full1: "timeout",
};

const QUICK = { timeouts: { first_content_ms: 200, answer_ms: 200 } };

const RECORDS: Readonly<Record<string, object>> = {
  silent1: QUICK,
  silent2: QUICK,
  keyless: { api_key_env: "NO_SUCH_KEY" },
  far1: { zone: "open" },
  low2: { tier: 2 },
  full1: { max_concurrent: 1 },
};

const CHAINS: Readonly<Record<string, readonly string[]>> = {
  limited: ["limited1", "limited2", "quota1"],
  auth: ["auth1", "auth2", "keyless"],
  silent: ["silent1", "silent2"],
  odd: ["odd1", "odd2"],
  missing: ["missing1", "missing2"],
  caller400: ["caller1", "next1"],
  caller422: ["caller2", "next1"],
  long: ["long1", "long2"],
  stopping: ["stop1", "next1"],
  pausing: ["stop2", "next1"],
  unreachable: ["reset1", "next1"],
  down: ["down1", "down2"],
  mixed: ["mixed1", "mixed2"],
  low: ["low1", "low2"],
};

const SETTINGS: Readonly<Record<string, object>> = {
  stopping: { failover_status_codes: [500] },
  pausing: { failover_status_codes: [500] },
  unreachable: { failover_on_network_errors: false },
};

const mocks = new Map<string, Mock>();
let server: RunningServer;

const cleans: (() => Promise<void>)[] = [];
const lasting: Finished = (clean) => void cleans.unshift(clean);

afterAll(async () => {
  for (const clean of cleans) await clean();
});

beforeAll(async () => {
  for (const [name, step] of Object.entries(BACKENDS)) {
    mocks.set(name, await backend({ steps: [step], models: [`m-${name}`] }, lasting));
  }
  const dead = await deadAddress();
  const urls = new Map([...mocks].map(([name, { url }]) => [name, url]));
  for (const name of ["keyless", "dead"]) urls.set(name, dead);
  const space = await failoverWorkspace(
    Object.fromEntries([...urls].map(([name, url]) => [name, { url, record: RECORDS[name] ?? {} }])),
    {},
    lasting,
  );
  for (const [name, profiles] of Object.entries(CHAINS)) {
    const settings = SETTINGS[name] ?? {};
    await space.profile(name, { version: 1, type: "loadbalancer", policy: "failover", profiles, settings });
  }
  await space.profile("broken", { version: 1, type: "model", backend: "down1" });
  server = await serve(space, [], {}, lasting);
});

function mock(name: string): Mock {
  const found = mocks.get(name);
  if (found === undefined) throw new Error(`no backend ${name}`);
  return found;
}

const told = z.object({
  error: z.object({ type: z.string(), code: z.string().nullable(), message: z.string() }),
});

async function ask(model: string) {
  const response = await server.chat(asking(model));
  const { error } = told.parse(await response.json());
  return { status: response.status, headers: response.headers, error };
}

describe("the status says why nobody answered", () => {
  it.each([
    ["A001-34 all rate limited or out of quota", "limited", 429, "rate_limit_error", "rate_limit_exceeded"],
    ["all refuse our key, or have none", "auth", 502, "upstream_error", "upstream_auth"],
    ["all too slow", "silent", 504, "upstream_error", "upstream_timeout"],
    ["all say what cannot be read", "odd", 502, "upstream_error", "upstream_malformed"],
    ["nobody has the model", "missing", 404, "invalid_request_error", "model_not_found"],
    ["nobody holds so much", "long", 400, "invalid_request_error", "context_length_exceeded"],
  ])("%s", async (_cause, model, status, type, code) => {
    const answer = await ask(model);
    expect(answer).toMatchObject({ status, error: { type, code } });
    expect(answer.headers.get("x-should-retry")).toBe("false");
  });

  it("A001-34 the shortest wait is told", async () => {
    const wait = Number((await ask("limited")).headers.get("retry-after"));
    expect(wait).toBeGreaterThan(10);
    expect(wait).toBeLessThanOrEqual(20);
  });

  it("A001-26 what differs is told as 503, with when the first is back", async () => {
    const response = await server.chat(asking("mixed"));
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(20);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await actionable(response)).toMatchObject({ code: "fallback_chain_exhausted" });
  });

  it.each([
    ["caller400", 400, "no such thing"],
    ["caller422", 422, "cannot do that"],
  ])("a mistake of the caller's (%s) keeps its status and words, and stops", async (model, status, said) => {
    const before = mock("next1").chats.length;
    expect(await ask(model)).toMatchObject({ status, error: { message: said } });
    expect(mock("next1").chats).toHaveLength(before);
  });

  it.each([
    ["a status that failover_status_codes does not name", "stopping", 503],
    ["the network, where failover_on_network_errors is off,", "unreachable", 502],
  ])("%s stops the chain and stays", async (_cause, model, status) => {
    const before = mock("next1").chats.length;
    const answer = await ask(model);
    expect(answer).toMatchObject({ status, error: { type: "upstream_error" } });
    expect(answer.headers.get("x-should-retry")).toBe("false");
    expect(mock("next1").chats).toHaveLength(before);
  });

  it("a rate limit at which the chain stops says when to come back", async () => {
    const { status, headers } = await ask("pausing");
    expect(status).toBe(429);
    expect(headers.get("retry-after")).toBe("40");
  });

  it("a name that nobody knows is 404 at once, with what there is", async () => {
    const { status, headers, error } = await ask("limitde");
    expect([status, error.code]).toEqual([404, "model_not_found"]);
    expect(error.message).toMatch(
      /did you mean .*limited.*; known here: auth, .* and \d+ more \(GET \/v1\/models\)$/,
    );
    expect(headers.get("x-should-retry")).toBeNull();
  });

  it("an error that no backend answered carries the request id and the chain only", async () => {
    for (const [model, names] of [
      ["down", ["x-nexus-chain", "x-nexus-request-id"]],
      ["limitde", ["x-nexus-request-id"]],
    ] as const) {
      const { headers } = await ask(model);
      expect([...headers.keys()].filter((name) => name.startsWith("x-nexus-"))).toEqual(names);
    }
  });
});

describe("the body of a 503", () => {
  it("A001-26 A001-27 A001-28 A001-42 fallback_chain_exhausted: all that could have served, and how they are", async () => {
    const response = await server.chat(asking("down"));
    expect(await actionable(response)).toMatchObject({
      code: "fallback_chain_exhausted",
      message: expect.stringMatching(/^All models in chain failed: down1: .*; down2: /),
      context: {
        required_tier: 0,
        available_backends: [
          { name: "down1", status: "unhealthy", zone: "restricted", tier: 1 },
          { name: "down2", status: "unhealthy", zone: "restricted", tier: 1 },
        ],
        eta_seconds: null,
      },
    });
  });

  it("A001-27 A001-29 fallback_chain_exhausted too when all were skipped: the next probe is when to come back", async () => {
    for (let failures = 0; failures < 3; failures += 1) await (await server.chat(asking("open1"))).text();
    const response = await server.chat(asking("open1"));
    expect(response.headers.get("x-nexus-chain")).toBe("open1: circuit open (skipped)");
    expect(response.headers.get("x-should-retry")).toBeNull();
    const wait = Number(response.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(200);
    expect(wait).toBeLessThanOrEqual(300);
    expect(await actionable(response)).toMatchObject({
      code: "fallback_chain_exhausted",
      context: { available_backends: [{ name: "open1", status: "unhealthy" }], eta_seconds: wait },
    });
    expect(mock("open1").chats).toHaveLength(3);
  });

  it("A001-27 A001-30 A001-42 no_capable_backend: the tier that was asked for, and the healthy ones below", async () => {
    const response = await server.chat(asking("low"), { "x-nexus-min-tier": "4" });
    expect(await actionable(response)).toMatchObject({
      code: "no_capable_backend",
      context: {
        required_tier: 4,
        available_backends: [
          { name: "low1", status: "healthy", tier: 1 },
          { name: "low2", status: "healthy", tier: 2 },
        ],
        eta_seconds: null,
      },
    });
    expect([mock("low1").chats, mock("low2").chats]).toEqual([[], []]);
  });

  it("A001-27 no_capable_backend: a profile that is broken leads to nobody", async () => {
    expect(await actionable(await server.chat(asking("broken")))).toMatchObject({
      code: "no_capable_backend",
      message: expect.stringMatching(/^profile broken: .*model/),
      context: { required_tier: null, available_backends: [], eta_seconds: null },
    });
  });

  it("A001-27 privacy_constraint_violation: only the zone kept a usable backend out", async () => {
    const response = await server.chat(asking("far1"), { "x-nexus-zone": "restricted" });
    expect(await actionable(response)).toMatchObject({
      code: "privacy_constraint_violation",
      context: { available_backends: [{ name: "far1", status: "healthy", zone: "open" }] },
    });
    expect(mock("far1").chats).toHaveLength(0);
  });

  it("A001-27 A001-28 A001-29 capacity_exceeded: nobody has room, and no time is invented", async () => {
    const leaving = new AbortController();
    const first = fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify(asking("full1")),
      signal: leaving.signal,
    });
    await mock("full1").nextRequest();
    const response = await server.chat(asking("full1"));
    expect(response.headers.get("retry-after")).toBeNull();
    expect(await actionable(response)).toMatchObject({
      code: "capacity_exceeded",
      context: { available_backends: [{ name: "full1", status: "at_capacity" }], eta_seconds: null },
    });
    leaving.abort();
    await expect(first).rejects.toThrow();
  });
});

it("A001-29 at capacity, the time of the last answers says when there may be room", async () => {
  const a = await backend({ steps: ["ok", "timeout"], latencyMs: 1_100 });
  const server = await serve(await failoverWorkspace({ a: { url: a.url, record: { max_concurrent: 1 } } }));
  await (await server.chat(asking("a"))).text();
  const leaving = new AbortController();
  const busy = fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify(asking("a")),
    signal: leaving.signal,
  });
  await expect.poll(() => a.chats.length).toBe(2);
  const response = await server.chat(asking("a"));
  expect(response.headers.get("retry-after")).toBe("2");
  expect(await actionable(response)).toMatchObject({
    code: "capacity_exceeded",
    context: { eta_seconds: 2 },
  });
  leaving.abort();
  await expect(busy).rejects.toThrow();
});

it("A001-35 the next member is asked within 100 ms of the failure", async () => {
  const [a, b] = [await backend({ steps: ["503"] }), await backend()];
  const server = await serve(await failoverWorkspace({ a, b }));
  for (let asked = 0; asked < 3; asked += 1) await (await server.chat(asking("lb"))).text();
  const took = a.chats.map(({ endedAtMs = 0 }, index) => (b.chats[index]?.atMs ?? Number.NaN) - endedAtMs);
  expect(took).toHaveLength(3);
  expect(Math.min(...took)).toBeLessThan(100);
});
