import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { actionable } from "./support/actionable.ts";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace, workspace } from "./support/workspace.ts";

describe("nexus serve", () => {
  it("A001-07 A001-14 X-02 answers with the backend's own bytes, and tells in headers who gave them", async () => {
    const a = await backend({ answer: "Fine." });
    const server = await serve(await failoverWorkspace({ a }));
    const response = await server.chat(asking("a"));
    expect(response.status).toBe(200);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      "x-nexus-backend": "a",
      "x-nexus-backend-type": "local",
      "x-nexus-route-reason": "capability-match",
      "x-nexus-privacy-zone": "restricted",
      "x-nexus-model": "m-a",
      "x-nexus-chain": "a: success",
    });
    expect(headers["x-nexus-request-id"]).toMatch(/^req_[0-9a-f]{24}$/);
    expect(headers).not.toHaveProperty("x-nexus-cost-estimated");
    expect(headers).not.toHaveProperty("x-nexus-fallback-model");
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-mock-/),
      object: "chat.completion",
      choices: [{ message: { content: "Fine." }, finish_reason: "stop" }],
    });
  });

  it("A000-07 A000-11 A001-11 A001-13 A002-20 a stream after a failover: true headers before the first byte", async () => {
    const [a, b] = [await backend({ steps: ["503"] }), await backend({ answer: "From b." })];
    const server = await serve(await failoverWorkspace({ a, b }));
    const response = await server.chat(asking("lb", { stream: true }));
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("x-nexus-chain")).toMatch(/^a: failed \(503 .*\) -> b: streaming$/);
    expect(response.headers.get("x-nexus-fallback-model")).toBe("m-b");
    expect(response.headers.get("x-nexus-route-reason")).toBe("backend-failover");
    const text = await response.text();
    expect(text.match(/"content":"([^"]*)"/g)?.join("")).toContain("From ");
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect([a.chats.length, b.chats.length]).toEqual([1, 1]);
  });

  it("sends the caller's bytes on with only the model replaced, and the profile's parameters added", async () => {
    const a = await backend();
    const space = await failoverWorkspace({ a });
    await space.profile("a", {
      version: 1,
      type: "model",
      backend: "a",
      model: "m-a",
      params: { temperature: 0.5, seed: 1 },
    });
    const server = await serve(space);
    const body =
      '{ "model":"a","seed":12345678901234567890, "messages":[{"role":"user","content":"x"}],"unknown":{"b":1}}';
    const response = await fetch(`${server.url}/v1/chat/completions`, { method: "POST", body });
    expect(response.status).toBe(200);
    expect(a.chats[0]?.rawBody).toBe(
      '{ "model":"m-a","seed":12345678901234567890, "messages":[{"role":"user","content":"x"}],"unknown":{"b":1},"temperature":0.5}',
    );
  });

  it("A001-33 A003-16 a stream that breaks off ends with an error event and a cut connection, and nothing is retried", async () => {
    const [a, b] = [await backend({ steps: ["cut-stream:after=2"] }), await backend()];
    const server = await serve(await failoverWorkspace({ a, b }));
    const response = await server.chat(asking("lb", { stream: true }));
    let text = "";
    const decoder = new TextDecoder();
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    })();
    await expect(reading).rejects.toThrow();
    expect(text).toContain('"code":"stream_truncated"');
    expect(text).not.toContain("[DONE]");
    expect(b.chats).toHaveLength(0);
  });

  it("A001-26 A002-18 nobody answers: the status says why, and whom to ask again when", async () => {
    const space = await failoverWorkspace({
      a: await backend({ steps: ["500"] }),
      b: await backend({ steps: ["503"] }),
    });
    const server = await serve(space);
    const response = await server.chat(asking("lb"));
    expect(response.headers.get("x-nexus-chain")).toMatch(/^a: failed \(500 .*\) -> b: failed \(503 /);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await actionable(response)).toMatchObject({
      code: "fallback_chain_exhausted",
      message: expect.stringMatching(/^All models in chain failed: /),
      context: {
        available_backends: [
          { name: "a", status: "unhealthy", zone: "restricted", tier: 1 },
          { name: "b", status: "unhealthy", zone: "restricted", tier: 1 },
        ],
        eta_seconds: null,
      },
    });
  });

  it("A001-34 all are rate limited: 429 with the shortest wait, at once", async () => {
    const space = await failoverWorkspace({
      a: await backend({ steps: ["429:retry-after=60"] }),
      b: await backend({ steps: ["429:retry-after=30"] }),
    });
    const server = await serve(space);
    const response = await server.chat(asking("lb"));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "30"]);
  });

  it("a name nobody knows is 404 at once, and what is no request 400, with nothing sent", async () => {
    const a = await backend();
    const server = await serve(await failoverWorkspace({ a }));
    expect((await server.chat(asking("nope"))).status).toBe(404);
    const broken = await fetch(`${server.url}/v1/chat/completions`, { method: "POST", body: '{"model":' });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ error: { code: "invalid_json" } });
    expect((await server.chat(asking("a"), { "x-nexus-zone": "private" })).status).toBe(400);
    expect(a.chats).toHaveLength(0);
  });

  it("A001-12 a restricted request never leaves restricted backends", async () => {
    const [near, far] = [await backend({ steps: ["503"] }), await backend()];
    const space = await failoverWorkspace({ near, far: { ...far, record: { zone: "open" } } });
    const server = await serve(space);
    const response = await server.chat(asking("lb"), { "x-nexus-zone": "restricted" });
    expect(response.status).toBe(503);
    expect(far.chats).toHaveLength(0);
  });

  it("lists profiles and models, one of them by name, and says that it is there", async () => {
    const a = await backend({ models: ["m-a"] });
    const server = await serve(await failoverWorkspace({ a }));
    const list = await (await fetch(`${server.url}/v1/models`)).json();
    expect(list).toMatchObject({ object: "list" });
    const one = await fetch(`${server.url}/v1/models/m-a`);
    expect(await one.json()).toMatchObject({ id: "m-a", object: "model", owned_by: "a" });
    expect((await fetch(`${server.url}/v1/models/nope`)).status).toBe(404);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    expect((await fetch(server.url, { method: "HEAD" })).status).toBe(200);
  });

  it("a client that goes away takes the request to the backend with it", async () => {
    const a = await backend({ steps: ["timeout"] });
    const server = await serve(await failoverWorkspace({ a }));
    const leaving = new AbortController();
    const asked = fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify(asking("a")),
      signal: leaving.signal,
    });
    await a.nextRequest();
    leaving.abort();
    await expect(asked).rejects.toThrow();
    expect((await a.ended()).aborted).toBe(true);
    await server.until("stderr", /"client_gone":true/);
  });

  it("A000-12 A001-31 each request is one line of the log, a fallback a warning", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["503"] }), b: await backend() });
    const server = await serve(space);
    await (await server.chat(asking("lb"))).text();
    await server.until("stderr", /\n$/);
    expect(server.log()).toEqual([
      expect.objectContaining({
        level: "warn",
        status: 200,
        requested_model: "m-a",
        model: "m-b",
        backend: "b",
        route_reason: "backend-failover",
        cost_usd: null,
        fallback_used: true,
      }),
    ]);
    server.child.kill("SIGTERM");
    await server.ended;
    const why = await space.nexus(["why", "last", "--json"]);
    expect(JSON.parse(why.stdout)).toMatchObject({ backend: "b", route_reason: "backend-failover" });
    expect((await space.nexus(["why"])).stdout).toContain("answered by m-b @ b (local, backend-failover)");
  });

  it("what is refused is a line of the log with its code, and a probe is none", async () => {
    const server = await serve(await failoverWorkspace({ a: await backend() }));
    await fetch(`${server.url}/health`);
    await fetch(`${server.url}/metrics`);
    await (await fetch(`${server.url}/nowhere`)).text();
    await (await server.chat(asking("nope"))).text();
    await server.until("stderr", /"model_not_found"/);
    expect(server.log()).toMatchObject([
      { status: 404, path: "/nowhere", error: "unknown_route", client_gone: false },
      { status: 404, path: "/v1/chat/completions", error: "model_not_found" },
    ]);
  });

  it("--debug tells each attempt as it happens, with the request it belongs to", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["503"] }), b: await backend() });
    const server = await serve(space, ["--debug"]);
    const response = await server.chat(asking("lb"));
    await response.text();
    await server.until("stderr", /"level":"warn"/);
    const request_id = response.headers.get("x-nexus-request-id");
    expect(server.log()).toMatchObject([
      { level: "debug", request_id, message: "debug: attempt 1: a (m-a @ a), selected" },
      { level: "debug", request_id, message: expect.stringMatching(/^debug: a: failed \(503 /) },
      { level: "debug", request_id, message: "debug: attempt 2: b (m-b @ b), failover from a" },
      { level: "debug", request_id, message: expect.stringMatching(/^debug: b: success after /) },
      { level: "warn", request_id },
    ]);
  });

  it("X-06 A002-25 every request is in the history, streamed ones too", async () => {
    const space = await failoverWorkspace({ a: await backend({ steps: ["503"] }), b: await backend() });
    const server = await serve(space);
    await (await server.chat(asking("b"))).text();
    await (await server.chat(asking("lb", { stream: true }))).text();
    server.child.kill("SIGTERM");
    await server.ended;
    const stats = JSON.parse((await space.nexus(["stats", "--json"])).stdout);
    expect(stats).toMatchObject({ total: { requests: 2, answered: 2 } });
    const last = JSON.parse((await space.nexus(["why", "last", "--json"])).stdout);
    expect(last).toMatchObject({
      profile: "lb",
      chain_log: [expect.stringMatching(/^a: failed/), "b: success"],
    });
  });

  it("SIGTERM lets what runs end, takes nothing new, and exits with 0", async () => {
    const a = await backend({ answer: "A long answer. ".repeat(10), chunkDelayMs: 20 });
    const server = await serve(await failoverWorkspace({ a }));
    const response = await server.chat(asking("a", { stream: true }));
    server.child.kill("SIGTERM");
    expect((await response.text()).endsWith("data: [DONE]\n\n")).toBe(true);
    expect((await server.ended).code).toBe(0);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });

  it("does not listen where others can reach it without an access token", async () => {
    const space = await workspace();
    const open = await space.nexus(["serve", "--host", "0.0.0.0", "--port", "0"]);
    expect(open.code).toBe(3);
    expect(open.stderr).toContain("without an access token");
    const unset = await space.nexus(["serve", "--token-env", "NO_TOKEN", "--port", "0"]);
    expect([unset.code, unset.stderr]).toEqual([3, expect.stringContaining("NO_TOKEN")]);
  });

  it("C68 a request that was meant for another host is turned away", async () => {
    const server = await serve(await failoverWorkspace({ a: await backend() }));
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${server.url}/health`, { headers: { host: "evil.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(421);
  });
});
