import { describe, expect, it } from "vitest";
import type { DialectName } from "../../src/core/backend.ts";
import type { MockOptions } from "../../src/mock/mock.ts";
import { BACKENDS } from "../matrix/backends.ts";
import { backend } from "./support/backends.ts";
import { readToCut } from "./support/read-to-cut.ts";
import { type RunningServer, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const ENV = { env: { DOOR_KEY: "sk-of-the-door" } };

/** A backend of a dialect, as a failover workspace takes it. */
async function speaking(dialect: DialectName, options: MockOptions = {}) {
  const mock = await backend({ dialect, ...options });
  const record = BACKENDS.find((one) => one.dialect === dialect)?.record;
  return { mock, url: mock.url, record: { ...record, api_key_env: "DOOR_KEY" } };
}

async function serveOver(backends: Parameters<typeof failoverWorkspace>[0]): Promise<RunningServer> {
  return serve(await failoverWorkspace(backends), [], ENV);
}

function post(server: RunningServer, path: string, body: object | string): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${server.url}${path}`, { method: "POST", body: text });
}

const HI = [{ role: "user", content: "hi" }];

/** The lines of a stream, and whether its connection was cut. */
async function linesOf(response: Response) {
  const { text, cut } = await readToCut(response);
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { text, cut, lines, last: lines.at(-1) };
}

const TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
};

describe("the Ollama door", () => {
  it("streams unless told otherwise: the caller's bytes to an Ollama, and its lines back", async () => {
    const a = await speaking("ollama", { answer: { text: "Fine, thanks." } });
    const space = await failoverWorkspace({ a });
    const params = { temperature: 0.5, num_ctx: 4096, max_tokens: 50 };
    await space.profile("a", { version: 1, type: "model", backend: "a", model: "m-a", params });
    const server = await serve(space, [], ENV);
    const body =
      '{ "model":"a", "messages":[{"role":"user","content":"hi"}], "big":12345678901234567890, "options":{"num_predict":7}}';
    const response = await post(server, "/api/chat", body);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    expect(response.headers.get("x-nexus-chain")).toBe("a: streaming");
    expect(a.mock.chats[0]?.rawBody).toBe(
      '{ "model":"m-a", "messages":[{"role":"user","content":"hi"}], "big":12345678901234567890, "options":{"num_predict":7,"temperature":0.5,"num_ctx":4096}}',
    );
    const { lines, last, cut } = await linesOf(response);
    expect(cut).toBe(false);
    expect(lines.map(({ message }) => message.content).join("")).toBe("Fine, thanks.");
    expect(last).toMatchObject({ done: true, done_reason: "stop", load_duration: 1_000_000 });
  });

  it.each(BACKENDS)("X-05 a tool loop over $dialect, streamed and not", async ({ dialect }) => {
    const call = { name: "get_weather", arguments: '{"city":"Oslo"}' };
    const a = await speaking(dialect, { answer: { toolCalls: [call], usage: { input: 11, output: 7 } } });
    const server = await serveOver({ a });
    const asked = { model: "a", messages: HI, tools: [TOOL] };
    const { message, ...first } = JSON.parse(
      await (await post(server, "/api/chat", { ...asked, stream: false })).text(),
    );
    expect(message.tool_calls).toMatchObject([
      { function: { name: "get_weather", arguments: { city: "Oslo" } } },
    ]);
    expect(first).toMatchObject({ done: true, done_reason: "stop", prompt_eval_count: 11, eval_count: 7 });
    expect(first.total_duration).toBeGreaterThan(0);

    const { lines, last } = await linesOf(await post(server, "/api/chat", asked));
    expect(lines.flatMap((line) => line.message.tool_calls ?? [])).toMatchObject([
      { function: { name: "get_weather", arguments: { city: "Oslo" } } },
    ]);
    expect(last).toMatchObject({ done: true, prompt_eval_count: 11 });

    const result = { role: "tool", tool_name: "get_weather", content: "RESULT-7" };
    const next = await post(server, "/api/chat", { ...asked, messages: [...HI, message, result] });
    expect(next.status).toBe(200);
    expect(a.mock.chats.at(-1)?.rawBody).toMatch(/get_weather[\s\S]*RESULT-7/);
  });

  it.each(["ollama", "openai-chat", "anthropic"] as const)("generates over %s", async (dialect) => {
    const a = await speaking(dialect, { answer: { text: "Fine." } });
    const server = await serveOver({ a });
    const asked = { model: "a", prompt: "PROMPT-1", system: "SYSTEM-1", options: { num_predict: 77 } };
    const whole = JSON.parse(await (await post(server, "/api/generate", { ...asked, stream: false })).text());
    expect(whole).toMatchObject({ model: "m-a", response: "Fine.", done: true });
    expect(a.mock.chats[0]?.rawBody).toMatch(/PROMPT-1/);
    expect(a.mock.chats[0]?.rawBody).toMatch(/SYSTEM-1/);
    expect(a.mock.chats[0]?.rawBody).toMatch(/77/);
    const { lines, last } = await linesOf(await post(server, "/api/generate", asked));
    expect(lines.map((line) => line.response).join("")).toBe("Fine.");
    expect(last.done).toBe(true);
  });

  it("without anything to say only loads, and asks nobody", async () => {
    const a = await speaking("ollama");
    const server = await serveOver({ a });
    const chat = await post(server, "/api/chat", { model: "a", messages: [] });
    expect(await chat.json()).toMatchObject({
      model: "m-a",
      message: { role: "assistant", content: "" },
      done: true,
      done_reason: "load",
    });
    const generate = await post(server, "/api/generate", { model: "a", keep_alive: 0 });
    expect(await generate.json()).toMatchObject({ response: "", done: true, done_reason: "unload" });
    expect((await post(server, "/api/generate", { model: "nope" })).status).toBe(404);
    expect(a.mock.chats).toHaveLength(0);
  });

  it("FB03 fails over from one language to another, and says so in headers before the stream", async () => {
    const a = await speaking("ollama", { steps: ["503"] });
    const b = await speaking("gemini", { answer: { text: "From b." } });
    const server = await serveOver({ a, b });
    const response = await post(server, "/api/chat", { model: "lb", messages: HI });
    expect(response.headers.get("x-nexus-chain")).toMatch(/^a: failed \(503 .*\) -> b: streaming$/);
    expect(response.headers.get("x-nexus-fallback-model")).toBe("m-b");
    const { lines } = await linesOf(response);
    expect(lines.map(({ message }) => message.content).join("")).toBe("From b.");
  });

  it.each(["ollama", "openai-chat"] as const)(
    "A001-33 an answer of %s that breaks off ends in a line that says so, and a cut connection",
    async (dialect) => {
      const a = await speaking(dialect, { steps: ["cut-stream:after=2"] });
      const server = await serveOver({ a });
      const { cut, lines, last } = await linesOf(
        await post(server, "/api/chat", { model: "a", messages: HI }),
      );
      expect(cut).toBe(true);
      expect(last).toEqual({ error: expect.stringContaining("broke off") });
      expect(lines.some(({ done }) => done === true)).toBe(false);
    },
  );

  it("errors are a text, with the status that tells what to do", async () => {
    const a = await speaking("openai-chat", { steps: ["429:retry-after=30"] });
    const server = await serveOver({ a });
    const limited = await post(server, "/api/chat", { model: "a", messages: HI });
    expect([
      limited.status,
      limited.headers.get("retry-after"),
      limited.headers.get("x-should-retry"),
    ]).toEqual([429, "30", "false"]);
    expect(await limited.json()).toMatchObject({ error: expect.any(String), code: "rate_limit_exceeded" });
    const unknown = await post(server, "/api/chat", { model: "nope", messages: HI });
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: "model_not_found" }]);
    const broken = await post(server, "/api/chat", '{"model":');
    expect([broken.status, await broken.json()]).toMatchObject([
      400,
      { error: expect.stringContaining("not valid JSON"), code: "invalid_json" },
    ]);
    const wrong = await fetch(`${server.url}/api/chat`);
    expect([wrong.status, wrong.headers.get("allow"), await wrong.json()]).toMatchObject([
      405,
      "POST",
      { error: expect.any(String) },
    ]);
  });

  it("C6 C13 C17 C22 C67 what is no request is refused in Ollama's words, and nothing is sent", async () => {
    const a = await speaking("ollama");
    const space = await failoverWorkspace({ a });
    await space.config({
      backends: { a: { ...a.record, url: a.url } },
      server: { max_body_bytes: 1_024 },
    });
    const server = await serve(space, [], ENV);
    const at = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/api/chat`, { method: "POST", body, headers });
    const fine = JSON.stringify({ model: "a", messages: HI });
    for (const [status, response] of [
      [400, await at("[]")],
      [400, await at('{"model":"a","model":"b","messages":[]}')],
      [400, await at(fine, { "x-nexus-zone": "nowhere" })],
      [
        413,
        await at(JSON.stringify({ model: "a", messages: [{ role: "user", content: "x".repeat(2_000) }] })),
      ],
      [415, await at(fine, { "content-encoding": "gzip" })],
      [403, await at(fine, { origin: "https://example.org" })],
    ] as const) {
      expect([response.status, await response.json()]).toMatchObject([status, { error: expect.any(String) }]);
      expect(response.headers.get("x-nexus-request-id")).toMatch(/^req_/);
    }
    expect(a.mock.chats).toHaveLength(0);
  });

  it("lists, shows and says what clients look for before they ask", async () => {
    const a = await speaking("ollama", { models: ["m-a"] });
    const server = await serveOver({ a });
    const get = async (path: string) => (await fetch(`${server.url}${path}`)).json();
    expect(await get("/api/tags")).toMatchObject({
      models: expect.arrayContaining([expect.objectContaining({ name: "a", model: "a" })]),
    });
    expect(await get("/api/version")).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(await get("/api/ps")).toEqual({ models: [] });
    const show = await post(server, "/api/show", { model: "a" });
    expect(await show.json()).toMatchObject({ capabilities: expect.arrayContaining(["completion"]) });
    expect((await post(server, "/api/show", { name: "nope" })).status).toBe(404);
    expect((await post(server, "/api/show", {})).status).toBe(400);
    const root = await fetch(server.url);
    expect([root.status, await root.text()]).toEqual([200, "nexus is running"]);
  });
});
