import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import type { DialectName } from "../../src/core/backend.ts";
import type { Answer } from "../../src/mock/answer.ts";
import { BACKENDS } from "../matrix/backends.ts";
import { askAnthropic as ask, saying as asking, VERSION } from "./support/anthropic.ts";
import { backend } from "./support/backends.ts";
import { readToCut } from "./support/read-to-cut.ts";
import { serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const KEY = "sk-ant-of-the-backend";
const env = { CLAUDE_KEY: KEY };
const TOOLS: Anthropic.Tool[] = [
  { name: "weather", input_schema: { type: "object", properties: { city: { type: "string" } } } },
];

/** A backend of a dialect that answers so, as profile and model `one`, and the server before it. */
async function over(dialect: DialectName, answer: Answer = {}) {
  const record = BACKENDS.find((row) => row.dialect === dialect)?.record;
  const one = await backend({ dialect, answer });
  const space = await failoverWorkspace({
    one: { url: one.url, record: { ...record, api_key_env: "CLAUDE_KEY" } },
  });
  return { one, server: await serve(space, [], { env }) };
}

/** What a client sees of a stream, up to where it was cut. */
async function streamed(response: Response) {
  const { text, cut } = await readToCut(response);
  const types = [...text.matchAll(/^event: (\S+)/gm)]
    .map(([, type]) => type)
    .filter((type) => type !== "ping");
  return { text, cut, types };
}

describe("the Anthropic door, same dialect in and out", () => {
  it.each([false, true])(
    "sends the caller's bytes on and the backend's back, with their versions (stream: %s)",
    async (stream) => {
      const { one, server } = await over("anthropic", { text: "Fine.", usage: { input: 11, output: 7 } });
      const body = `{ "model":"one","max_tokens":64, "stream":${stream},"x":12345678901234567890,"messages":[{"role":"user","content":[{"type":"of_the_future","a":1}]}]}`;
      const headers = {
        ...VERSION,
        "anthropic-beta": "a-2025-01-01,b",
        "x-api-key": "the client's",
        cookie: "c=1",
      };
      const response = await fetch(`${server.url}/v1/messages?beta=true`, { method: "POST", headers, body });
      const text = await response.text();
      expect(one.chats[0]).toMatchObject({ path: "/v1/messages", rawBody: body.replace('"one"', '"m-one"') });
      expect(one.chats[0]?.headers).toMatchObject({
        "x-api-key": KEY,
        "anthropic-beta": "a-2025-01-01,b",
        ...VERSION,
      });
      expect(one.chats[0]?.headers).not.toHaveProperty("cookie");
      expect(text).toContain("msg_mock_");
      expect(text).not.toContain("nexus");
      const told = Object.fromEntries(response.headers);
      expect(told).toMatchObject({
        "x-nexus-backend": "one",
        "x-nexus-backend-type": "cloud",
        "x-nexus-model": "m-one",
        "x-nexus-chain": stream ? "one: streaming" : "one: success",
        "content-type": stream ? "text/event-stream" : "application/json",
      });
      expect(told["request-id"]).toBe(told["x-nexus-request-id"]);
    },
  );

  it("an answer that breaks off ends with its own error event and a cut connection", async () => {
    const [a, b] = [await backend({ dialect: "anthropic", steps: ["cut-stream:after=2"] }), await backend()];
    const record = { type: "anthropic", api_key_env: "CLAUDE_KEY" };
    const server = await serve(await failoverWorkspace({ a: { url: a.url, record }, b }), [], { env });
    const { text, cut, types } = await streamed(await ask(server, asking("lb", { stream: true })));
    expect(cut).toBe(true);
    expect(types.at(-1)).toBe("error");
    expect(types).not.toContain("message_stop");
    expect(text).toMatch(
      /event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"[^"]+","code":"stream_truncated"\}\}\n\n$/,
    );
    expect(b.chats).toHaveLength(0);
  });
});

