import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import type { Mock } from "../../src/mock/mock.ts";
import { actionable } from "./support/actionable.ts";
import { backend } from "./support/backends.ts";
import { type RunningServer, serve } from "./support/server.ts";
import { failoverWorkspace, workspace } from "./support/workspace.ts";

const ONE_MODEL = { model: "vectors" };

describe("POST /v1/embeddings", () => {
  it("OpenAI's own client gets its vectors, as numbers and as base64, for texts and for tokens", async () => {
    const a = await backend();
    const { url } = await serve(await failoverWorkspace({ a }));
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-of-the-client", maxRetries: 0 });
    const asked = { model: "a", input: ["one", "two"] };
    for (const encoding_format of ["float", undefined] as const) {
      const request = encoding_format === undefined ? asked : { ...asked, encoding_format };
      const { data, usage } = await client.embeddings.create(request);
      expect(data.map(({ index, embedding }) => [index, ...embedding])).toEqual([
        [0, 0, 0.5, -0.25],
        [1, 1, 0.5, -0.25],
      ]);
      expect(usage).toEqual({ prompt_tokens: 2, total_tokens: 2 });
    }
    for (const input of [[1, 2, 3], [[1, 2], [3]], "text"])
      await client.embeddings.create({ ...asked, input });
    expect(vectorsAsked(a)).toHaveLength(5);
  });

  it("sends the caller's bytes on with only the model replaced, and the answer's bytes back", async () => {
    const a = await backend({ answer: { usage: { input: 5, output: 0 } } });
    const space = await failoverWorkspace({ a });
    const chatty = { version: 1, type: "model", backend: "a", model: "m-a", params: { temperature: 0.5 } };
    await space.profile("a", chatty);
    const server = await serve(space);
    const body = '{ "model":"a", "input":["x"],"encoding_format" : "base64","unknown":12345678901234567890}';
    const response = await fetch(`${server.url}/v1/embeddings`, { method: "POST", body });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-nexus-backend": "a",
      "x-nexus-model": "m-a",
      "x-nexus-chain": "a: success",
      "x-nexus-route-reason": "capability-match",
    });
    expect(await response.text()).toBe(
      '{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAAAAAAAAD8AAIC+"}],"model":"m-a","usage":{"prompt_tokens":5,"total_tokens":5}}',
    );
    expect(vectorsAsked(a).map(({ rawBody }) => rawBody)).toEqual([body.replace('"a"', '"m-a"')]);
    server.child.kill("SIGTERM");
    await server.ended;
    const why = await space.nexus(["why", response.headers.get("x-nexus-request-id") ?? "", "--json"]);
    expect(JSON.parse(why.stdout)).toMatchObject({
      door: "openai-embeddings",
      usage: { input_tokens: 5, output_tokens: 0, estimated: false },
    });
  });

  it("fails over to another backend of the same model", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend()];
    const server = await serve(
      await failoverWorkspace({ a: { ...a, ...ONE_MODEL }, b: { ...b, ...ONE_MODEL } }),
    );
    const response = await embed(server, "lb");
    expect(response.status).toBe(200);
    expect(response.headers.get("x-nexus-chain")).toMatch(/^a: failed \(503 .*\) -> b: success$/);
    expect(response.headers.get("x-nexus-route-reason")).toBe("backend-failover");
  });

  it("a profile of several models is refused with their names: their vectors do not mix", async () => {
    const [a, b] = [await backend(), await backend()];
    const response = await embed(await serve(await failoverWorkspace({ a, b })), "lb");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "mixed_models", param: "model", message: expect.stringContaining("(m-a, m-b)") },
    });
    expect([...a.requests, ...b.requests].filter(({ method }) => method === "POST")).toEqual([]);
  });

  it("a bare model never falls back to the models of its chain", async () => {
    const [a, b] = [
      await backend({ models: ["first"], steps: ["503"] }),
      await backend({ models: ["second"] }),
    ];
    const space = await failoverWorkspace({ a, b });
    await space.config({
      backends: { a: { type: "generic", url: a.url }, b: { type: "generic", url: b.url } },
      fallbacks: { first: ["second"] },
    });
    const response = await embed(await serve(space), "first");
    expect(response.status).toBe(503);
    expect(response.headers.get("x-nexus-chain")).toContain("second@b: another model (skipped)");
    expect(vectorsAsked(b)).toEqual([]);
  });

  it("backends of a type without embeddings are passed over", async () => {
    const [a, b] = [await backend(), await backend()];
    const server = await serve(
      await failoverWorkspace({
        a: { ...a, ...ONE_MODEL, record: { type: "exo" } },
        b: { ...b, ...ONE_MODEL },
      }),
    );
    const response = await embed(server, "lb");
    expect(response.headers.get("x-nexus-chain")).toBe("a: no embeddings (skipped) -> b: success");
    const refused = await embed(server, "a");
    expect(await actionable(refused)).toMatchObject({
      code: "no_capable_backend",
      context: { available_backends: [] },
    });
  });

  it("an answer without vectors is none, and what is no request is sent back", async () => {
    const chatting =
      (body: string) =>
      async ({ response }: { response: { end(body: string): void } }) =>
        void response.end(body);
    const a = await backend({
      steps: [
        chatting('{"object":"list","data":[]}'),
        chatting('{"error":{"message":"busy","type":"rate_limit_error"}}'),
      ],
    });
    const server = await serve(await failoverWorkspace({ a }));
    const response = await embed(server, "a");
    expect([response.status, await response.json()]).toEqual([
      502,
      expect.objectContaining({ error: expect.objectContaining({ code: "upstream_malformed" }) }),
    ]);
    expect((await embed(server, "a")).status).toBe(429);
    for (const input of [undefined, 7, [], {}, ["x", 1], [[]]]) {
      expect((await embed(server, "a", { input })).status).toBe(400);
    }
    expect(vectorsAsked(a)).toHaveLength(2);
  });

  it("A001-06 A001-36 X-06 what vectors cost is in the header, the log, the figures and the history", async () => {
    const a = await backend({ answer: { usage: { input: 2_000, output: 0 } } });
    const space = await workspace();
    await space.config({
      backends: { far: { type: "openai", url: a.url, api_key_env: "KEY", models: ["vectors"] } },
      pricing: { far: { vectors: { input_per_1k: 0.02, output_per_1k: 0 } } },
    });
    const server = await serve(space, [], { env: { KEY: "sk-a" } });
    const response = await embed(server, "vectors");
    expect(response.headers.get("x-nexus-cost-estimated")).toBe("0.0400");
    expect(response.headers.get("x-nexus-backend-type")).toBe("cloud");
    await server.until("stderr", /"route_reason"/);
    expect(server.log()).toMatchObject([{ path: "/v1/embeddings", backend: "far", cost_usd: 0.04 }]);
    const metrics = (await (await fetch(`${server.url}/metrics`)).text()).split("\n");
    expect(metrics).toEqual(
      expect.arrayContaining([
        'nexus_requests_total{model="vectors",backend="far",status="200"} 1',
        'nexus_attempts_total{backend="far",outcome="success"} 1',
        'nexus_tokens_total{backend="far",model="vectors",direction="input"} 2000',
        'nexus_cost_usd_total{backend="far",model="vectors"} 0.04',
      ]),
    );
    server.child.kill("SIGTERM");
    await server.ended;
    const why = JSON.parse((await space.nexus(["why", "last", "--json"])).stdout);
    expect(why).toMatchObject({ cost_usd: 0.04, usage: { input_tokens: 2_000, output_tokens: 0 } });
  });

  it("A002-04 A002-10 a backend that keeps failing is left alone, for vectors and chats alike", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend()];
    const server = await serve(
      await failoverWorkspace({ a: { ...a, ...ONE_MODEL }, b: { ...b, ...ONE_MODEL } }),
    );
    for (let failure = 0; failure < 3; failure += 1) expect((await embed(server, "lb")).status).toBe(200);
    const response = await embed(server, "lb");
    expect(response.headers.get("x-nexus-chain")).toBe("a: circuit open (skipped) -> b: success");
    expect(vectorsAsked(a)).toHaveLength(3);
    const chat = await server.chat({ model: "lb", messages: [{ role: "user", content: "x" }] });
    expect(chat.headers.get("x-nexus-chain")).toBe("a: circuit open (skipped) -> b: success");
    const metrics = (await (await fetch(`${server.url}/metrics`)).text()).split("\n");
    expect(metrics).toContain('nexus_breaker_state{backend="a",model="vectors"} 2');
  });

  it("the strictest of what is asked binds vectors too: nothing leaves the restricted zone", async () => {
    const far = await backend({ models: ["vectors"] });
    const space = await failoverWorkspace({ far: { ...far, ...ONE_MODEL, record: { zone: "open" } } });
    const server = await serve(space);
    const body = JSON.stringify({ model: "far", input: "x" });
    const headers = { "x-nexus-zone": "restricted" };
    const response = await fetch(`${server.url}/v1/embeddings`, { method: "POST", body, headers });
    expect(await actionable(response)).toMatchObject({ code: "privacy_constraint_violation" });
    expect(vectorsAsked(far)).toEqual([]);
  });
});

function embed({ url }: RunningServer, model: string, more: object = {}): Promise<Response> {
  const body = JSON.stringify({ model, input: "a text", ...more });
  return fetch(`${url}/v1/embeddings`, { method: "POST", body });
}

function vectorsAsked({ requests }: Mock): Mock["requests"] {
  return requests.filter(({ kind }) => kind === "embeddings");
}
