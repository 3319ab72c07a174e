import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCount, decodeRequest } from "../../../src/dialects/anthropic/door-request.ts";
import { accepted, at, HI, refused, withFields } from "./door-fixtures.ts";

test("a request that says everything", () => {
  const read = accepted(
    withFields({
      stream: true,
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral", ttl: "1h" } }],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ["END"],
      metadata: { user_id: "u1" },
      tools: [
        {
          name: "weather",
          description: "of a city",
          input_schema: { type: "object" },
          strict: true,
          cache_control: { type: "ephemeral" },
        },
      ],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      num_ctx: 8192,
    }),
    { "anthropic-version": "2023-06-01", "anthropic-beta": ["a", "b"], "x-api-key": "secret" },
  );
  expect(read).toMatchObject({
    task: "chat",
    model: "m",
    stream: true,
    gaps: [],
    headers: { "anthropic-version": "2023-06-01", "anthropic-beta": "a,b" },
  });
  expect(read.headers).not.toHaveProperty("x-api-key");
  expect(read.request).toEqual({
    messages: [
      { role: "system", parts: [{ type: "text", text: "Be brief.", cache: "1h" }] },
      { role: "user", parts: [{ type: "text", text: "hi" }] },
    ],
    tools: [
      {
        name: "weather",
        description: "of a city",
        parameters: { type: "object" },
        strict: true,
        cache: "5m",
      },
    ],
    toolChoice: "required",
    params: {
      stream: true,
      max_tokens: 64,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop: ["END"],
      user: "u1",
      num_ctx: 8192,
      parallel_tool_calls: false,
    },
  });
});

test.each([
  [{ type: "auto" }, "auto"],
  [{ type: "none" }, "none"],
  [{ type: "tool", name: "weather" }, { name: "weather" }],
])("tool choice %j", (tool_choice, toolChoice) => {
  expect(accepted(withFields({ tool_choice })).request.toolChoice).toEqual(toolChoice);
});

test.each([
  ["a small budget", { thinking: { type: "enabled", budget_tokens: 1024 } }, "low"],
  ["a budget", { thinking: { type: "enabled", budget_tokens: 8192 } }, "medium"],
  ["what Claude Code says", { thinking: { type: "enabled", budget_tokens: 31_999 } }, "high"],
  ["effort before budget", { thinking: { type: "adaptive" }, output_config: { effort: "max" } }, "high"],
  ["thinking that adapts itself", { thinking: { type: "adaptive" } }, undefined],
  ["no thinking", { thinking: { type: "disabled" } }, undefined],
])("%s is an effort", (_, fields, effort) => {
  const { request, forAnswer, gaps } = accepted(withFields(fields));
  expect(request.params["reasoning_effort"]).toBe(effort);
  expect(forAnswer).toEqual({ thinks: fields.thinking.type !== "disabled" });
  expect(gaps).toEqual([]);
});