describe.each(BACKENDS.filter(({ dialect }) => dialect !== "anthropic"))(
  "the Anthropic door over $dialect",
  ({ dialect }) => {
    it("X-05 a tool loop, streamed", async () => {
      const { one, server } = await over(dialect, {
        text: "Let me look.",
        toolCalls: [
          { id: "call_a", name: "weather", arguments: '{"city":"Oslo"}' },
          { id: "call_b", name: "weather", arguments: '{"city":"Rome"}' },
        ],
        usage: { input: 11, output: 7 },
      });
      const { text, types } = await streamed(
        await ask(server, asking("one", { tools: TOOLS, stream: true })),
      );
      expect(types.filter((type) => type !== "content_block_delta")).toEqual([
        "message_start",
        ...Array.from({ length: 3 }, () => ["content_block_start", "content_block_stop"]).flat(),
        "message_delta",
        "message_stop",
      ]);
      expect(text).toContain('"stop_reason":"tool_use"');
      expect(text).toMatch(/"input_tokens":11,.*"output_tokens":7/);
      const ids = [...text.matchAll(/"type":"tool_use","id":"([^"]+)"/g)].map(([, id]) => id);
      const content = ids.map((id, at) => ({
        type: "tool_use",
        id,
        name: "weather",
        input: { city: `C${at}` },
      }));
      const results = ids.map((id, at) => ({
        type: "tool_result",
        tool_use_id: id,
        content: `RESULT-${at}`,
      }));
      const messages = [
        { role: "user", content: "Hello?" },
        { role: "assistant", content },
        { role: "user", content: [...results, { type: "text", text: "AND" }] },
      ];
      const second = await ask(server, { ...asking("one", { tools: TOOLS }), messages });
      expect(second.status).toBe(200);
      expect(await second.json()).toMatchObject({
        type: "message",
        role: "assistant",
        model: "m-one",
        stop_reason: "tool_use",
        content: [{ type: "text" }, { type: "tool_use", input: { city: "Oslo" } }, { type: "tool_use" }],
      });
      // Gemini takes nothing behind the results.
      expect(one.chats[1]?.rawBody).toMatch(/RESULT-0[\s\S]*RESULT-1/);
      expect(one.chats[1]?.rawBody).toContain("AND");
    });

    it("X-05 thinking, and why it stopped", async () => {
      const { server } = await over(dialect, { reasoning: "Hm.", text: "cut", finishReason: "length" });
      const thinking = { type: "enabled", budget_tokens: 1024 };
      const whole: unknown = await (await ask(server, asking("one", { thinking, max_tokens: 4096 }))).json();
      expect(whole).toMatchObject({
        content: [
          { type: "thinking", thinking: "Hm." },
          { type: "text", text: "cut" },
        ],
        stop_reason: "max_tokens",
      });
    });
  },
);

