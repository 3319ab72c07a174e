import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import type { Mock } from "../../src/mock/mock.ts";
import { backend } from "./support/backends.ts";
import { type RunningServer, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

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
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: "no_capable_backend" } });
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
});

function embed({ url }: RunningServer, model: string, more: object = {}): Promise<Response> {
  const body = JSON.stringify({ model, input: "a text", ...more });
  return fetch(`${url}/v1/embeddings`, { method: "POST", body });
}

function vectorsAsked({ requests }: Mock): Mock["requests"] {
  return requests.filter(({ kind }) => kind === "embeddings");
}