test.each([
  { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
  { output_format: { type: "json_schema", schema: { type: "object" } } },
])("a schema for the answer: %j", (fields) => {
  expect(accepted(withFields(fields)).request.params["response_format"]).toEqual({
    type: "json_schema",
    json_schema: { name: "answer", strict: true, schema: { type: "object" } },
  });
});

test.each([
  ["context_management", { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }],
  ["service_tier", { service_tier: "auto" }],
  ["cache_control", { cache_control: { type: "ephemeral" } }],
  ["speed", { speed: "fast" }],
  ["metadata", { metadata: { session: "s" } }],
  ["metadata.user_id", { metadata: { user_id: "u".repeat(65) } }],
  ["output_config.effort", { output_config: { effort: "utmost" } }],
  ["output_config.task_budget", { output_config: { task_budget: 1 } }],
  ["seed", { seed: 1 }],
])("others can do without %s", (field, fields) => {
  expect(accepted(withFields(fields)).gaps).toEqual([{ field, harmless: true }]);
});

test.each([
  ["mcp_servers", { mcp_servers: [{ type: "url", url: "https://example.org", name: "x" }] }],
  ["container", { container: "c1" }],
  ["inference_geo", { inference_geo: "eu" }],
  ["tools[0]", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
])("others cannot be sent %s", (field, fields) => {
  expect(accepted(withFields(fields)).gaps).toEqual([{ field, harmless: false }]);
});

test("what says nothing is no gap", () => {
  const fields = {
    mcp_servers: [],
    container: null,
    metadata: {},
    stop_sequences: [],
    tools: null,
    thinking: null,
  };
  const { gaps, request } = accepted(withFields(fields));
  expect(gaps).toEqual([]);
  expect(request.params).toEqual({ stream: false, max_tokens: 64 });
});

test.each([
  ["C24 model", { model: undefined }, "invalid_model"],
  ["C30 max_tokens", { max_tokens: -1 }, undefined],
  ["C31 max_tokens", { max_tokens: 0 }, undefined],
  ["C32 max_tokens", { max_tokens: 1.5 }, undefined],
  ["C33 max_tokens", { max_tokens: "100" }, undefined],
  ["C33 max_tokens", { max_tokens: 1e12 }, undefined],
  ["C34 temperature", { temperature: 99 }, undefined],
  ["C34 top_p", { top_p: -1 }, undefined],
  ["top_k", { top_k: 0.5 }, undefined],
  ["stop_sequences", { stop_sequences: "x" }, undefined],
  ["C48 stream", { stream: "true" }, undefined],
  ["metadata", { metadata: "u" }, undefined],
  ["thinking", { thinking: true }, undefined],
  ["output_config", { output_config: [] }, undefined],
  ["C36 messages", { messages: undefined }, undefined],
  ["C36 messages", { messages: [] }, undefined],
  ["messages[0]", { messages: ["hi"] }, undefined],
  ["C37 messages[0].role", { messages: [{ role: "robot", content: "hi" }] }, undefined],
  ["messages[0].content", { messages: [{ role: "user", content: null }] }, undefined],
  ["messages[0].content[0].type", { messages: [{ role: "user", content: [{}] }] }, undefined],
  ["messages[0].content[0].text", { messages: [{ role: "user", content: [{ type: "text" }] }] }, undefined],
  ["system", { system: 7 }, undefined],
  ["tools", { tools: {} }, undefined],
  ["C40 tools", { tools: Array.from({ length: 10_000 }, () => ({})) }, undefined],
  ["C40 tools", { tools: [{ name: "x", input_schema: { a: "x".repeat(2 ** 20) } }] }, undefined],
  ["C41 tools[0].name", { tools: [{ name: "two words", input_schema: {} }] }, undefined],
  ["tools[0].input_schema", { tools: [{ name: "x" }] }, undefined],
  ["tool_choice", { tool_choice: "auto" }, undefined],
  ["tool_choice.type", { tool_choice: { type: "some" } }, undefined],
  ["tool_choice.name", { tool_choice: { type: "tool" } }, undefined],
])("%s that makes no sense is 400 and named: %j", (name, fields, code = "invalid_request") => {
  const param = name.replace(/^C\d+ /, "");
  const read = refused(withFields(fields));
  expect(read).toMatchObject({ status: 400, code, param });
  expect(read.message).toContain(`"${param}"`);
});

test("C1 C22 a body that is no JSON, or says a thing twice, is refused as at every door", () => {
  expect(refused('{"model":')).toMatchObject({ status: 400, code: "invalid_json" });
  expect(refused('{"model":"a","model":"b"}')).toMatchObject({ code: "duplicate_key" });
});

test("tokens are counted of the same body, which needs no limit", () => {
  const body = new TextEncoder().encode(JSON.stringify({ model: "m", messages: HI, stream: true }));
  expect(decodeCount(body, at())).toMatchObject({ ok: true, task: "count", model: "m", stream: false });
});

test("no JSON at all makes it throw", () => {
  const check = (body: unknown) => {
    expect(typeof decodeRequest(new TextEncoder().encode(JSON.stringify(body)), at()).ok).toBe("boolean");
  };
  fc.assert(fc.property(fc.jsonValue(), check));
  const block = fc.record(
    {
      type: fc.constantFrom(
        "text",
        "image",
        "document",
        "tool_use",
        "tool_result",
        "thinking",
        "redacted_thinking",
        "x",
      ),
      text: fc.jsonValue(),
      source: fc.oneof(
        fc.jsonValue(),
        fc.record({ type: fc.constantFrom("base64", "url", "text"), data: fc.jsonValue() }),
      ),
      id: fc.jsonValue(),
      tool_use_id: fc.jsonValue(),
      input: fc.jsonValue(),
      content: fc.jsonValue(),
      signature: fc.jsonValue(),
      data: fc.jsonValue(),
    },
    { requiredKeys: ["type"] },
  );
  const body = fc.record({
    model: fc.constant("m"),
    messages: fc.array(
      fc.record({ role: fc.constantFrom("user", "assistant", "system"), content: fc.array(block) }),
    ),
    thinking: fc.jsonValue(),
    metadata: fc.jsonValue(),
    tools: fc.jsonValue(),
  });
  fc.assert(fc.property(body, check));
});