describe("the Anthropic door", () => {
  it("fails over from one dialect to another, and says what was left out", async () => {
    const [a, b] = [
      await backend({ dialect: "anthropic", steps: ["529"] }),
      await backend({ answer: "From b." }),
    ];
    const record = { type: "anthropic", api_key_env: "CLAUDE_KEY" };
    const server = await serve(await failoverWorkspace({ a: { url: a.url, record }, b }), [], { env });
    const context_management = { edits: [{ type: "clear_tool_uses_20250919" }] };
    const response = await ask(server, asking("lb", { context_management, system: "Be brief." }));
    expect(response.headers.get("x-nexus-dropped")).toBe("context_management");
    expect(response.headers.get("x-nexus-chain")).toMatch(/^a: failed \(529 .*\) -> b: success$/);
    expect(await response.json()).toMatchObject({ content: [{ type: "text", text: "From b." }] });
    expect(a.chats[0]?.body).toMatchObject({ context_management });
    expect(b.chats[0]?.body).toMatchObject({
      messages: [{ role: "system", content: "Be brief." }, { role: "user" }],
    });
  });

  it("X-05 a turn that another began goes on at Anthropic, which gets nothing that it would refuse", async () => {
    const weather = { id: "functions.weather:0", name: "weather", arguments: '{"city":"Oslo"}' };
    const [a, b] = [
      await backend({ answer: { reasoning: "Hm.", toolCalls: [weather] }, steps: ["ok", "503"] }),
      await backend({ dialect: "anthropic", answer: "Rain." }),
    ];
    const record = { type: "anthropic", api_key_env: "CLAUDE_KEY" };
    const server = await serve(await failoverWorkspace({ a, b: { url: b.url, record } }), [], { env });
    const said = {
      tools: TOOLS,
      max_tokens: 4096,
      thinking: { type: "enabled", budget_tokens: 1024 } as const,
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    };
    const client = new Anthropic({ baseURL: server.url, apiKey: "unused", maxRetries: 0 });
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Weather?" }];
    const first = await client.messages.stream({ model: "lb", ...said, messages }).finalMessage();
    expect(first.content.map(({ type }) => type)).toEqual(["thinking", "tool_use"]);
    const call = first.content.find((block) => block.type === "tool_use");
    expect(call?.id).toMatch(/^[a-zA-Z0-9_-]+$/);
    const results = [{ type: "tool_result" as const, tool_use_id: call?.id ?? "", content: "wet" }];
    const again = [
      ...messages,
      { role: "assistant" as const, content: first.content },
      { role: "user" as const, content: results },
    ];
    const second = await client.messages.stream({ model: "lb", ...said, messages: again }).finalMessage();
    expect(second.content).toMatchObject([{ type: "text", text: "Rain." }]);
    expect(a.chats[1]?.rawBody).toContain('"tool_call_id":"functions.weather:0"');
    expect(b.chats[0]?.rawBody).not.toContain('"nexus:');
    expect(b.chats[0]?.body).toMatchObject({
      thinking: { type: "disabled" },
      context_management: { edits: [] },
      messages: [
        { role: "user" },
        { role: "assistant", content: [{ type: "tool_use", id: call?.id }] },
        { role: "user", content: results },
      ],
    });
  });

  it("what Claude Code says in every request stops no model that never thinks", async () => {
    const one = await backend();
    const record = { type: "openai", api_key_env: "CLAUDE_KEY" };
    const space = await failoverWorkspace({ one: { url: one.url, record, model: "gpt-4o" } });
    const server = await serve(space, [], { env });
    const said = { thinking: { type: "enabled", budget_tokens: 31_999 }, max_tokens: 32_000, temperature: 1 };
    const response = await ask(server, asking("one", said));
    expect(response.status).toBe(200);
    expect(response.headers.get("x-nexus-dropped")?.split(", ").toSorted()).toEqual([
      "max_tokens",
      "reasoning_effort",
    ]);
    expect(one.chats[0]?.body).toMatchObject({ model: "gpt-4o", max_tokens: 16_384 });
    expect(one.chats[0]?.body).not.toHaveProperty("reasoning_effort");
  });

  it("422 names the tool that only Anthropic runs, and the backend that does not", async () => {
    const { one, server } = await over("openai-chat");
    const tools = [{ type: "web_search_20250305", name: "web_search" }];
    const response = await ask(server, asking("one", { tools }));
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining("tools[0]") },
      request_id: response.headers.get("request-id"),
    });
    expect(one.chats).toHaveLength(0);
  });

  it("errors are in Anthropic's shape: no model, no JSON, no route, no method", async () => {
    const { one, server } = await over("openai-chat");
    const post = (body: string) => fetch(`${server.url}/v1/messages`, { method: "POST", body });
    for (const [response, status, type] of [
      [await ask(server, asking("nope")), 404, "not_found_error"],
      [await post('{"model":'), 400, "invalid_request_error"],
      [await ask(server, asking("one"), { "x-nexus-zone": "moon" }), 400, "invalid_request_error"],
      [await ask(server, asking("one"), { path: "/v1/messages/batches" }), 404, "not_found_error"],
      [await fetch(`${server.url}/v1/messages`), 405, "invalid_request_error"],
      [await ask(server, asking("one"), { path: "/v1/complete" }), 404, "not_found_error"],
    ] as const) {
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ type: "error", error: { type, message: /\S/ } });
    }
    expect(one.chats).toHaveLength(0);
  });

  it("the access token comes as its clients send their keys, stays here, and without it nothing is read", async () => {
    const one = await backend({ dialect: "anthropic" });
    const space = await failoverWorkspace({
      one: { url: one.url, record: { type: "anthropic", api_key_env: "CLAUDE_KEY" } },
    });
    const server = await serve(space, ["--token-env", "OURS"], { env: { ...env, OURS: "our-token" } });
    const without = await ask(server, asking("one"));
    expect([without.status, await without.json()]).toMatchObject([
      401,
      { type: "error", error: { type: "authentication_error", message: /\S/ } },
    ]);
    for (const headers of [{ "x-api-key": "our-token" }, { authorization: "Bearer our-token" }]) {
      expect((await ask(server, asking("one"), headers)).status).toBe(200);
    }
    expect(one.chats).toHaveLength(2);
    for (const { headers } of one.chats) expect(JSON.stringify(headers)).not.toContain("our-token");
  });

  it("A001-26 nobody answers: what can be done about it stands in its context, and what waits says how long", async () => {
    const space = await failoverWorkspace({
      a: await backend({ steps: ["503"] }),
      b: await backend({ steps: ["500"] }),
      c: await backend({ steps: ["429:retry-after=30"] }),
    });
    await space.profile("two", {
      version: 1,
      type: "loadbalancer",
      policy: "failover",
      profiles: ["a", "b"],
    });
    const server = await serve(space);
    const nobody = await ask(server, asking("two"));
    expect(nobody.headers.get("x-should-retry")).toBe("false");
    expect([nobody.status, await nobody.json()]).toMatchObject([
      503,
      {
        type: "error",
        error: {
          type: "overloaded_error",
          code: "fallback_chain_exhausted",
          message: expect.stringMatching(/^All models in chain failed/),
          context: {
            required_tier: 0,
            available_backends: [{ name: "a" }, { name: "b" }],
            eta_seconds: null,
          },
        },
      },
    ]);
    const limited = await ask(server, asking("c"));
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "30"]);
    expect(await limited.json()).toMatchObject({ error: { type: "rate_limit_error" } });
  });

  it("C13 a body over the limit is 413 in its words", async () => {
    const one = await backend();
    const space = await failoverWorkspace({ one });
    await space.config({
      backends: { one: { type: "generic", url: one.url } },
      server: { max_body_bytes: 65_536 },
    });
    const server = await serve(space);
    const response = await ask(server, asking("one", { system: "x".repeat(65_536) }));
    expect([response.status, await response.json()]).toMatchObject([
      413,
      { error: { type: "request_too_large" } },
    ]);
    expect(one.chats).toHaveLength(0);
  });

  it("counts tokens without asking anybody for an answer", async () => {
    const { one, server } = await over("openai-chat");
    const path = "/v1/messages/count_tokens";
    const response = await ask(
      server,
      { model: "one", messages: [{ role: "user", content: "hello there" }] },
      { path },
    );
    expect(await response.json()).toEqual({ input_tokens: expect.any(Number) });
    const unknown = await ask(server, asking("nope"), { path });
    expect([unknown.status, await unknown.json()]).toMatchObject([
      404,
      { error: { type: "not_found_error" } },
    ]);
    expect(one.chats).toHaveLength(0);
  });

  it("lists models in the words of who asks", async () => {
    const { server } = await over("openai-chat");
    const list: unknown = await (await fetch(`${server.url}/v1/models`, { headers: VERSION })).json();
    const data = expect.arrayContaining([expect.objectContaining({ type: "model", id: "one" })]);
    expect(list).toMatchObject({ data, has_more: false, first_id: expect.any(String) });
    expect(await (await fetch(`${server.url}/v1/models/one`, { headers: VERSION })).json()).toMatchObject({
      type: "model",
      id: "one",
    });
    expect(await (await fetch(`${server.url}/v1/models`)).json()).toMatchObject({ object: "list" });
  });
});
