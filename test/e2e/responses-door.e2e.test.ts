import { describe, expect, it } from "vitest";
import type { DialectName } from "../../src/core/backend.ts";
import { isObject } from "../../src/core/json.ts";
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

function ask(server: RunningServer, body: object | string, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${server.url}/v1/responses`, { method: "POST", body: text, headers });
}

/** The events of a stream, and whether its connection was cut. */
async function eventsOf(response: Response) {
  const { text, cut } = await readToCut(response);
  const events = text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block): Record<string, unknown> => JSON.parse(block.slice(block.indexOf("data: ") + 6)));
  return { text, cut, events, types: events.map(({ type }) => type) };
}

const TOOL = {
  type: "function",
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
};
const QUESTION = { role: "user", content: [{ type: "input_text", text: "Weather in Oslo?" }] };

describe("the Responses door", () => {
  it("tells what of a profile its backend has no place for, though the caller's own bytes go there", async () => {
    const a = await speaking("openai-responses");
    const space = await failoverWorkspace({ a });
    const profile = { version: 1, type: "model", backend: "a", model: "m-a" };
    await space.profile("a", { ...profile, params: { seed: 7 } });
    await space.profile("stopping", { ...profile, params: { stop: ["END"] } });
    const server = await serve(space, [], ENV);
    const dropped = await ask(server, { model: "a", input: "x" });
    expect(dropped.status).toBe(200);
    expect(dropped.headers.get("x-nexus-dropped")).toBe("seed");
    const refused = await ask(server, { model: "stopping", input: "x" });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("stop");
  });

  it("sends the caller's bytes to a backend of the same dialect, and its bytes back", async () => {
    const a = await speaking("openai-responses", { answer: { text: "Fine." } });
    const space = await failoverWorkspace({ a });
    const params = { temperature: 0.5, reasoning_effort: "high", max_tokens: 50 };
    await space.profile("a", { version: 1, type: "model", backend: "a", model: "m-a", params });
    const server = await serve(space, [], ENV);
    const body =
      '{ "model":"a","max_output_tokens":77,"big":12345678901234567890, "reasoning":{"summary":"auto"},"input":"x"}';
    const response = await ask(server, body);
    expect(a.mock.chats[0]?.rawBody).toBe(
      '{ "model":"m-a","max_output_tokens":77,"big":12345678901234567890, "reasoning":{"effort":"high","summary":"auto"},"input":"x","temperature":0.5}',
    );
    const direct = await fetch(`${a.url}/v1/responses`, {
      method: "POST",
      body: a.mock.chats[0]?.rawBody ?? "",
    });
    const shape = (text: string) => text.replace(/mock_\d+/g, "mock").replace(/"created_at":\d+/, "");
    expect(shape(await response.text())).toBe(shape(await direct.text()));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-nexus-backend": "a",
      "x-nexus-model": "m-a",
      "x-nexus-chain": "a: success",
    });
  });

  it("a stream of the same dialect passes as it is", async () => {
    const a = await speaking("openai-responses", { answer: { text: "Fine.", reasoning: "Hm." } });
    const server = await serveOver({ a });
    const response = await ask(server, { model: "a", input: "x", stream: true });
    const { text, types } = await eventsOf(response);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(types.at(-1)).toBe("response.completed");
    expect(text).toContain("resp_mock_");
  });

  it.each(BACKENDS)("X-05 a tool loop over $dialect, streamed and not", async ({ dialect }) => {
    const call = { name: "get_weather", arguments: '{"city":"Oslo"}' };
    const a = await speaking(dialect, { answer: { toolCalls: [call] } });
    const server = await serveOver({ a });
    const first = await ask(server, { model: "a", input: [QUESTION], tools: [TOOL] });
    const { output, status } = JSON.parse(await first.text());
    expect(status).toBe("completed");
    expect(output).toMatchObject([{ type: "function_call", name: "get_weather", arguments: call.arguments }]);

    const streamed = await eventsOf(
      await ask(server, { model: "a", input: [QUESTION], tools: [TOOL], stream: true }),
    );
    const done = streamed.events.find((event) => event["type"] === "response.output_item.done");
    expect(done?.["item"]).toMatchObject({ type: "function_call", arguments: call.arguments });

    const result = { type: "function_call_output", call_id: output[0].call_id, output: "RESULT-7" };
    const next = await ask(server, { model: "a", input: [QUESTION, ...output, result], tools: [TOOL] });
    expect(next.status).toBe(200);
    expect(a.mock.chats.at(-1)?.rawBody).toMatch(/Weather in Oslo[\s\S]*get_weather[\s\S]*RESULT-7/);
  });

  it("tells every step of an answer, numbered, and the whole at its end", async () => {
    const a = await speaking("anthropic", {
      answer: { reasoning: "Hm.", text: "Fine.", usage: { input: 11, output: 7 } },
    });
    const server = await serveOver({ a });
    const { events, types, cut } = await eventsOf(
      await ask(server, { model: "a", input: "x", stream: true }),
    );
    expect(cut).toBe(false);
    expect(events.map((event) => event["sequence_number"])).toEqual(events.map((_, at) => at));
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.reasoning_summary_part.added",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done",
      "response.reasoning_summary_part.done",
      "response.output_item.done",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events.at(-1)?.["response"]).toMatchObject({
      object: "response",
      status: "completed",
      model: "m-a",
      output: [{ type: "reasoning", summary: [{ text: "Hm." }] }, { content: [{ text: "Fine." }] }],
      usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 },
    });
  });

  it("gives back what another dialect proved, and that dialect alone is sent it", async () => {
    const a = await speaking("anthropic", { answer: { reasoning: "Hm.", text: "Fine." } });
    const b = await speaking("openai-responses");
    const server = await serveOver({ a, b });
    const { output } = JSON.parse(await (await ask(server, { model: "a", input: "x" })).text());
    expect(output[0]).toMatchObject({
      type: "reasoning",
      encrypted_content: expect.stringMatching(/^nexus:/),
    });
    const input = [{ role: "user", content: "x" }, ...output, { role: "user", content: "y" }];
    await ask(server, { model: "a", input });
    expect(a.mock.chats.at(-1)?.rawBody).toContain('"type":"thinking","thinking":"Hm.","signature"');
    const other = await ask(server, { model: "b", input });
    expect(other.status).toBe(200);
    expect(b.mock.chats.at(-1)?.rawBody).not.toContain("nexus:");
    expect(b.mock.chats.at(-1)?.rawBody).toContain("Fine.");
  });

  it("FB03 fails over from one language to another, and says so in headers before the stream", async () => {
    const a = await speaking("openai-responses", { steps: ["503"] });
    const b = await speaking("gemini", { answer: { text: "From b." } });
    const server = await serveOver({ a, b });
    const response = await ask(server, { model: "lb", input: "x", stream: true });
    expect(response.headers.get("x-nexus-chain")).toMatch(/^a: failed \(503 .*\) -> b: streaming$/);
    expect(response.headers.get("x-nexus-fallback-model")).toBe("m-b");
    expect((await eventsOf(response)).text).toContain("From ");
  });

  it.each(["openai-responses", "openai-chat"] as const)(
    "A001-33 an answer of %s that breaks off ends in response.failed, an error, and a cut connection",
    async (dialect) => {
      const a = await speaking(dialect, { steps: ["cut-stream:after=2"] });
      const server = await serveOver({ a });
      const { cut, events, types } = await eventsOf(
        await ask(server, { model: "a", input: "x", stream: true }),
      );
      expect(cut).toBe(true);
      expect(types.slice(-2)).toEqual(["response.failed", "error"]);
      expect(types).not.toContain("response.completed");
      expect(events.at(-1)).toMatchObject({ code: "stream_truncated", error: { type: "upstream_error" } });
      expect(events.at(-2)?.["response"]).toMatchObject({ status: "failed" });
    },
  );

  it("what needs something to be kept is 400 that says what to send instead, and nothing is sent", async () => {
    const a = await speaking("openai-responses");
    const server = await serveOver({ a });
    for (const [field, value] of [
      ["previous_response_id", "resp_1"],
      ["conversation", "conv_1"],
      ["background", true],
    ] as const) {
      const response = await ask(server, { model: "a", input: "x", [field]: value });
      const body: unknown = await response.json();
      expect(response.status).toBe(400);
      expect(body).toMatchObject({
        error: { type: "invalid_request_error", code: "stateless", param: field },
      });
      expect(isObject(body) && JSON.stringify(body)).toMatch(/send the whole conversation|ask without it/);
    }
    expect(a.mock.chats).toHaveLength(0);
  });

  it("leaves out and names the tools that agents offer always, and refuses those somebody counts on", async () => {
    const a = await speaking("openai-chat");
    const server = await serveOver({ a });
    const codex = {
      model: "a",
      instructions: "You are an agent.",
      input: [
        { type: "message", role: "developer", content: [{ type: "input_text", text: "be brief" }] },
        QUESTION,
      ],
      tools: [
        TOOL,
        { type: "web_search" },
        { type: "custom", name: "apply_patch", format: { type: "grammar" } },
      ],
      tool_choice: "auto",
      parallel_tool_calls: false,
      reasoning: { effort: "medium", summary: "auto" },
      store: false,
      stream: false,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "k",
      client_metadata: { a: "b" },
    };
    const response = await ask(server, codex);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-nexus-dropped")?.split(", ").sort()).toEqual([
      "client_metadata",
      "prompt_cache_key",
      "tools.web_search",
    ]);
    const refused = await ask(server, { ...codex, tools: [{ type: "file_search" }] });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ error: { code: "unsupported_feature" } });
  });

  it("errors have OpenAI's shape and a status that its SDK knows", async () => {
    const a = await speaking("openai-chat", { steps: ["429:retry-after=30"] });
    const server = await serveOver({ a });
    const limited = await ask(server, { model: "a", input: "x" });
    expect([
      limited.status,
      limited.headers.get("retry-after"),
      limited.headers.get("x-should-retry"),
    ]).toEqual([429, "30", "false"]);
    expect(await limited.json()).toMatchObject({ error: { code: "rate_limit_exceeded", param: null } });
    const unknown = await ask(server, { model: "nope", input: "x" });
    expect([unknown.status, await unknown.json()]).toMatchObject([
      404,
      { error: { code: "model_not_found" } },
    ]);
    const wrong = await fetch(`${server.url}/v1/responses`);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("C6 C13 C17 C22 C67 what is no request is refused in OpenAI's words, and nothing is sent", async () => {
    const a = await speaking("openai-responses");
    const space = await failoverWorkspace({ a });
    await space.config({
      backends: { a: { ...a.record, url: a.url } },
      server: { max_body_bytes: 1_024 },
    });
    const server = await serve(space, [], ENV);
    const fine = JSON.stringify({ model: "a", input: "x" });
    for (const [status, response] of [
      [400, await ask(server, "[]")],
      [400, await ask(server, '{"model":"a","model":"b","input":"x"}')],
      [400, await ask(server, fine, { "x-nexus-zone": "nowhere" })],
      [413, await ask(server, { model: "a", input: "x".repeat(2_000) })],
      [415, await ask(server, fine, { "content-encoding": "gzip" })],
      [403, await ask(server, fine, { origin: "https://example.org" })],
    ] as const) {
      const told = { error: { message: expect.any(String), code: expect.any(String) } };
      expect([response.status, await response.json()]).toMatchObject([status, told]);
      expect(response.headers.get("x-nexus-request-id")).toMatch(/^req_/);
    }
    expect(a.mock.chats).toHaveLength(0);
  });
});
