import { describe, expect, it } from "vitest";
import { isObject } from "../../src/core/json.ts";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const RECORD = { type: "anthropic", api_key_env: "CLAUDE_KEY" };
const env = { CLAUDE_KEY: "sk-ant-made-up" };
const PARIS = { id: "call_1", name: "weather", arguments: '{"city":"Paris"}' };

describe("a backend that speaks Anthropic's dialect", () => {
  it.each([[[]], [["--no-stream"]]])("A001-19 A001-20 answers `nexus chat` %j", async (flags) => {
    const claude = await backend({
      dialect: "anthropic",
      apiKey: env.CLAUDE_KEY,
      answer: { text: "Fine, thanks.", usage: { input: 11, output: 7 } },
    });
    const space = await failoverWorkspace({ claude: { url: claude.url, record: RECORD } });
    const run = await space.nexus(["chat", "-p", "claude", "-s", "Be brief.", ...flags, "How are you?"], {
      env,
    });
    expect(run).toMatchObject({ code: 0, stdout: "Fine, thanks.\n" });
    expect(run.stderr).toContain("11 in, 7 out");
    expect(claude.chats[0]).toMatchObject({
      path: "/v1/messages",
      headers: { "x-api-key": env.CLAUDE_KEY, "anthropic-version": "2023-06-01" },
      body: { model: "m-claude", max_tokens: 4096, system: "Be brief." },
    });
  });

  it("A001-24 A001-25 answers at the OpenAI door, tool calls and all, after another one failed", async () => {
    const [dead, claude] = [
      await backend({ steps: ["503"] }),
      await backend({ dialect: "anthropic", answer: { toolCalls: [PARIS] } }),
    ];
    const space = await failoverWorkspace({
      dead: { url: dead.url },
      claude: { url: claude.url, record: RECORD },
    });
    const server = await serve(space, [], { env });
    const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
    const whole: unknown = await (await server.chat(asking("lb", { tools }))).json();
    const call = {
      id: "call_1",
      type: "function",
      function: { name: "weather", arguments: PARIS.arguments },
    };
    expect(whole).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { tool_calls: [call] }, finish_reason: "tool_calls" }],
    });
    const streamed = await (await server.chat(asking("lb", { tools, stream: true }))).text();
    expect(streamed).toContain('"finish_reason":"tool_calls"');
    expect(streamed).toMatch(/data: \[DONE\]\n\n$/);
    const history = [
      { role: "user", content: "Weather?" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "Rain" },
    ];
    await server.chat(asking("lb", { tools, messages: history }));
    const body = claude.chats[2]?.body;
    expect(isObject(body) && body["messages"]).toMatchObject([
      { role: "user" },
      { role: "assistant", content: [{ type: "tool_use", id: "call_1", input: { city: "Paris" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1" }] },
    ]);
  });

  it.each([
    ["401", "auth failed", 4],
    ["429", "rate limited", 5],
    ["400-quota", "rate limited", 6],
    ["529", "failed (529 Overloaded)", 5],
    ["error-in-stream:error=529", "failed (529 Overloaded)", 5],
    ["end-stream", undefined, 7],
    ["empty-answer", "failed (empty response)", 5],
    ["malformed", "failed (", 5],
  ])("A002-15 fails as %s", async (fault, entry, code) => {
    const claude = await backend({ dialect: "anthropic", steps: [fault] });
    const space = await failoverWorkspace({ claude: { url: claude.url, record: RECORD } });
    const run = await space.nexus(["chat", "-p", "claude", "Hi"], { env });
    expect(run.code).toBe(code);
    if (entry !== undefined) expect(run.stderr).toContain(`nexus: chain: claude: ${entry}`);
  });

  it("A001-32 says which field it cannot be sent, and drops what is harmless", async () => {
    const claude = await backend({ dialect: "anthropic" });
    const space = await failoverWorkspace({ claude: { url: claude.url, record: RECORD } });
    const server = await serve(space, [], { env });
    const refused = await server.chat(asking("claude", { response_format: { type: "json_object" } }));
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("response_format");
    const dropped = await server.chat(asking("claude", { seed: 1, temperature: 1.5 }));
    expect(dropped.status).toBe(200);
    expect(dropped.headers.get("x-nexus-dropped")).toMatch(/temperature/);
    expect(claude.chats).toHaveLength(1);
  });

  it("still speaks OpenAI's where its record says so", async () => {
    const claude = await backend({ apiKey: env.CLAUDE_KEY, answer: "Fine." });
    const record = { ...RECORD, dialect: "openai-chat" };
    const space = await failoverWorkspace({ claude: { url: claude.url, record } });
    expect(await space.nexus(["chat", "-p", "claude", "Hi"], { env })).toMatchObject({
      code: 0,
      stdout: "Fine.\n",
    });
    expect(claude.chats[0]?.path).toBe("/v1/chat/completions");
  });
});
