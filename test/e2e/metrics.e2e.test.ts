import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { asking, type RunningServer, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

async function metrics(server: RunningServer): Promise<readonly string[]> {
  return (await (await fetch(`${server.url}/metrics`)).text()).split("\n");
}

async function stats(server: RunningServer): Promise<unknown> {
  return (await fetch(`${server.url}/v1/stats`)).json();
}

describe("GET /metrics", () => {
  it("A000-21 X-06 counts requests, attempts, tokens and fallbacks, of streams too", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["503"] }), b: await backend() });
    const server = await serve(space);
    await (await server.chat(asking("lb", { stream: true }))).text();
    await server.until("stderr", /\n$/);
    const lines = await metrics(server);
    expect(lines).toEqual(
      expect.arrayContaining([
        'nexus_requests_total{model="m-b",backend="b",status="200"} 1',
        'nexus_fallbacks_total{from_model="m-a",to_model="m-b"} 1',
        expect.stringMatching(/^nexus_attempts_total\{backend="a",outcome="(?!success)\w+"\} 1$/),
        'nexus_attempts_total{backend="b",outcome="success"} 1',
        "nexus_request_duration_seconds_count 1",
        'nexus_backend_latency_seconds_count{backend="b"} 1',
        'nexus_time_to_first_token_seconds_count{backend="b"} 1',
        expect.stringMatching(/^nexus_tokens_total\{backend="b",model="m-b",direction="output"\} [1-9]/),
        'nexus_pending_requests{backend="a"} 0',
        'nexus_backend_up{backend="b"} 1',
        'nexus_breaker_state{backend="a",model="m-a"} 0',
        expect.stringMatching(/^process_resident_memory_bytes [1-9]/),
      ]),
    );
  });

  it("X-08 what has no known price is in no cost", async () => {
    const server = await serve(await failoverWorkspace({ a: await backend() }));
    await (await server.chat(asking("a"))).text();
    expect((await metrics(server)).filter((line) => line.startsWith("nexus_cost_usd_total"))).toEqual([]);
    expect(await stats(server)).toMatchObject({ total: { cost_usd: null, unpriced_attempts: 1 } });
  });

  it("a thousand names that nobody serves are one series", async () => {
    const server = await serve(await failoverWorkspace({ a: await backend({ models: ["m-a"] }) }));
    const before = (await metrics(server)).length;
    for (let number = 0; number < 1_000; number += 1) {
      const name = `${number}-made-up`;
      await (await server.chat(asking(number % 2 === 0 ? name : `${name}@a`))).text();
    }
    const lines = await metrics(server);
    expect(lines.filter((line) => line.includes("made-up"))).toEqual([]);
    expect(lines.length - before).toBeLessThan(100);
    expect(JSON.stringify(await stats(server))).not.toContain("made-up");
  });

  it("counts what was refused by its code", async () => {
    const server = await serve(await failoverWorkspace({ a: await backend() }));
    await fetch(`${server.url}/v1/chat/completions`, { method: "POST", body: '{"model":' });
    await fetch(`${server.url}/nowhere`);
    expect(await metrics(server)).toEqual(
      expect.arrayContaining([
        'nexus_requests_total{model="unknown",backend="none",status="400"} 1',
        'nexus_errors_total{code="invalid_json"} 1',
        'nexus_errors_total{code="unknown_route"} 1',
      ]),
    );
  });
});

describe("every family", () => {
  it("is there with the labels that dashboards go by", async () => {
    const far = await backend({ steps: ["429:retry-after=60", "ok"] });
    const near = await backend({ answer: { text: "Fine.", usage: { input: 10, output: 5 } } });
    const space = await failoverWorkspace({ far, near });
    await space.config({
      backends: { far: { type: "generic", url: far.url }, near: { type: "generic", url: near.url } },
      pricing: { near: { "m-near": { input_per_1k: 1, output_per_1k: 1 } } },
    });
    const server = await serve(space);
    for (const stream of [false, true]) await (await server.chat(asking("lb", { stream }))).text();
    await (await server.chat(asking("far"))).text();
    await server.until("stderr", /"status":429/);
    const families = new Map<string, Set<string>>();
    for (const line of await metrics(server)) {
      const [, name = "", labels = ""] =
        /^(nexus_\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? /.exec(line) ?? [];
      if (name === "") continue;
      const known = families.get(name) ?? new Set();
      for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) known.add(label);
      families.set(name, known);
    }
    const shown = Object.fromEntries([...families].map(([name, labels]) => [name, [...labels].join(" ")]));
    expect(shown).toEqual({
      nexus_requests_total: "model backend status",
      nexus_errors_total: "code",
      nexus_fallbacks_total: "from_model to_model",
      nexus_attempts_total: "backend outcome",
      nexus_request_duration_seconds: "le",
      nexus_backend_latency_seconds: "le backend",
      nexus_time_to_first_token_seconds: "le backend",
      nexus_tokens_total: "backend model direction",
      nexus_cost_usd_total: "backend model",
      nexus_breaker_state: "backend model",
      nexus_pending_requests: "backend",
      nexus_backend_up: "backend",
    });
  });
});

describe("GET /v1/stats", () => {
  it("A003-29 counts by backend, model, profile and member, with who was selected last", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["503"] }), b: await backend() });
    const server = await serve(space);
    await (await server.chat(asking("lb"))).text();
    await (await server.chat(asking("nope"))).text();
    expect(await stats(server)).toMatchObject({
      total: { requests: 2, answered: 1, failed: 0, refused: 1, attempts: 2 },
      backends: [
        { backend: "a", attempts: 1, answered: 0, failed: 1, mean_latency_ms: null },
        { backend: "b", attempts: 1, answered: 1, failed: 0, mean_latency_ms: expect.any(Number) },
      ],
      models: [{ model: "m-a" }, { model: "m-b", output_tokens: expect.any(Number) }],
      profiles: [
        {
          profile: "lb",
          requests: 1,
          answered: 1,
          fallbacks: 1,
          last_member: "b",
          last_model: "m-b",
          members: [
            { member: "a", failed: 1 },
            { member: "b", answered: 1 },
          ],
        },
      ],
    });
  });
});
